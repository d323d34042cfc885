"""Hours, and the ranges of them that are settled. Pure but for reading which are."""

import dataclasses
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, false, func, or_, select

from panko.storage.sql.counts.keys import EVERY
from panko.storage.sql.rows.tables import COUNT_BLOCK, COUNT_MARK, EVENT, EVENT_COUNT, HOURS_OF_A_BLOCK

HOUR = timedelta(hours=1)
SECONDS = 3600
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# What is kept of every settled hour, and of no other one.
IS_SETTLED = (EVENT_COUNT.c.level == 0, EVENT_COUNT.c.project == EVERY)


@dataclasses.dataclass(frozen=True, slots=True)
class Run:
    """Hours one after the other, from `first` until before `end`; None is no bound."""

    first: int | None
    end: int | None

    def holds(self, generated: ColumnElement[Any]) -> ColumnElement[bool]:
        """Return the condition on the time of an event."""
        bounds: list[ColumnElement[bool]] = []
        if self.first is not None:
            bounds.append(generated >= begin_of(self.first))
        if self.end is not None:
            bounds.append(generated < begin_of(self.end))
        return and_(*bounds) if bounds else generated.is_not(None)

    @property
    def of_event(self) -> ColumnElement[bool]:
        """The condition on an event."""
        return self.holds(EVENT.c.generated)

    def of(self, hour: ColumnElement[int]) -> ColumnElement[bool]:
        """Return the condition on the hour of what is kept."""
        return and_(hour >= self.first, hour < self.end)

    def all(self) -> range:
        """Return the hours; without a bound there is no end of them."""
        assert self.first is not None and self.end is not None  # noqa: PT018, S101 -- what is settled has both
        return range(self.first, self.end)

    def has_at_most(self, number: int) -> bool:
        """Tell whether these are so few hours; without a bound they never are."""
        return self.first is not None and self.end is not None and self.end - self.first <= number


def hour_of(generated: datetime) -> int:
    """Return the number of the hour of an event."""
    return (generated - EPOCH) // HOUR


def begin_of(hour: int) -> datetime:
    """Return the moment at which an hour begins."""
    return EPOCH + hour * HOUR


def inside(start: datetime | None, end: datetime | None) -> tuple[int | None, int | None]:
    """Return the whole hours from a moment on until before another one."""
    return None if start is None else -(-(start - EPOCH) // HOUR), None if end is None else hour_of(end)


def settled(connection: Connection, first: int | None, end: int | None) -> list[Run]:
    """Return the runs of settled hours in a range."""
    hour = EVENT_COUNT.c.hour
    statement = select(hour).distinct().where(*IS_SETTLED, *_within(hour, first, end))
    return runs(connection.execute(statement).scalars())


def blocks(connection: Connection, first: int | None, end: int | None) -> list[Run]:
    """Return the runs of blocks that are whole in a range. Every hour of them is settled."""
    begin, last = COUNT_BLOCK.c.hour, None if end is None else end - HOURS_OF_A_BLOCK
    is_inside = _within(begin, first, None if last is None else last + 1)
    return runs(connection.execute(select(begin).where(*is_inside)).scalars(), length=HOURS_OF_A_BLOCK)


def _within(hour: ColumnElement[int], first: int | None, end: int | None) -> list[ColumnElement[bool]]:
    return [*([] if first is None else [hour >= first]), *([] if end is None else [hour < end])]


def runs(begins: Iterable[int], *, length: int = 1) -> list[Run]:
    """Put hours, or what is some hours long, together where they follow each other."""
    found: list[list[int]] = []
    for begin in sorted(begins):
        if found and found[-1][1] == begin:
            found[-1][1] = begin + length
        else:
            found.append([begin, begin + length])
    return [Run(first, end) for first, end in found]


def whole(known: Sequence[Run]) -> Run:
    """Return the hours from the first run to the last one, between which nothing is kept of others."""
    return Run(known[0].first, known[-1].end)


def without(known: Sequence[Run], taken: Sequence[Run]) -> list[Run]:
    """Return what is left of runs with bounds when others, which lie in them, are taken out."""
    return runs({hour for run in known for hour in run.all()} - {hour for run in taken for hour in run.all()})


def between(known: Sequence[Run]) -> list[Run]:
    """Return what is before, between and behind runs."""
    edges: list[int | None] = [None]
    for run in known:
        edges += [run.first, run.end]
    edges.append(None)
    return [Run(*pair) for pair in zip(edges[::2], edges[1::2], strict=True)]


def either(conditions: Iterable[ColumnElement[bool]]) -> ColumnElement[bool]:
    """Return what holds when one of these does."""
    return or_(false(), *conditions)


def last_mark(connection: Connection) -> Any | None:
    """Return the mark that holds; None where there is none yet."""
    return connection.execute(select(COUNT_MARK).order_by(COUNT_MARK.c.seq.desc()).limit(1)).first()


def last_id(connection: Connection) -> int:
    """Return the highest id of an event; 0 where there is none."""
    return connection.execute(select(func.max(EVENT.c.id))).scalar() or 0
