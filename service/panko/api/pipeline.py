"""The whole service as one WSGI application: what stands in front of the resources, by path.

The composition root of the API. It opens no socket and no file but those of the configuration.
"""

import importlib
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from oslo_config import cfg

from panko import config
from panko.api import slashes
from panko.api.app import TEMPLATES, Dependencies, create_app
from panko.api.callers.enforcer import Enforcer
from panko.api.messages import bounds, faults
from panko.api.middleware import authentication
from panko.api.middleware.cors import cors
from panko.api.middleware.loopback_host import loopback_host
from panko.api.middleware.proxy_headers import proxied
from panko.api.middleware.request_id import identified
from panko.api.middleware.settling import Settling
from panko.api.middleware.timing import timed
from panko.api.resources import health
from panko.api.resources.search import settings as search
from panko.monitoring.counting import NobodyCounts
from panko.storage import Connection

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from panko.monitoring.meters import Meters

Middleware = Callable[["WSGIApplication", cfg.ConfigOpts], "WSGIApplication"]

# By the first part of the path; a request passes the middleware from left to right.
MIDDLEWARE: dict[str, tuple[Middleware, ...]] = {
    "v2": (loopback_host, cors, proxied, identified, lambda app, _conf: faults.guard(app), authentication.require),
    "explore": (loopback_host, proxied, identified),
    "healthcheck": (),
    "": (loopback_host, cors, proxied),
}

# Above the API, and loaded on demand: whoever has not enabled it needs no templates.
EXPLORER = "panko.explore.app"


def create_service(
    conf: cfg.ConfigOpts, connection: Connection, *, meters: "Meters | None" = None
) -> "WSGIApplication":
    """Build the service of one process. Without `meters` nothing is counted and timed."""
    dependencies = Dependencies(
        connection=connection,
        enforcer=Enforcer(conf),
        health=health.from_configuration(conf),
        bounds=bounds.from_configuration(conf),
        counting=meters or NobodyCounts(),
        search=search.from_configuration(conf),
    )
    app = create_app(dependencies)
    explorer = importlib.import_module(EXPLORER) if config.has_explorer(conf) else None
    # What is served by others than the API itself, by the first part of the path.
    served: dict[str, WSGIApplication] = {"v2": Settling(app, connection)}
    if explorer:
        served["explore"] = explorer.create(conf, dependencies.searching)
    pipelines = {prefix: _wrap(served.get(prefix, app), middleware, conf) for prefix, middleware in MIDDLEWARE.items()}

    def service(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        slashes.set_aside(environ)
        prefix = environ.get("PATH_INFO", "").lstrip("/").partition("/")[0]
        return pipelines.get(prefix, pipelines[""])(environ, start_response)

    guarded = faults.guard(service)
    templates = (*TEMPLATES, *(explorer.TEMPLATES if explorer else ()))
    return guarded if meters is None else timed(guarded, meters, templates=templates)


def _wrap(app: "WSGIApplication", middleware: tuple[Middleware, ...], conf: cfg.ConfigOpts) -> "WSGIApplication":
    for wrap in reversed(middleware):
        app = wrap(app, conf)
    return app
