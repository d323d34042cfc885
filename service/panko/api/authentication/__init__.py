"""Who may pass to /v2, and as whom. Each strategy leaves Credentials in the request's environment."""

from typing import TYPE_CHECKING

from oslo_config import cfg

from panko import config
from panko.api.authentication import keystone, noauth
from panko.api.authentication.basic import BasicAccounts
from panko.api.authentication.htpasswd import Htpasswd

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

STRATEGIES = {"keystone": keystone.require_token, "noauth": noauth.believe_headers}


def require(app: "WSGIApplication", conf: cfg.ConfigOpts) -> "WSGIApplication":
    """Put the configured strategy in front, and the accounts of publishers in front of that when there are any."""
    strategy = STRATEGIES[config.auth_strategy(conf)](app, conf)
    if not conf.api.htpasswd_file:
        return strategy
    return BasicAccounts(Htpasswd(conf.api.htpasswd_file), publishers=app, others=strategy)
