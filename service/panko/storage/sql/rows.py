"""Whole events by their ids: an event's row and its traits become one Event again."""

import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TypeVar

from sqlalchemy import Connection, select

from panko.event import Event, Trait
from panko.storage.sql.content import in_order, raw_value
from panko.storage.sql.tables import EVENT, EVENT_TYPE, TRAITS

IDS_PER_STATEMENT = 500

T = TypeVar("T")


def chunks(values: Sequence[T], size: int = IDS_PER_STATEMENT) -> Iterator[Sequence[T]]:
    """Yield slices, so that no statement grows with what was asked for."""
    for begin in range(0, len(values), size):
        yield values[begin : begin + size]


def load_events(connection: Connection, ids: Sequence[int]) -> list[Event]:
    """Return the events in the order of `ids`; inside a snapshot, so that none is without its traits."""
    return list(itertools.chain.from_iterable(_load(connection, chunk) for chunk in chunks(ids)))


def ids_by_message_id(connection: Connection, message_ids: Sequence[str]) -> dict[str, int]:
    """Return the ids of the events that are stored."""
    found: dict[str, int] = {}
    for chunk in chunks(message_ids):
        statement = select(EVENT.c.message_id, EVENT.c.id).where(EVENT.c.message_id.in_(chunk))
        found.update((row.message_id, row.id) for row in connection.execute(statement))
    return found


def _load(connection: Connection, ids: Sequence[int]) -> Iterator[Event]:
    traits = _load_traits(connection, ids)
    statement = (
        select(EVENT.c.id, EVENT.c.message_id, EVENT_TYPE.c.desc, EVENT.c.generated, EVENT.c.raw)
        .select_from(EVENT.outerjoin(EVENT_TYPE, EVENT.c.event_type_id == EVENT_TYPE.c.id))
        .where(EVENT.c.id.in_(ids))
    )
    events = {
        row.id: Event(row.message_id, row.desc or "", row.generated, in_order(traits[row.id]), raw_value(row.raw))
        for row in connection.execute(statement)
    }
    return (events[id_] for id_ in ids if id_ in events)


def _load_traits(connection: Connection, ids: Sequence[int]) -> dict[int, list[Trait]]:
    traits: dict[int, list[Trait]] = defaultdict(list)
    for kind, table in TRAITS.items():
        for event_id, name, value in connection.execute(select(table).where(table.c.event_id.in_(ids))):
            traits[event_id].append(Trait(name, kind, value))
    return traits
