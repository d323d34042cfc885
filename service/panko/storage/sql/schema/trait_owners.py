"""Gives the rows of the trait tables the number of their event's owner, where they have none.

The original and earlier releases go on writing rows without it. Those are found by their project's or user's trait
until `panko-dbsync` comes by again, so nothing is ever missing; see `panko.storage.sql.rows.owners`.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager

from sqlalchemy import ColumnElement, Connection, Table, func, literal_column, select, update

from panko.event import TraitType
from panko.storage.sql.rows.chunks import chunks
from panko.storage.sql.rows.owners import HASH_BITS, PROJECT, USER, USER_BITS
from panko.storage.sql.rows.tables import EVENT, TRAITS

Commit = Callable[[], None]
Transaction = Callable[[], AbstractContextManager[None]]

EVENTS_PER_TRANSACTION = 1000
EVENTS_PER_REPORT = 50_000
PROJECT_BITS = (1 << HASH_BITS) - (1 << USER_BITS)

# `owners.of_traits` in SQL. Literals, because PostgreSQL shifts a bigint by an integer and by nothing else.
NUMBER: ColumnElement[int] = literal_column(
    f"(event.project_hash & {PROJECT_BITS}) | (event.owner_hash >> {HASH_BITS - USER_BITS})"
)
TEXT = TRAITS[TraitType.TEXT].c
# Whoever owns an event is found by these; rows of other events are never looked for by owner.
LEFT = (
    select(TEXT.event_id)
    .join(EVENT, EVENT.c.id == TEXT.event_id)
    .where(TEXT.key.in_((PROJECT, USER)), TEXT.owner.is_(None))
    .where(EVENT.c.project_hash.is_not(None), EVENT.c.owner_hash.is_not(None))
    .distinct()
    .limit(EVENTS_PER_REPORT)
)


def fill_all(connection: Connection, report: Callable[[str], None], transaction: Transaction) -> None:
    """Fill the rows of all events that have numbers themselves, from the oldest id on, each thousand for itself.

    An event is filled in all tables or in none: one that is filled in part would not be found by the traits that are
    not, for whether an event is filled is read from its texts.
    """
    total = connection.execute(select(func.count()).select_from(EVENT)).scalar_one()
    done, last = 0, 0
    while ids := _ids_after(connection, last):
        with transaction():
            _fill(connection, {table: table.c.event_id.between(ids[0], ids[-1]) for table in TRAITS.values()})
        done, last = done + len(ids), ids[-1]
        if done % EVENTS_PER_REPORT == 0:
            report(f"owners noted beside the traits of {done} of {total} events")


def fill(connection: Connection, ids: Sequence[int]) -> None:
    """Fill the rows of some events."""
    for chunk in chunks(ids):
        _fill(connection, {table: table.c.event_id.in_(chunk) for table in TRAITS.values()})


def fill_left(connection: Connection, commit: Commit) -> None:
    """Fill what an earlier release has written since `fill_all`."""
    is_last = False
    while not is_last:
        ids = sorted(connection.execute(LEFT).scalars())
        for chunk in chunks(ids, EVENTS_PER_TRANSACTION):
            fill(connection, chunk)
            commit()
        is_last = len(ids) < EVENTS_PER_REPORT  # writers may be faster than this


def _ids_after(connection: Connection, last: int) -> Sequence[int]:
    statement = select(EVENT.c.id).where(EVENT.c.id > last).order_by(EVENT.c.id).limit(EVENTS_PER_TRANSACTION)
    return connection.execute(statement).scalars().all()


def _fill(connection: Connection, rows: Mapping[Table, ColumnElement[bool]]) -> None:
    for table, wanted in rows.items():
        number = select(NUMBER).where(EVENT.c.id == table.c.event_id).scalar_subquery()
        connection.execute(update(table).where(wanted, table.c.owner.is_(None)).values(owner=number))
