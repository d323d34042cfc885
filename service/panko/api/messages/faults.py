"""The only place where errors become HTTP.

Every error has one body, `{"error_message": {"faultcode": …, "faultstring": …, "debuginfo": …}}`, or the same as XML
for callers who prefer that, and none holds SQL, a secret or a traceback. Whatever is this program's fault is logged
with the id of the request.
"""

import dataclasses
import http
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import falcon
import orjson
from oslo_log import log

from panko import errors
from panko.api.messages.media import JSON, preference
from panko.quoting import quote

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

LOG = log.getLogger(__name__)

REQUEST_ID = "openstack.request_id"  # in the environment of a request, put there by its middleware
XML = "application/xml"
NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # https://www.w3.org/TR/xml/#charsets

# The first that fits decides.
STATUSES: tuple[tuple[type[errors.PankoError], http.HTTPStatus], ...] = (
    (errors.EventConflictError, http.HTTPStatus.CONFLICT),
    (errors.EventNotFoundError, http.HTTPStatus.NOT_FOUND),
    (errors.ForbiddenError, http.HTTPStatus.FORBIDDEN),
    (errors.InvalidInputError, http.HTTPStatus.BAD_REQUEST),
    (errors.NotAuthorizedError, http.HTTPStatus.UNAUTHORIZED),
    (errors.RequestTimeoutError, http.HTTPStatus.REQUEST_TIMEOUT),
    (errors.TryAgainError, http.HTTPStatus.SERVICE_UNAVAILABLE),
)

# Of a fault's text: a character takes seven bytes of JSON at most, and no answer of a fault is larger than 64 KiB.
MOST_CHARACTERS = 9000

# What Falcon finds wrong before any resource is asked.
TEXTS = {
    http.HTTPStatus.NOT_FOUND: "The resource could not be found.",
    http.HTTPStatus.METHOD_NOT_ALLOWED: "The method is not allowed for this resource.",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Fault:
    """An error as it goes over the wire."""

    status: http.HTTPStatus
    text: str
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def status_line(self) -> str:
        """The status as WSGI wants it."""
        return f"{self.status.value} {self.status.phrase}"

    @property
    def code(self) -> str:
        """Who has to fix it."""
        return "Client" if self.status < http.HTTPStatus.INTERNAL_SERVER_ERROR else "Server"

    def rendered(self, accept: str | None) -> tuple[str, bytes]:
        """Write the fault as the Accept header prefers; return its content type and the body."""
        return (XML, self._xml()) if _prefers_xml(accept) else (JSON, self._json())

    def _json(self) -> bytes:
        # What callers wrote is quoted back to them, halves of surrogate pairs included, which no UTF-8 can hold.
        text = quote(self.text, most=MOST_CHARACTERS).encode(errors="backslashreplace").decode()
        return orjson.dumps({"error_message": {"faultcode": self.code, "faultstring": text, "debuginfo": None}})

    def _xml(self) -> bytes:
        text = escape(NO_XML.sub("\ufffd", quote(self.text, most=MOST_CHARACTERS)))
        return (
            f"<error_message><error><faultcode>{self.code}</faultcode><faultstring>{text}</faultstring>"
            "<debuginfo /></error></error_message>"
        ).encode()


def _prefers_xml(accept: str | None) -> bool:
    if not accept or "xml" not in accept.lower():
        return False
    xml, json = preference(XML, accept), preference(JSON, accept)
    # As much as anything else, and named: it was written for a reason.
    return xml > json or (0 < xml == json and XML in accept.lower() and JSON not in accept.lower())


def fault_of(error: BaseException, environ: "WSGIEnvironment") -> Fault:
    """Return what a caller is told about an error; log it when it is not the caller's doing."""
    fault = _known(error) if isinstance(error, errors.PankoError) else _unexpected(environ)
    if fault.status == http.HTTPStatus.INTERNAL_SERVER_ERROR:
        LOG.error("%s failed", _request_name(environ), exc_info=error)
    elif fault.status > http.HTTPStatus.INTERNAL_SERVER_ERROR:
        LOG.warning("%s is answered %d: %s", _request_name(environ), fault.status, quote(fault.text))
    return fault


def _known(error: errors.PankoError) -> Fault:
    status = next((status for kind, status in STATUSES if isinstance(error, kind)), None)
    if status is None:
        return Fault(http.HTTPStatus.INTERNAL_SERVER_ERROR, str(error))
    if isinstance(error, errors.TryAgainError):
        return Fault(status, str(error), (("Retry-After", str(error.retry_after_seconds)),))
    return Fault(status, str(error))


def _unexpected(environ: "WSGIEnvironment") -> Fault:
    text = f"Unexpected error; the log of the server says more under {environ.get(REQUEST_ID, 'this time')}."
    return Fault(http.HTTPStatus.INTERNAL_SERVER_ERROR, text)


def _request_name(environ: "WSGIEnvironment") -> str:
    return f"{environ.get(REQUEST_ID, '-')} {environ['REQUEST_METHOD']} {quote(repr(environ.get('PATH_INFO', '')))}"


def install(app: falcon.App[Any, Any]) -> None:
    """Make a Falcon application answer every error with a fault."""
    app.add_error_handler(Exception, _handle)
    app.add_error_handler(falcon.HTTPError, _handle_http)


def _handle(request: falcon.Request, response: falcon.Response, error: Exception, _params: dict[str, Any]) -> None:
    _write(request, response, fault=fault_of(error, request.env))


def _handle_http(
    request: falcon.Request, response: falcon.Response, error: falcon.HTTPError, _params: dict[str, Any]
) -> None:
    status = http.HTTPStatus(error.status_code)
    headers = tuple(dict(error.headers or {}).items())
    text = error.description or TEXTS.get(status, status.description)
    _write(request, response, fault=Fault(status, text, headers))


def _write(request: falcon.Request, response: falcon.Response, *, fault: Fault) -> None:
    response.status = fault.status_line
    response.content_type, response.data = fault.rendered(request.get_header("Accept"))
    response.stream = None
    for name, value in fault.headers:
        response.set_header(name, value)


def respond(environ: "WSGIEnvironment", start_response: "StartResponse", *, fault: Fault) -> Iterable[bytes]:
    """Answer with a fault where there is no Falcon: in the middleware."""
    content_type, body = fault.rendered(environ.get("HTTP_ACCEPT"))
    headers = [("Content-Type", content_type), ("Content-Length", str(len(body))), *fault.headers]
    start_response(fault.status_line, headers)
    return [body]


def guard(app: "WSGIApplication") -> "WSGIApplication":
    """Wrap middleware, so that its errors too become faults."""

    def guarded(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        try:
            return app(environ, start_response)
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller is owed an answer
            return respond(environ, start_response, fault=fault_of(error, environ))

    return guarded
