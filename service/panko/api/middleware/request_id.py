"""Gives each request an id, which its answer carries and every line of the server's log about it names.

oslo.middleware's filter does the same, but takes every answer apart and puts it together again, which is a good part of
the time of a small request. The id of the request that the caller works for (`X-Openstack-Request-Id`, as OpenStack's
services pass it on) is logged as the global one.
"""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from oslo_config import cfg
from oslo_context import context

from panko.api.messages.faults import REQUEST_ID

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

HEADER = "x-openstack-request-id"
# As oslo.middleware: whatever else a caller writes there does not get into the log.
GLOBAL_ID = re.compile(r"req-[a-f0-9]{8}(-[a-f0-9]{4}){3}-[a-f0-9]{12}", re.IGNORECASE)


def identified(app: "WSGIApplication", _conf: cfg.ConfigOpts) -> "WSGIApplication":
    """Put an id into the environment of each request, into the lines that are logged, and into its answer's headers."""

    def identifying(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request_id = environ[REQUEST_ID] = context.generate_request_id()
        sent = environ.get("HTTP_X_OPENSTACK_REQUEST_ID", "")
        # oslo.log reads it from where this thread finds its context; the next request of the thread replaces it.
        context.RequestContext(request_id=request_id, global_request_id=sent if GLOBAL_ID.fullmatch(sent) else None)

        def naming(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            return start_response(status, [*headers, (HEADER, request_id)], *rest)

        return app(environ, naming)

    return identifying
