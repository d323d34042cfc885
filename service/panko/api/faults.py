"""The only place where errors become HTTP.

Every error has one body, `{"error_message": {"faultcode": …, "faultstring": …, "debuginfo": …}}`, and none holds SQL, a
secret or a traceback. Whatever is this program's fault is logged with the id of the request.
"""

import dataclasses
import http
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import falcon
import orjson
from oslo_log import log

from panko import errors

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

LOG = log.getLogger(__name__)

CONTENT_TYPE = "application/json"
REQUEST_ID = "openstack.request_id"

# The first that fits decides.
STATUSES: tuple[tuple[type[errors.PankoError], http.HTTPStatus], ...] = (
    (errors.EventConflictError, http.HTTPStatus.CONFLICT),
    (errors.EventNotFoundError, http.HTTPStatus.NOT_FOUND),
    (errors.ForbiddenError, http.HTTPStatus.FORBIDDEN),
    (errors.IdentityUnavailableError, http.HTTPStatus.SERVICE_UNAVAILABLE),
    (errors.InvalidInputError, http.HTTPStatus.BAD_REQUEST),
    (errors.NotAuthorizedError, http.HTTPStatus.UNAUTHORIZED),
    (errors.StorageUnavailableError, http.HTTPStatus.SERVICE_UNAVAILABLE),
)

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

    def body(self) -> bytes:
        """Write the fault as JSON."""
        code = "Client" if self.status < http.HTTPStatus.INTERNAL_SERVER_ERROR else "Server"
        return orjson.dumps({"error_message": {"faultcode": code, "faultstring": self.text, "debuginfo": None}})


def fault_of(error: BaseException, environ: "WSGIEnvironment") -> Fault:
    """Return what a caller is told about an error; log it when it is not the caller's doing."""
    fault = _known(error) if isinstance(error, errors.PankoError) else _unexpected(environ)
    if fault.status == http.HTTPStatus.INTERNAL_SERVER_ERROR:
        LOG.error("%s failed", _request_name(environ), exc_info=error)
    elif fault.status > http.HTTPStatus.INTERNAL_SERVER_ERROR:
        LOG.warning("%s is answered %d: %s", _request_name(environ), fault.status, fault.text)
    return fault


def _known(error: errors.PankoError) -> Fault:
    status = next((status for kind, status in STATUSES if isinstance(error, kind)), None)
    if status is None:
        return Fault(http.HTTPStatus.INTERNAL_SERVER_ERROR, str(error))
    if isinstance(error, errors.StorageUnavailableError | errors.IdentityUnavailableError):
        return Fault(status, str(error), (("Retry-After", str(error.retry_after_seconds)),))
    return Fault(status, str(error))


def _unexpected(environ: "WSGIEnvironment") -> Fault:
    text = f"Unexpected error; the log of the server says more under {environ.get(REQUEST_ID, 'this time')}."
    return Fault(http.HTTPStatus.INTERNAL_SERVER_ERROR, text)


def _request_name(environ: "WSGIEnvironment") -> str:
    return f"{environ.get(REQUEST_ID, '-')} {environ['REQUEST_METHOD']} {environ.get('PATH_INFO', '')!r}"


def install(app: falcon.App[Any, Any]) -> None:
    """Make a Falcon application answer every error with a fault."""
    app.add_error_handler(Exception, _handle)
    app.add_error_handler(falcon.HTTPError, _handle_http)


def _handle(request: falcon.Request, response: falcon.Response, error: Exception, _params: dict[str, Any]) -> None:
    _write(response, fault_of(error, request.env))


def _handle_http(
    _request: falcon.Request, response: falcon.Response, error: falcon.HTTPError, _params: dict[str, Any]
) -> None:
    status = http.HTTPStatus(error.status_code)
    headers = tuple(dict(error.headers or {}).items())
    _write(response, Fault(status, error.description or TEXTS.get(status, status.description), headers))


def _write(response: falcon.Response, fault: Fault) -> None:
    response.status = fault.status_line
    response.content_type = CONTENT_TYPE
    response.data = fault.body()
    response.stream = None
    for name, value in fault.headers:
        response.set_header(name, value)


def respond(fault: Fault, start_response: "StartResponse") -> Iterable[bytes]:
    """Answer with a fault where there is no Falcon: in the middleware."""
    body = fault.body()
    headers = [("Content-Type", CONTENT_TYPE), ("Content-Length", str(len(body))), *fault.headers]
    start_response(fault.status_line, headers)
    return [body]


def guard(app: "WSGIApplication") -> "WSGIApplication":
    """Wrap middleware, so that its errors too become faults."""

    def guarded(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        try:
            return app(environ, start_response)
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller is owed an answer
            return respond(fault_of(error, environ), start_response)

    return guarded
