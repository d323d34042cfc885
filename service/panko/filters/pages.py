"""Which part of an answer is wanted, in which order."""

import dataclasses
import enum
from collections.abc import Sequence
from datetime import datetime

from panko.event import Event


class SortField(enum.Enum):
    """What a page can be sorted by."""

    MESSAGE_ID = "message_id"
    GENERATED = "generated"


@dataclasses.dataclass(frozen=True, slots=True)
class SortKey:
    """One key of a page's order."""

    field: SortField
    descending: bool = False


DEFAULT_SORT = (SortKey(SortField.GENERATED), SortKey(SortField.MESSAGE_ID))


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Position:
    """Where an event stands in any order; positions themselves compare as in the order of time."""

    generated: datetime
    message_id: str

    @classmethod
    def of(cls, event: Event) -> "Position | None":
        """Return where an event stands; None where the original gave it no time, and so no place."""
        return None if event.generated is None else cls(event.generated, event.message_id)

    @classmethod
    def of_last(cls, events: Sequence[Event]) -> "Position | None":
        """Return where the last of these events stands; None where there is none, or where it has no place."""
        return cls.of(events[-1]) if events else None


@dataclasses.dataclass(frozen=True, slots=True)
class Page:
    """At most `limit` events in the order of `sort`, strictly after the event `marker`, or after the position."""

    limit: int
    sort: tuple[SortKey, ...] = DEFAULT_SORT
    marker: str | None = None
    after: Position | None = None
