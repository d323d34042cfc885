"""The marks with which every transaction begins that changes counts.

Of two that go on from the same mark, the second is refused by the primary key of the next one, and begins again.
"""

import dataclasses

from sqlalchemy import ColumnElement, Connection, and_

from panko.storage.sql import engines
from panko.storage.sql.counts import hours
from panko.storage.sql.counts.hours import Run
from panko.storage.sql.engines.expressions import ByRow
from panko.storage.sql.rows.tables import COUNT_MARK, EVENT


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """A step that is under way: its number, up to which id it goes, and when it is, in seconds from 1970."""

    connection: Connection
    seq: int
    upto: int
    now: int

    def of_hour(self, hour: int) -> ColumnElement[bool]:
        """Return the condition on the events of an hour that are counted."""
        return and_(Run(hour, hour + 1).of_event, ByRow(EVENT.c.id) <= self.upto)


def hold(connection: Connection, now: int) -> Step | None:
    """Begin with a mark that tells nothing new: what is read behind it nobody else changes but the expirer."""
    last = hours.last_mark(connection)
    if last is None:  # the expirer has begun anew
        return None
    mark(connection, (last.seq + 1, last.upto, last.seen, last.at))
    return Step(connection, last.seq + 1, last.upto, now)


def mark(connection: Connection, values: tuple[int, int, int, int]) -> None:
    """Insert a mark: its number, up to which id events are counted, which one was seen last, and when that was."""
    engines.of(connection.dialect).insert_rows(connection, COUNT_MARK, ("seq", "upto", "seen", "at"), [values])
