"""What is asked of the list of events, as arguments of v2. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from panko_client import moments


@dataclass(frozen=True, slots=True)
class Filter:
    """A comparison that has to hold: `field` is a trait's name, `event_type` or `message_id`."""

    field: str
    value: str
    op: str = "eq"
    type: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """Which events, in which order. All filters have to hold."""

    filters: tuple[Filter, ...] = ()
    sort: tuple[str, ...] = ()

    def arguments(self, *, limit: int | None = None, marker: str | None = None) -> list[tuple[str, str]]:
        """Return the arguments of a page. Those of filters go by position, so each filter has all four."""
        found = [pair for one in self.filters for pair in _arguments(one)]
        found += [("sort", one) for one in self.sort]
        found += [("limit", str(limit))] if limit is not None else []
        return found + ([("marker", marker)] if marker is not None else [])


def query(
    *filters: Filter,
    event_type: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    all_tenants: bool = False,
    sort: Sequence[str] = (),
) -> Query:
    """Put a query together of filters and of what has a name of its own."""
    named = (
        ("event_type", event_type, "eq"),
        ("start_timestamp", since and moments.written(since), "ge"),
        ("end_timestamp", until and moments.written(until), "le"),
        ("all_tenants", "True" if all_tenants else None, "eq"),
    )
    return Query((*filters, *(Filter(field, value, op) for field, value, op in named if value)), tuple(sort))


def _arguments(one: Filter) -> Iterator[tuple[str, str]]:
    yield "q.field", one.field
    yield "q.op", one.op
    yield "q.value", one.value
    yield "q.type", one.type
