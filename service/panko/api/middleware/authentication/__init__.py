"""Who may pass to /v2, and as whom. Each strategy leaves Credentials in the request's environment."""

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from oslo_config import cfg

from panko import config
from panko.api.middleware.authentication.basic import BasicAccounts
from panko.api.middleware.authentication.htpasswd import Htpasswd
from panko.api.middleware.authentication.passwords import Passwords

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

Strategy = Callable[["WSGIApplication", cfg.ConfigOpts], "WSGIApplication"]

# Module, what wraps an application, and what refuses a configuration.
# Imported on demand: keystonemiddleware takes longer to load than everything else of the API.
STRATEGIES = {
    "keystone": ("panko.api.middleware.authentication.keystone", "require_token", "check"),
    "noauth": ("panko.api.middleware.authentication.noauth", "believe_headers", "check"),
}


def require(app: "WSGIApplication", conf: cfg.ConfigOpts) -> "WSGIApplication":
    """Put the configured strategy in front, and the accounts of publishers in front of that when there are any."""
    strategy = _strategy(conf)[0](app, conf)
    accounts = _accounts(conf)
    if accounts is None:
        return strategy
    return BasicAccounts(Passwords(accounts, threads=conf.api.threads), publishers=app, others=strategy)


def prepare(conf: cfg.ConfigOpts) -> None:
    """Load what every worker will need, once and before they fork. Raise ConfigurationError when none could start."""
    _wrap, check = _strategy(conf)
    check(conf)
    _accounts(conf)


def _strategy(conf: cfg.ConfigOpts) -> tuple[Strategy, Callable[[cfg.ConfigOpts], None]]:
    name, *functions = STRATEGIES[config.auth_strategy(conf)]
    module = importlib.import_module(name)
    wrap, check = (getattr(module, function) for function in functions)
    return wrap, check


def _accounts(conf: cfg.ConfigOpts) -> Htpasswd | None:
    return Htpasswd(conf.api.htpasswd_file) if conf.api.htpasswd_file else None
