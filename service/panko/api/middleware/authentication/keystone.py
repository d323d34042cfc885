"""Tokens of Keystone, validated by keystonemiddleware."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import webob.exc
from keystoneauth1 import exceptions as keystone_errors
from keystonemiddleware import auth_token
from oslo_config import cfg
from oslo_log import log

from panko import opts
from panko.api.callers import credentials
from panko.api.callers.memory import Memory
from panko.api.middleware.authentication.headers import strip_claims
from panko.errors import IdentityUnavailableError

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

LOG = log.getLogger(__name__)

GROUP = "keystone_authtoken"
CACHE_KEY = "panko.token_cache"
REMEMBERED_TOKENS = 4096


def require_token(app: "WSGIApplication", conf: cfg.ConfigOpts) -> "WSGIApplication":
    """Let callers through whose token Keystone confirms."""
    for group, options in auth_token.list_opts():
        conf.register_opts(options, group=group)
    for name, value in opts.LIBRARY_DEFAULTS[GROUP].items():
        conf.set_default(name, value, group=GROUP)
    # One connection to memcached for each thread, and some for those that are just being replaced.
    conf.set_default("memcache_pool_maxsize", conf.api.threads + 2, group=GROUP)
    protocol = TokenProtocol(_confirmed(app), {"oslo_config_config": conf, "cache": CACHE_KEY})
    # Without memcached, keystonemiddleware remembers tokens per thread and without bounds.
    memory = None if conf[GROUP].memcached_servers else Memory(maximum=REMEMBERED_TOKENS)

    def asking(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        strip_claims(environ)
        environ[CACHE_KEY] = memory
        answer: Iterable[bytes] = protocol(environ, start_response)
        return answer

    return asking


def _confirmed(app: "WSGIApplication") -> "WSGIApplication":
    """Read the identity headers that keystonemiddleware has just set."""

    def confirmed(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        environ[credentials.ENVIRON_KEY] = credentials.from_headers(environ)
        return app(environ, start_response)

    return confirmed


class TokenProtocol(auth_token.AuthProtocol):  # type: ignore[misc]  # keystonemiddleware has no types
    """keystonemiddleware, with outages of Keystone as our own error and with access rules that work."""

    def fetch_token(self, token: str, **options: Any) -> Any:
        """Return what Keystone says about a token. Raise IdentityUnavailableError when it says nothing."""
        try:
            return super().fetch_token(token, **options)
        # keystonemiddleware knows a refused connection as an outage, but not a time-out or an empty catalogue.
        except (webob.exc.HTTPServiceUnavailable, keystone_errors.ClientException) as error:
            LOG.warning("A token could not be validated: %s", error)
            raise IdentityUnavailableError("Keystone does not answer; try again in a moment.") from error

    def validate_allowed_request(self, request: Any, token: dict[str, Any]) -> None:
        """Hold an application credential to its access rules.

        keystonemiddleware looks our service type up in the token's catalogue, and fails with a KeyError when it has
        asked for none (include_service_catalog). That we are in it needs no proof: the request has arrived.
        """
        catalog = token.get("catalog") or [{"type": self._conf.get("service_type")}]
        super().validate_allowed_request(request, {**token, "catalog": catalog})
