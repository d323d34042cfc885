"""Times every request, whatever stands in front of the resources, by the route that it was for."""

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from falcon.routing import CompiledRouter

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from panko.monitoring.meters import Meters

# What callers make up must not become a time series each.
OTHER = "other"
METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})


def timed(
    app: "WSGIApplication",
    meters: "Meters",
    *,
    templates: Iterable[str],
    clock: Callable[[], float] = time.perf_counter,
) -> "WSGIApplication":
    """Wrap the service, so that `meters` learn of each request."""
    route_of = router(templates)

    def timing(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        begin = clock()
        status = "500"

        def noting(line: str, *rest: Any) -> Any:
            nonlocal status
            status = line[:3]
            return start_response(line, *rest)

        try:
            return app(environ, noting)
        finally:
            method = environ["REQUEST_METHOD"]
            meters.time_request(
                route_of(environ.get("PATH_INFO", "")),
                method if method in METHODS else OTHER,
                status=status,
                seconds=clock() - begin,
            )

    return timing


def router(templates: Iterable[str]) -> Callable[[str], str]:
    """Return what finds the template that a path fits, as the API itself does."""
    compiled = CompiledRouter()
    for template in templates:
        compiled.add_route(template, object())

    def route_of(path: str) -> str:
        found = compiled.find(path.rstrip("/") or "/")
        return str(found[3]) if found else OTHER

    return route_of
