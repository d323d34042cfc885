"""Gives events that the original wrote what the successor keeps beside the traits, in many short transactions.

Readers and writers go on meanwhile: such an event is served from its trait tables until then. May be interrupted and
run again; it begins with what is left.
"""

from collections.abc import Callable

from sqlalchemy import Connection, bindparam, func, select, update

from panko.storage.sql.content import copied
from panko.storage.sql.rows import load_traits
from panko.storage.sql.tables import EVENT

EVENTS_PER_TRANSACTION = 500
EVENTS_PER_REPORT = 20_000


def fill(connection: Connection, report: Callable[[str], None]) -> int:
    """Fill what is missing and return the number of events; SQLite's one transaction is the caller's."""
    total = connection.execute(select(func.count()).where(EVENT.c.owner_hash.is_(None))).scalar_one()
    filled = 0
    while ids := _missing(connection):
        traits = load_traits(connection, ids)
        connection.execute(FILL, [{"filled_id": id_, **copied(traits.get(id_, ()))} for id_ in ids])
        _commit(connection)
        filled += len(ids)
        if filled % EVENTS_PER_REPORT == 0:
            report(f"traits copied for {filled} of {total} events")
    _commit(connection)
    return filled


FILL = (
    update(EVENT)
    .where(EVENT.c.id == bindparam("filled_id"))
    .values({name: bindparam(name) for name in ("traits", "project_hash", "owner_hash")})
)


def _missing(connection: Connection) -> list[int]:
    """Return some ids; filled events leave the part of the index that this reads."""
    statement = select(EVENT.c.id).where(EVENT.c.owner_hash.is_(None)).limit(EVENTS_PER_TRANSACTION)
    return list(connection.execute(statement).scalars())


def _commit(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        connection.commit()
