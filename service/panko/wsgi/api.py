"""`application`: the API for any WSGI server, as `gunicorn panko.wsgi.api:application`.

The configuration is /etc/panko/panko.conf, or the files in OS_PANKO_CONFIG_FILES with `;` between them. Nothing
connects to the database before the first request, so a server may load this before it forks.
"""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from panko import config
from panko.api.pipeline import create_service
from panko.errors import ConfigurationError
from panko.storage.opening import connect

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

VARIABLE = "OS_PANKO_CONFIG_FILES"
DEFAULT_FILE = "/etc/panko/panko.conf"


def get_application(environment: Mapping[str, str]) -> "WSGIApplication":
    """Build the service from the configuration files that the environment names."""
    files = [name for name in environment.get(VARIABLE, DEFAULT_FILE).split(";") if name]
    conf = config.load([], prog="panko-api", config_files=files)
    if config.auth_strategy(conf) == "noauth" and not conf.api.force_noauth:
        raise ConfigurationError(
            "[api] auth_strategy is noauth, and this server may listen anywhere: set [api] force_noauth = true when "
            "only trusted callers reach it, or use panko-api, which listens on loopback."
        )
    return create_service(conf, connect(conf))


application = get_application(os.environ)
