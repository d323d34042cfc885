"""Refuses pages of the web that reach the embedded service through a name of theirs that leads to this machine.

Nobody proves who they are there, and a browser on this machine asks whatever address a page's own name has by then (DNS
rebinding); the Host header tells.
"""

import http
import ipaddress
import urllib.parse
from collections.abc import Iterable
from typing import TYPE_CHECKING

from oslo_config import cfg

from panko import config
from panko.api.messages import faults

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

FOREIGN = faults.Fault(
    http.HTTPStatus.FORBIDDEN,
    "Without any configuration the service answers to the names of this machine alone: use http://127.0.0.1 or "
    "http://localhost, or configure [api] auth_strategy.",
)


def loopback_host(app: "WSGIApplication", conf: cfg.ConfigOpts) -> "WSGIApplication":
    """Let pass only who asked for this machine by its own name, where the embedded service has no authentication."""
    if not config.is_embedded(conf) or config.auth_strategy(conf) != "noauth":
        return app

    def looking(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if _is_loopback(environ.get("HTTP_HOST", "localhost")):
            return app(environ, start_response)
        return faults.respond(environ, start_response, fault=FOREIGN)

    return looking


def _is_loopback(header: str) -> bool:
    try:
        host = urllib.parse.urlsplit(f"//{header}").hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
