"""Errors as screens: a sentence, what to do next, and the id of the request, which the log has too."""

import http
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import falcon

from panko.api.messages import faults
from panko.api.messages.faults import Fault
from panko.explore.frame import Screen

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

TITLES = {
    http.HTTPStatus.BAD_REQUEST: "This cannot be asked",
    http.HTTPStatus.FORBIDDEN: "You may not see this",
    http.HTTPStatus.NOT_FOUND: "There is nothing here",
    http.HTTPStatus.SERVICE_UNAVAILABLE: "Not now",
}
NEXT = {
    http.HTTPStatus.FORBIDDEN: "Choose another project, or ask an administrator for a role.",
    http.HTTPStatus.NOT_FOUND: "It may be older than what is kept, belong to another project, or never have been.",
    http.HTTPStatus.SERVICE_UNAVAILABLE: "Load the page again in a few seconds; a shorter range of time is quicker.",
}
OWN = {http.HTTPStatus.NOT_FOUND: "There is no such screen.", http.HTTPStatus.METHOD_NOT_ALLOWED: "Open it by a link."}


def install(app: falcon.App[Any, Any], screen: Screen) -> None:
    """Make the application show every error as a screen."""

    def known(request: falcon.Request, response: falcon.Response, error: Exception, _params: dict[str, Any]) -> None:
        show(screen, request, response, fault=faults.fault_of(error, request.env))

    def of_falcon(
        request: falcon.Request, response: falcon.Response, error: falcon.HTTPError, _params: dict[str, Any]
    ) -> None:
        status = http.HTTPStatus(error.status_code)
        text = error.description or OWN.get(status, status.description)
        show(screen, request, response, fault=Fault(status, text, tuple(dict(error.headers or {}).items())))

    app.add_error_handler(Exception, known)
    app.add_error_handler(falcon.HTTPError, of_falcon)


def show(screen: Screen, request: falcon.Request, response: falcon.Response, *, fault: Fault) -> None:
    """Answer with an error."""
    response.status = fault.status_line
    response.stream = None
    for name, value in fault.headers:
        response.set_header(name, value)
    title, following = TITLES.get(fault.status, "Something went wrong"), NEXT.get(fault.status, "")
    screen.show(request, response, "error.html", title=title, text=fault.text, following=following)


def guarded(app: "WSGIApplication", screen: Screen) -> "WSGIApplication":
    """Show errors of what stands before the screens, such as of a Keystone that does not answer."""

    def answering(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        try:
            return app(environ, start_response)
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller is owed an answer
            request, response = falcon.Request(environ), falcon.Response()
            show(screen, request, response, fault=faults.fault_of(error, environ))
            content = bytes(response.data or b"")
            headers = [(name, value) for name, value in response.headers.items()]
            headers += [("Content-Type", str(response.content_type)), ("Content-Length", str(len(content)))]
            start_response(str(response.status), list(dict(headers).items()))
            return [content]

    return answering
