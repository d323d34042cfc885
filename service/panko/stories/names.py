"""Names of what events name by an id alone, collected from other events."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from panko.event import Event
from panko.stories.traits import NAMES, first, texts

# Where an event has a name together with the id that it is of.
OWN = ("resource_id",)
PAIRS = (("initiator_id", "initiator_name"),)


def names_in(events: Iterable[Event]) -> Mapping[str, str]:
    """Return the names of users and things by their ids; of two names that of the later event."""
    found: dict[str, str] = {}
    for event in sorted(events, key=_place):
        traits = texts(event)
        name = first(traits, NAMES)
        if name is not None:
            found.update({traits[key]: name for key in OWN if key in traits})
        found.update({traits[key]: traits[of] for key, of in PAIRS if key in traits and of in traits})
    return found


def _place(event: Event) -> tuple[datetime, str]:
    return event.generated or datetime.min.replace(tzinfo=UTC), event.message_id
