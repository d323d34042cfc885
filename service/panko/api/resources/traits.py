"""`/v2/event_types/{event_type}/traits`: which traits the events of a type have, and their values."""

import dataclasses

import falcon

from panko.api.callers.enforcer import Enforcer
from panko.api.messages import serialize
from panko.api.messages.streaming import stream_array
from panko.api.resources.admin import require_admin
from panko.literals import why_unstorable
from panko.storage import Connection


@dataclasses.dataclass(frozen=True, slots=True)
class TraitTypes:
    """The names and types of the traits of an event type, for admins."""

    connection: Connection
    enforcer: Enforcer

    def on_get(self, request: falcon.Request, response: falcon.Response, event_type: str) -> None:
        """List them; an unknown event type has none."""
        require_admin(request, self.enforcer)
        names = () if why_unstorable(event_type) else self.connection.get_trait_types(event_type)
        stream_array(response, (serialize.trait_type(name, type_) for name, type_ in names))


@dataclasses.dataclass(frozen=True, slots=True)
class Traits:
    """Every trait of one name of the events of a type, for admins."""

    connection: Connection
    enforcer: Enforcer

    def on_get(self, request: falcon.Request, response: falcon.Response, event_type: str, name: str) -> None:
        """List them, however many there are."""
        require_admin(request, self.enforcer)
        unknown = why_unstorable(event_type) or why_unstorable(name)
        traits = () if unknown else self.connection.get_traits(event_type, name)
        stream_array(response, (serialize.trait(trait) for trait in traits))
