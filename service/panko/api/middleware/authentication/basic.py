"""HTTP Basic for publishers: stock ceilometer can post events with nothing else.

oslo.middleware has a filter of this name, which believes identity headers of the client, answers 401 to every error of
the application, and hashes the password on each request. This does none of that.
"""

import base64
import binascii
import http
from collections.abc import Iterable
from typing import TYPE_CHECKING

from panko.api.callers import credentials
from panko.api.callers.credentials import Credentials
from panko.api.messages import faults
from panko.api.middleware.authentication.bulkhead import FullError
from panko.api.middleware.authentication.headers import strip_claims
from panko.api.middleware.authentication.passwords import Passwords

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

ALLOWED = ("POST", "/v2/events")

WRONG = faults.Fault(
    http.HTTPStatus.UNAUTHORIZED,
    "The name or the password is wrong.",
    (("WWW-Authenticate", 'Basic realm="panko", charset="UTF-8"'),),
)
NOT_HERE = faults.Fault(http.HTTPStatus.FORBIDDEN, "Accounts of HTTP Basic may POST to /v2/events and do nothing else.")
BUSY = faults.Fault(
    http.HTTPStatus.SERVICE_UNAVAILABLE,
    "Too many passwords are being verified; try again in a moment.",
    (("Retry-After", "1"),),
)


class BasicAccounts:
    """Sends requests with a Basic Authorization to `publishers`, and all others to `others`."""

    def __init__(self, passwords: Passwords, *, publishers: "WSGIApplication", others: "WSGIApplication") -> None:
        self._passwords = passwords
        self._publishers = publishers
        self._others = others

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Choose by the scheme before anything else, so that neither way in can be reached through the other."""
        scheme, _space, encoded = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "basic":
            return self._others(environ, start_response)
        del environ["HTTP_AUTHORIZATION"]
        strip_claims(environ)
        # First, because it costs nothing.
        if (environ["REQUEST_METHOD"], environ.get("PATH_INFO", "").rstrip("/")) != ALLOWED:
            return faults.respond(environ, start_response, fault=NOT_HERE)
        name, password = _decode(encoded)
        try:
            account = self._passwords.verify(name, password)
        except FullError:
            return faults.respond(environ, start_response, fault=BUSY)
        if account is None:
            return faults.respond(environ, start_response, fault=WRONG)
        environ[credentials.ENVIRON_KEY] = Credentials(publisher=name, confinement=account.confinement)
        return self._publishers(environ, start_response)


def _decode(encoded: str) -> tuple[str, bytes]:
    """Return name and password of RFC 7617, or an empty name, which no account has."""
    try:
        name, _colon, password = base64.b64decode(encoded.strip(), validate=True).partition(b":")
        return name.decode(), password
    except (binascii.Error, ValueError):
        return "", b""
