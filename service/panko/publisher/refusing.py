"""Stores of a batch all that can be stored, and tells of each other event why it cannot."""

import dataclasses
from collections.abc import Sequence

from panko.errors import EventConflictError, InvalidEventsError, InvalidInputError
from panko.event import Event
from panko.storage import Connection, Recorded

ANOTHER = "another event with its message_id is stored"
NOTHING = Recorded(created=0, duplicates=0)


@dataclasses.dataclass(frozen=True, slots=True)
class Refused:
    """An event that can never be stored; `index` is its place in the batch."""

    index: int
    error: InvalidInputError | EventConflictError

    @property
    def reason(self) -> str:
        """Say why, without the event's name."""
        if isinstance(self.error, EventConflictError):
            return ANOTHER
        return why_invalid(self.error)


def why_invalid(error: InvalidInputError) -> str:
    """Say what is wrong with the one event that was read, or stored."""
    return error.problems[0][1] if isinstance(error, InvalidEventsError) else str(error)


def record(connection: Connection, events: Sequence[Event]) -> tuple[Recorded, list[Refused]]:
    """Store events, and return after COMMIT what became of them. Raise what is no event's fault."""
    return _record(connection, list(enumerate(events)))


def _record(connection: Connection, events: list[tuple[int, Event]]) -> tuple[Recorded, list[Refused]]:
    if not events:
        return NOTHING, []
    try:
        return connection.record_events([event for _, event in events]), []
    except (InvalidInputError, EventConflictError) as error:
        if len(events) == 1:
            return NOTHING, [Refused(events[0][0], error)]
        suspects = _suspects(error, events)
    # Each suspect alone, in the order in which they came: the first of two with one id is stored.
    groups = [[one for one in events if one[0] not in suspects], *([one] for one in events if one[0] in suspects)]
    recorded, refused = NOTHING, []
    for group in groups:
        more, others = _record(connection, group)
        recorded += more
        refused += others
    return recorded, refused


def _suspects(error: InvalidInputError | EventConflictError, events: list[tuple[int, Event]]) -> set[int]:
    """Return the places of the events that an error names, or of all when it names none."""
    found: set[int] = set()
    if isinstance(error, EventConflictError):
        found = {place for place, event in events if event.message_id in error.message_ids}
    elif isinstance(error, InvalidEventsError):
        found = {events[number][0] for number, _ in error.problems if number < len(events)}
    return found or {place for place, _ in events}
