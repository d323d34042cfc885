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
from panko.api.middleware.authentication.identity import GuardedIdentity
from panko.api.middleware.authentication.memcached import Memcached
from panko.api.middleware.authentication.memcached.tls import TLS
from panko.errors import ConfigurationError, IdentityUnavailableError

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

LOG = log.getLogger(__name__)

GROUP = "keystone_authtoken"
CACHE_KEY = "panko.token_cache"
REMEMBERED_TOKENS = 4096
# Servers in front of Keystone hang up on headers of 4 KiB and more, which would look like an outage.
LONGEST_TOKEN = 3000


def require_token(app: "WSGIApplication", conf: cfg.ConfigOpts) -> "WSGIApplication":
    """Let callers through whose token Keystone confirms."""
    cache = _cache(conf)
    protocol = TokenProtocol(_confirmed(app), {"oslo_config_config": conf, "cache": CACHE_KEY})

    def asking(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        strip_claims(environ)
        environ[CACHE_KEY] = cache
        answer: Iterable[bytes] = protocol(environ, start_response)
        return answer

    return asking


def check(conf: cfg.ConfigOpts) -> None:
    """Raise ConfigurationError when tokens could be remembered nowhere."""
    _cache(conf)


def _cache(conf: cfg.ConfigOpts) -> Memory | Memcached:
    """Make what remembers tokens. It is always given to keystonemiddleware, which makes none of its own then.

    Its client of memcached unpickles whatever a server answers, and without memcached it remembers tokens per thread
    and without bounds.
    """
    for group, options in auth_token.list_opts():
        conf.register_opts(options, group=group)
    for name, value in opts.LIBRARY_DEFAULTS[GROUP].items():
        conf.set_default(name, value, group=GROUP)
    options = conf[GROUP]
    if not options.memcached_servers:
        return Memory(maximum=REMEMBERED_TOKENS)
    if options.memcache_sasl_enabled:
        message = f"[{GROUP}] memcache_sasl_enabled is not supported; take it out, or memcached_servers."
        raise ConfigurationError(message)
    return Memcached(
        options.memcached_servers,
        timeout_seconds=options.memcache_pool_socket_timeout,
        dead_seconds=options.memcache_pool_dead_retry,
        tls=_tls(options) if options.memcache_tls_enabled else None,
    )


def _tls(options: cfg.ConfigOpts.GroupAttr) -> TLS:
    """Return how memcached proves who it is. Raise ConfigurationError when that cannot be used."""
    tls = TLS(
        ca_file=options.memcache_tls_cafile,
        certificate_file=options.memcache_tls_certfile,
        key_file=options.memcache_tls_keyfile,
        ciphers=options.memcache_tls_allowed_ciphers,
    )
    tls.check()
    return tls


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
        if len(token) > LONGEST_TOKEN:
            raise auth_token.InvalidToken("No token is that long")
        try:
            return super().fetch_token(token, **options)
        # keystonemiddleware knows a refused connection as an outage, but not a time-out or an empty catalogue.
        except (webob.exc.HTTPServiceUnavailable, keystone_errors.ClientException) as error:
            LOG.warning("A token could not be validated: %s", error)
            raise IdentityUnavailableError("Keystone does not answer; try again in a moment.") from error

    def _create_identity_server(self) -> GuardedIdentity:
        threads = self._conf.oslo_conf_obj.api.threads
        return GuardedIdentity(super()._create_identity_server(), threads=threads)

    def _token_cache_factory(self) -> "ReadableTokens":
        return ReadableTokens(super()._token_cache_factory())

    def validate_allowed_request(self, request: Any, token: dict[str, Any]) -> None:
        """Hold an application credential to its access rules.

        keystonemiddleware looks our service type up in the token's catalogue, and fails with a KeyError when it has
        asked for none (include_service_catalog). That we are in it needs no proof: the request has arrived.
        """
        catalog = token.get("catalog") or [{"type": self._conf.get("service_type")}]
        super().validate_allowed_request(request, {**token, "catalog": catalog})


class ReadableTokens:
    """The token cache of keystonemiddleware, where what cannot be read is not there."""

    def __init__(self, cache: Any) -> None:
        self._cache = cache
        self.initialize = cache.initialize
        self.set = cache.set

    def get(self, token: str) -> Any:
        """Return what was remembered of a token, or None."""
        try:
            found = self._cache.get(token)
        except ValueError:
            return None
        return found if isinstance(found, dict) else None
