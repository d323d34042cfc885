"""No authentication: identity headers are believed as they are sent. For one machine, and for tests."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from oslo_config import cfg

from panko import config
from panko.api.callers import credentials
from panko.api.callers.credentials import Credentials

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

# Whoever started the embedded service with no configuration, and sends no identity, owns all that is in it.
OWNER = Credentials(user_id="noauth", project_id="noauth", roles=frozenset({"admin"}), sees_all_projects=True)
NOBODY = Credentials()


def check(_conf: cfg.ConfigOpts) -> None:
    """Refuse nothing: there is nothing that could be wrong."""


def believe_headers(app: "WSGIApplication", conf: cfg.ConfigOpts) -> "WSGIApplication":
    """Take callers for who they say they are."""
    anonymous = OWNER if config.is_embedded(conf) else NOBODY

    def believing(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        claimed = credentials.from_headers(environ)
        environ[credentials.ENVIRON_KEY] = anonymous if claimed == NOBODY else claimed
        return app(environ, start_response)

    return believing
