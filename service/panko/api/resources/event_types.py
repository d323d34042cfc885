"""`/v2/event_types`: the types of all events."""

import dataclasses

import falcon

from panko.api.callers.enforcer import Enforcer
from panko.api.messages.streaming import stream_array
from panko.api.resources.admin import require_admin
from panko.storage import Connection


@dataclasses.dataclass(frozen=True, slots=True)
class EventTypes:
    """All types, for admins, because types belong to no project."""

    connection: Connection
    enforcer: Enforcer

    def on_get(self, request: falcon.Request, response: falcon.Response) -> None:
        """List the types."""
        require_admin(request, self.enforcer)
        stream_array(response, self.connection.get_event_types())
