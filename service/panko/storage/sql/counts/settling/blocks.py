"""Blocks of six hours, of which all that is kept is added up once more: what is asked of a month is few of them.

A block is made of six hours that are settled, and refers to each of them: with the first of them that goes, the block
goes and what is kept of it, by whoever deletes the hour. An hour that was settled stays so as long as it is there. What
is added to one of the six is added to the block in the same transaction.
"""

from sqlalchemy import Connection, distinct, func, select

from panko.storage.sql.counts.columns import stored
from panko.storage.sql.counts.columns.entries import together
from panko.storage.sql.counts.hours import IS_SETTLED
from panko.storage.sql.counts.settling import keeping, tally
from panko.storage.sql.counts.settling.marks import hold
from panko.storage.sql.counts.settling.tally import Tally
from panko.storage.sql.counts.units import BLOCKS, HOURS, Place
from panko.storage.sql.engines.expressions import Quotient
from panko.storage.sql.rows.tables import BLOCK_COLUMNS, COUNT_BLOCK, EVENT_COUNT, HOURS_OF_A_BLOCK

MOST_OF_COLUMNS = 300_000  # events; of more no row of a column is to be made, and those are counted one by one

_COUNTED = EVENT_COUNT.c


def waiting(connection: Connection) -> list[int]:
    """Return the first hour of each block that can be made; there is none before 1970."""
    number = Quotient(_COUNTED.hour, HOURS_OF_A_BLOCK).label("number")
    whole = (
        select(number)
        .where(*IS_SETTLED)
        .group_by(number)
        .having(func.count(distinct(_COUNTED.hour)) == HOURS_OF_A_BLOCK)
    )
    there = set(connection.execute(select(COUNT_BLOCK.c.hour)).scalars())
    begins = (int(one) * HOURS_OF_A_BLOCK for one in connection.execute(whole).scalars())
    return sorted(begin for begin in begins if begin not in there)


def make(connection: Connection, now: int, *, begin: int) -> None:
    """Make a block, unless that was done meanwhile or an hour of it went."""
    step = hold(connection, now)
    if step is None or of_hour(connection, begin) is not None:
        return
    settled = select(_COUNTED.hour, _COUNTED.hour_id).distinct().where(*IS_SETTLED)
    of_block = settled.where(_COUNTED.hour >= begin, _COUNTED.hour < begin + HOURS_OF_A_BLOCK).order_by(_COUNTED.hour)
    ids = [id_ for _, id_ in connection.execute(of_block)]
    if len(ids) != HOURS_OF_A_BLOCK:
        return
    keeping.insert(connection, COUNT_BLOCK, BLOCK_COLUMNS, [(begin, *ids)])
    made = of_hour(connection, begin)
    if made is not None:
        found = Tally()
        for id_ in ids:
            found.add(tally.counts(connection, id_))
        keeping.add_counts(step, made, found)
        if found.keys.total() <= MOST_OF_COLUMNS:
            of_hours = [part for id_ in ids for part in stored.all_of(connection, HOURS, id_)]
            keeping.add_columns(step, made, together(of_hours))


def of_hour(connection: Connection, hour: int) -> Place | None:
    """Return the block of which an hour is a part, if it is there."""
    begin = hour - hour % HOURS_OF_A_BLOCK
    id_ = connection.execute(select(COUNT_BLOCK.c.id).where(COUNT_BLOCK.c.hour == begin)).scalar()
    return None if id_ is None else BLOCKS.of(id_, begin)
