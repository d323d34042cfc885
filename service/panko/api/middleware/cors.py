"""Lets web pages of other origins use the API, when [cors] names them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from oslo_config import cfg
from oslo_middleware import cors as oslo_cors

from panko import opts

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


def cors(app: "WSGIApplication", conf: cfg.ConfigOpts) -> "WSGIApplication":
    """Answer preflight requests, and mark answers that other origins may read."""
    conf.register_opts(oslo_cors.OPTS, group="cors")
    # On this configuration alone: oslo.middleware's own function changes every one in the process.
    for name, value in opts.LIBRARY_DEFAULTS["cors"].items():
        conf.set_default(name, value, group="cors")
    filtering: WSGIApplication = oslo_cors.CORS(app, conf)

    def choosing(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        # Only browsers name an origin. All others would pass the filter unchanged, but slowly.
        concerned = "HTTP_ORIGIN" in environ or environ["REQUEST_METHOD"] == "OPTIONS"
        return (filtering if concerned else app)(environ, start_response)

    return choosing
