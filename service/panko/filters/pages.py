"""Which part of an answer is wanted, in which order."""

import dataclasses
import enum


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


@dataclasses.dataclass(frozen=True, slots=True)
class Page:
    """At most `limit` events in the order of `sort`, strictly after the event `marker`."""

    limit: int
    sort: tuple[SortKey, ...] = DEFAULT_SORT
    marker: str | None = None
