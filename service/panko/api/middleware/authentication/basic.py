"""HTTP Basic for publishers: stock ceilometer can post events with nothing else.

oslo.middleware has a filter of this name, which believes identity headers of the client, answers 401 to every error of
the application, and hashes the password on each request. This does none of that.
"""

import base64
import binascii
import hashlib
import hmac
import http
import secrets
from collections.abc import Iterable
from typing import TYPE_CHECKING

import bcrypt

from panko.api.callers import credentials
from panko.api.callers.credentials import Credentials
from panko.api.callers.memory import Memory
from panko.api.messages import faults
from panko.api.middleware.authentication.headers import strip_claims
from panko.api.middleware.authentication.htpasswd import Htpasswd

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

ALLOWED = ("POST", "/v2/events")
REMEMBERED_SECONDS = 60
REMEMBERED_VERDICTS = 4096
BCRYPT_BYTES = 72  # bcrypt never looks at more; htpasswd cuts as well

WRONG = faults.Fault(
    http.HTTPStatus.UNAUTHORIZED,
    "The name or the password is wrong.",
    (("WWW-Authenticate", 'Basic realm="panko", charset="UTF-8"'),),
)
NOT_HERE = faults.Fault(http.HTTPStatus.FORBIDDEN, "This account may POST to /v2/events and do nothing else.")


class BasicAccounts:
    """Sends requests with a Basic Authorization to `publishers`, and all others to `others`."""

    def __init__(self, accounts: Htpasswd, *, publishers: "WSGIApplication", others: "WSGIApplication") -> None:
        self._accounts = accounts
        self._publishers = publishers
        self._others = others
        self._key = secrets.token_bytes(32)
        self._verdicts = Memory(maximum=REMEMBERED_VERDICTS)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Choose by the scheme before anything else, so that neither way in can be reached through the other."""
        scheme, _space, encoded = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "basic":
            return self._others(environ, start_response)
        del environ["HTTP_AUTHORIZATION"]
        strip_claims(environ)
        name, password = _decode(encoded)
        if not self._verify(name, password):
            return faults.respond(environ, start_response, fault=WRONG)
        if (environ["REQUEST_METHOD"], environ.get("PATH_INFO", "").rstrip("/")) != ALLOWED:
            return faults.respond(environ, start_response, fault=NOT_HERE)
        environ[credentials.ENVIRON_KEY] = Credentials(publisher=name)
        return self._publishers(environ, start_response)

    def _verify(self, name: str, password: bytes) -> bool:
        """Tell whether the password is the account's; bcrypt is paid once a minute, and for unknown names as well."""
        accounts = self._accounts.accounts()
        known = name in accounts
        password_hash = accounts[name] if known else next(iter(accounts.values()), None)
        if password_hash is None:
            return False
        # The hash is part of the key, so that a changed password is forgotten at once.
        question = b"\0".join((name.encode(), password_hash, password))
        digest = hmac.digest(self._key, question, hashlib.sha256)
        verdict: bool | None = self._verdicts.get(digest)
        if verdict is None:
            verdict = bcrypt.checkpw(password[:BCRYPT_BYTES], password_hash) and known
            self._verdicts.set(digest, verdict, REMEMBERED_SECONDS)
        return verdict


def _decode(encoded: str) -> tuple[str, bytes]:
    """Return name and password of RFC 7617, or an empty name, which no account has."""
    try:
        name, _colon, password = base64.b64decode(encoded.strip(), validate=True).partition(b":")
        return name.decode(), password
    except (binascii.Error, ValueError):
        return "", b""
