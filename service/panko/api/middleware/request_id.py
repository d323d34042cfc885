"""Gives each request an id, which its answer carries and the log of the server names.

oslo.middleware's filter does the same, but takes every answer apart and puts it together again, which is a good part of
the time of a small request.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from oslo_config import cfg
from oslo_context import context

from panko.api.messages.faults import REQUEST_ID

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

HEADER = "x-openstack-request-id"


def identified(app: "WSGIApplication", _conf: cfg.ConfigOpts) -> "WSGIApplication":
    """Put an id into the environment of each request, and into the headers of its answer."""

    def identifying(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request_id = environ[REQUEST_ID] = context.generate_request_id()

        def naming(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            return start_response(status, [*headers, (HEADER, request_id)], *rest)

        return app(environ, naming)

    return identifying
