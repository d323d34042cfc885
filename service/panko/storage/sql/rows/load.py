"""Rows become whole events again: with the copies of their traits, or with the rows of the trait tables."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple, TypeVar

from sqlalchemy import Connection, select

from panko.event import Event, Trait
from panko.storage.sql.rows import trait_copy
from panko.storage.sql.rows.encode import in_order, raw_value
from panko.storage.sql.rows.tables import EVENT, EVENT_TYPE, TRAITS

IDS_PER_STATEMENT = 500

T = TypeVar("T")


class EventRow(NamedTuple):
    """What is read of an event; `traits` is the copy, None when the original wrote the event."""

    id: int
    message_id: str
    desc: str | None
    generated: datetime | None
    raw: str | None
    traits: str | None


COLUMNS = (EVENT.c.id, EVENT.c.message_id, EVENT_TYPE.c.desc, EVENT.c.generated, EVENT.c.raw, EVENT.c.traits)
OF_TYPE = EVENT.c.event_type_id == EVENT_TYPE.c.id


def chunks(values: Sequence[T], size: int = IDS_PER_STATEMENT) -> Iterator[Sequence[T]]:
    """Yield slices, so that no statement grows with what was asked for."""
    for begin in range(0, len(values), size):
        yield values[begin : begin + size]


def has_copies(rows: Iterable[EventRow]) -> bool:
    """Tell whether the events can be made of these rows alone."""
    return all(row.traits is not None for row in rows)


def make_events(rows: Sequence[EventRow], connection: Connection | None = None) -> list[Event]:
    """Make events of rows, in their order.

    Without copies of traits they are read through `connection`: inside a snapshot, so that none is missing.
    """
    without = [row.id for row in rows if row.traits is None]
    traits = {} if connection is None else load_traits(connection, without)
    return [
        Event(
            row.message_id,
            row.desc or "",
            row.generated,
            traits.get(row.id, ()) if row.traits is None else trait_copy.from_text(row.traits),
            raw_value(row.raw),
        )
        for row in rows
    ]


def stored_events(connection: Connection, message_ids: Sequence[str]) -> dict[str, Event]:
    """Return the events that are stored, by message_id."""
    found: dict[str, Event] = {}
    for chunk in chunks(message_ids):
        statement = (
            select(*COLUMNS).select_from(EVENT.outerjoin(EVENT_TYPE, OF_TYPE)).where(EVENT.c.message_id.in_(chunk))
        )
        rows = [EventRow(*row) for row in connection.execute(statement)]
        found.update((event.message_id, event) for event in make_events(rows, connection))
    return found


def ids_by_message_id(connection: Connection, message_ids: Sequence[str]) -> dict[str, int]:
    """Return the ids of the events that are stored."""
    found: dict[str, int] = {}
    for chunk in chunks(message_ids):
        statement = select(EVENT.c.message_id, EVENT.c.id).where(EVENT.c.message_id.in_(chunk))
        found.update((row.message_id, row.id) for row in connection.execute(statement))
    return found


def load_traits(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[Trait, ...]]:
    """Return the traits of events from their own tables, in the order in which they are served."""
    traits: dict[int, list[Trait]] = defaultdict(list)
    for chunk in chunks(ids):
        for kind, table in TRAITS.items():
            columns = (table.c.event_id, table.c.key, table.c.value)
            for event_id, name, value in connection.execute(select(*columns).where(table.c.event_id.in_(chunk))):
                traits[event_id].append(Trait(name, kind, value))
    return {event_id: in_order(found) for event_id, found in traits.items()}
