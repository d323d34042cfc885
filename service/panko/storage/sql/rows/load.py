"""Reads what is stored of events that were found: their traits, their texts, their ids."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Connection, select

from panko.event import Event, Trait
from panko.storage.sql.rows import size
from panko.storage.sql.rows.chunks import chunks
from panko.storage.sql.rows.encode import in_order
from panko.storage.sql.rows.events import EventRow, Events
from panko.storage.sql.rows.shapes.known import Shapes
from panko.storage.sql.rows.shapes.shape import Shape
from panko.storage.sql.rows.tables import EVENT, EVENT_TYPE, OF_TYPE, TRAITS

EVENTS_AT_ONCE = 50  # whose traits are read from their own tables
COMPARED_BYTES = 1024 * 1024


def with_traits(
    connection: Connection, rows: Sequence[EventRow], most_bytes: int, *, shapes: Mapping[int, Shape]
) -> Events:
    """Make events of rows, some without a copy of traits, until they hold more bytes; one at least.

    Traits are read through `connection`: inside a snapshot, so that none is missing.
    """
    kept: list[EventRow] = []
    traits: dict[int, tuple[Trait, ...]] = {}
    left = most_bytes
    for chunk in chunks(rows, EVENTS_AT_ONCE):
        traits |= load_traits(connection, [row.id for row in chunk if row.traits is None])
        for row in chunk:
            left -= row.size + sum(map(_bytes, traits.get(row.id, ())))
            if left < 0 and kept:
                return Events(kept, traits, shapes=shapes)
            kept.append(row)
    return Events(kept, traits, shapes=shapes)


def stored_events(connection: Connection, message_ids: Sequence[str], shapes: Shapes) -> Iterator[Event]:
    """Yield the events that are stored, of which few are in memory at once, in no order."""
    for chunk in chunks(message_ids):
        inline = COMPARED_BYTES // len(chunk)
        statement = (
            select(*size.COLUMNS).select_from(EVENT.outerjoin(EVENT_TYPE, OF_TYPE)).where(EVENT.c.message_id.in_(chunk))
        )
        rows = [EventRow(*row) for row in connection.execute(statement, {size.INLINE: inline})]
        for group in size.groups(rows, COMPARED_BYTES):
            whole = shapes.readable(connection, size.with_texts(connection, group, inline))
            traits = load_traits(connection, [row.id for row in whole if row.traits is None])
            yield from Events(whole, traits, shapes=shapes.known)


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


def _bytes(trait: Trait) -> int:
    return len(trait.name) + len(str(trait.value))
