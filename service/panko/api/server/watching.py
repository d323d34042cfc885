"""A service that can be watched: what one worker serves on the API's port and on the one for watchers."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from oslo_config import cfg

from panko.api.pipeline import create_service
from panko.api.resources import health
from panko.api.server.pages import Pages
from panko.monitoring.database_state import DatabaseState
from panko.monitoring.meters import Meters
from panko.monitoring.port import Port
from panko.storage import Connection

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication


def create_watched_service(conf: cfg.ConfigOpts, connection: Connection, *, port: Port) -> "WSGIApplication":
    """Build the service of one process, and answer watchers from now on."""
    meters = Meters()
    state = DatabaseState(connection)
    port.serve(Pages(connection, meters, state, health.from_configuration(conf), lambda: datetime.now(UTC)))
    return create_service(conf, connection, meters=meters)
