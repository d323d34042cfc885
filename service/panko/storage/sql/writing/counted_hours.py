"""What becomes of counts when events go: an hour that lost events is counted by its rows again.

Only rows are deleted, which is all that the expirer may do. It comes after the events are deleted, in the same
transaction: what others count of the hour meanwhile refers to the row that goes, so one of both is refused. See
`panko.storage.sql.counts`.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, func, select

from panko.storage.sql.rows.chunks import chunks
from panko.storage.sql.rows.tables import BLOCK_COUNT, COUNT_BLOCK, COUNT_HOUR, COUNT_MARK, EVENT

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
FRAYED_STEPS = 25  # of a block, whose columns are put together by each answer
BLOCKS_AT_ONCE = 5
KEPT_MARKS = 1000  # more than are made while somebody who goes on from one is held up


def uncount(connection: Connection, times: Iterable[datetime]) -> None:
    """Forget the counts of the hours of events that were just deleted."""
    gone = sorted({(generated - EPOCH) // HOUR for generated in times})
    for chunk in chunks(gone):
        connection.execute(delete(COUNT_HOUR).where(COUNT_HOUR.c.hour.in_(chunk)))
    last = connection.execute(select(func.max(EVENT.c.id))).scalar() or 0
    if (connection.execute(select(func.max(COUNT_MARK.c.upto))).scalar() or 0) > last:
        # Some databases give the ids of the newest events again, once those are gone.
        connection.execute(delete(COUNT_HOUR))
        connection.execute(delete(COUNT_MARK))


def forget_marks(connection: Connection) -> None:
    """Delete all but the newest marks."""
    newest = connection.execute(select(func.max(COUNT_MARK.c.seq))).scalar()
    if newest is not None:
        connection.execute(delete(COUNT_MARK).where(COUNT_MARK.c.seq <= newest - KEPT_MARKS))


def forget_frayed_blocks(connection: Connection) -> int:
    """Delete a few blocks to which events came late again and again: each is made anew of its hours, as one step."""
    counts = BLOCK_COUNT.c
    steps = func.count(counts.seq.distinct())
    frayed = select(counts.block_id).where(counts.level == 0).group_by(counts.block_id).having(steps > FRAYED_STEPS)
    ids = sorted(connection.execute(frayed.limit(BLOCKS_AT_ONCE)).scalars())
    if ids:
        connection.execute(delete(COUNT_BLOCK).where(COUNT_BLOCK.c.id.in_(ids)))
    return len(ids)
