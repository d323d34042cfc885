"""Gives stored events what the successor keeps beside their traits, in many short transactions.

Readers and writers go on meanwhile: an event of the original's writers is served from its trait tables until then. May
be interrupted and run again; it begins with what is left.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, select, update

from panko.event import Trait
from panko.storage.sql.rows.encode import copied
from panko.storage.sql.rows.load import load_traits
from panko.storage.sql.rows.tables import EVENT
from panko.storage.sql.schema import trait_owners
from panko.storage.sql.schema.lock import commit
from panko.storage.sql.writing import trait_names

EVENTS_PER_TRANSACTION = 500
EVENTS_PER_REPORT = 20_000


class Unfilled(NamedTuple):
    """What is read of an event that lacks something."""

    id: int
    event_type_id: int | None
    generated: datetime | None


def fill(connection: Connection, report: Callable[[str], None]) -> int:
    """Fill as many events as lack something now, and return their number; SQLite's one transaction is the caller's."""
    missing = EVENT.c.owner_hash.is_(None)
    total = _count(connection, missing)
    filled = 0
    # In no order: filled events leave the part of the index that this reads. Writers may be faster than this.
    while filled < total and (events := _some(connection, select(*UNFILLED).where(missing))):
        traits = load_traits(connection, [event.id for event in events])
        connection.execute(FILL, [{"filled_id": event.id, **copied(traits.get(event.id, ()))} for event in events])
        trait_owners.fill(connection, [event.id for event in events])
        _add_names(connection, events, traits)
        commit(connection)
        filled += len(events)
        if filled % EVENTS_PER_REPORT == 0:
            report(f"traits copied for {filled} of {total} events")
    commit(connection)
    return filled


def fill_owners_left(connection: Connection) -> None:
    """Fill in the owners beside traits that an earlier release has written meanwhile. It reads an index to its end."""
    trait_owners.fill_left(connection, lambda: commit(connection))
    commit(connection)


def is_unfilled(connection: Connection) -> bool:
    """Tell whether an event lacks something that `fill` gives."""
    return bool(_some(connection, select(*UNFILLED).where(EVENT.c.owner_hash.is_(None))))


def fill_trait_names(connection: Connection, report: Callable[[str], None]) -> None:
    """Add the names of the traits of all events that `fill` will not see; the caller commits."""
    total = _count(connection, EVENT.c.owner_hash.is_not(None))
    done, last = 0, 0
    by_id = select(*UNFILLED).where(EVENT.c.owner_hash.is_not(None)).order_by(EVENT.c.id)
    while events := _some(connection, by_id.where(EVENT.c.id > last)):
        _add_names(connection, events, load_traits(connection, [event.id for event in events]))
        done, last = done + len(events), events[-1].id
        if done % EVENTS_PER_REPORT == 0:
            report(f"names of traits collected from {done} of {total} events")


UNFILLED = (EVENT.c.id, EVENT.c.event_type_id, EVENT.c.generated)
FILL = (
    update(EVENT)
    .where(EVENT.c.id == bindparam("filled_id"))
    .values({name: bindparam(name) for name in ("traits", "project_hash", "owner_hash")})
)


def _count(connection: Connection, condition: ColumnElement[bool]) -> int:
    return connection.execute(select(func.count()).where(condition)).scalar_one()


def _some(connection: Connection, statement: Select[Any]) -> list[Unfilled]:
    return [Unfilled(*row) for row in connection.execute(statement.limit(EVENTS_PER_TRANSACTION))]


def _add_names(connection: Connection, events: Sequence[Unfilled], traits: Mapping[int, tuple[Trait, ...]]) -> None:
    """Add names of the events that the expirer has not deleted meanwhile, perhaps with their types."""
    ids = [event.id for event in events]
    left = set(connection.execute(select(EVENT.c.id).where(EVENT.c.id.in_(ids))).scalars())
    names: set[trait_names.Key] = set()
    for event in events:
        if event.id in left and event.event_type_id is not None:
            names |= trait_names.names_of(event.event_type_id, event.generated, traits.get(event.id, ()))
    trait_names.add(connection, names)
