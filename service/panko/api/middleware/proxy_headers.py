"""Believes what proxies say about where a request came from, when the configuration says so."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import webob
from oslo_config import cfg
from oslo_middleware.http_proxy_to_wsgi import HTTPProxyToWSGI

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


SCHEMES = frozenset({"http", "https"})


def proxied(app: "WSGIApplication", conf: cfg.ConfigOpts) -> "WSGIApplication":
    """Let oslo.middleware's filter read requests; their answers, which it never changes, need not pass it."""
    parser = HTTPProxyToWSGI(app, conf)
    if not conf.oslo_middleware.enable_proxy_headers_parsing:
        return app

    def believing(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        scheme, prefix = environ["wsgi.url_scheme"], environ.get("SCRIPT_NAME", "")
        parser.process_request(webob.Request(environ))
        # Both become part of the links of an answer, which clients follow with their token.
        if environ["wsgi.url_scheme"].lower() not in SCHEMES:
            environ["wsgi.url_scheme"] = scheme
        if not environ.get("SCRIPT_NAME", "/").startswith("/"):
            environ["SCRIPT_NAME"] = prefix
        return app(environ, start_response)

    return believing
