"""How the events of an hour are put into its counts, a bounded step at a time; see `panko.storage.sql.counts`.

A step is a few transactions: what is new, one hour that is counted again, and each hour that is settled. Every one
begins with the next mark: of two that go on from the same one, one is refused by its primary key and begins again. What
breaks off leaves nothing of its own transaction, and all that was before.
"""

import dataclasses
import logging
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Engine, Table, and_, func, select

from panko.storage.sql import engines
from panko.storage.sql.counts import hours, tally, values
from panko.storage.sql.counts.hours import SECONDS, Run
from panko.storage.sql.counts.keys import BY_PROJECT, BY_TYPE, EVERY, LEVELS
from panko.storage.sql.counts.outcomes import OutcomeOf, phases
from panko.storage.sql.counts.tally import NO_KEY, Key, Tally
from panko.storage.sql.engines import planner
from panko.storage.sql.engines.expressions import ByRow
from panko.storage.sql.reading.branches import Path
from panko.storage.sql.rows.chunks import chunks
from panko.storage.sql.rows.tables import (
    COUNT_COLUMNS,
    COUNT_HOUR,
    COUNT_MARK,
    EVENT,
    EVENT_COUNT,
    EVENT_VALUE_COUNT,
    VALUE_COUNT_COLUMNS,
)
from panko.storage.sql.session.retry import Retry

LOG = logging.getLogger(__name__)
SETTLED_SECONDS = 120  # no transaction of a writer takes so long
EVENTS_OF_A_STEP = 5000
MOST_HOURS = 50  # of a step
MOST_OF_AN_HOUR = 100_000  # events; of more the hour is counted by its rows, for no transaction is to take long
TOO_MANY = 9  # the level that says so

PRIMARY = "PRIMARY"
COUNTED = EVENT_COUNT.c
HAS_COUNTS = select(COUNTED.hour_id).where(COUNTED.hour_id == COUNT_HOUR.c.id).exists()

T = TypeVar("T")


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


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """The hours of what was new; whether that was all that can be counted by now, and a mark went on to its end."""

    touched: set[int] = dataclasses.field(default_factory=set)
    is_whole: bool = True
    is_next: bool = False


def in_any_order(rows: Sequence[T]) -> Sequence[T]:
    """Shuffle: one hour that is too slow to be counted is not to be the first each time."""
    return random.sample(rows, len(rows))


@dataclasses.dataclass(frozen=True, slots=True)
class Settling:
    """Settles through `writing`, and looks through `reading` whether there is anything to do."""

    reading: Engine
    writing: Engine
    retry: Retry
    clock: Callable[[], float] = time.time
    shuffled: Callable[[Sequence[Any]], Sequence[Any]] = in_any_order

    def step(self) -> bool:
        """Do a step where one is due; see `panko.storage.Connection.settle_counts`.

        What is too slow in one of its transactions undoes none of the others, and another hour is likely the next.
        """
        if not self._look(_is_due):
            return False
        found = self._change(_count_new)
        if not found.is_whole:
            return True
        if found.is_next:
            self._change(lambda connection, now: self._count_one_again(connection, now, found.touched))
        return self._settle_quiet(found.touched)

    def _settle_quiet(self, touched: set[int]) -> bool:
        """Settle hours that are over and in which nothing new was found; tell whether some are left that can be."""
        left = EVENTS_OF_A_STEP
        waiting = self._look(_unsettled)
        for each in self.shuffled([each for each in waiting if each.hour not in touched]):
            if left <= 0:
                return True
            left -= self._change(partial(_settle, each=each))
        return len(waiting) == MOST_HOURS

    def _count_one_again(self, connection: Connection, now: int, touched: set[int]) -> None:
        """Put right what came to one hour otherwise: others may have deleted events, and know of no counts."""
        settled = select(COUNTED.hour_id, COUNTED.hour).distinct().where(COUNTED.level == 0, COUNTED.project == EVERY)
        known = connection.execute(settled.order_by(COUNTED.hour)).all()
        for each in self.shuffled([each for each in known if each.hour not in touched])[:1]:
            _count_again(connection, now, each)

    def _look(self, question: Callable[[Connection, int], T]) -> T:
        return self.retry.read(self.reading, lambda connection: question(connection, int(self.clock())))

    def _change(self, transaction: Callable[[Connection, int], T]) -> T:
        return self.retry.run(self.writing, lambda connection: transaction(connection, int(self.clock())))


def _is_due(connection: Connection, now: int) -> bool:
    mark = hours.last_mark(connection)
    if mark is None or _unsettled(connection, now):
        return True
    return mark.upto < hours.last_id(connection) and _is_old(mark, now)


def _is_old(mark: Any, now: int) -> bool:
    """Tell whether every transaction has ended that could commit an id which was seen."""
    return bool(now >= mark.at + SETTLED_SECONDS)


def _count_new(connection: Connection, now: int) -> Found:
    """Go on to the next mark, and count what is new up to there."""
    mark = hours.last_mark(connection)
    if mark is None:
        _mark(connection, (1, 0, hours.last_id(connection), now))
        return Found()
    if not _is_old(mark, now):
        return Found()
    new = _new_events(connection, mark.upto, mark.seen)
    is_whole = len(new) < EVENTS_OF_A_STEP
    upto = mark.seen if is_whole else new[-1][0]
    seen, at = (hours.last_id(connection), now) if is_whole else (mark.seen, mark.at)
    _mark(connection, (mark.seq + 1, upto, seen, at))
    return Found(_add_new(Step(connection, mark.seq + 1, upto, now), new), is_whole=is_whole, is_next=is_whole)


def _hold(connection: Connection, now: int) -> Step | None:
    """Begin with a mark that tells nothing new: what is read behind it nobody else changes but the expirer."""
    mark = hours.last_mark(connection)
    if mark is None:  # the expirer has begun anew
        return None
    _mark(connection, (mark.seq + 1, mark.upto, mark.seen, mark.at))
    return Step(connection, mark.seq + 1, mark.upto, now)


def _mark(connection: Connection, values: tuple[int, int, int, int]) -> None:
    _insert(connection, COUNT_MARK, ("seq", "upto", "seen", "at"), [values])


def _new_events(connection: Connection, after: int, upto: int) -> Sequence[tuple[int, datetime | None]]:
    statement = select(EVENT.c.id, EVENT.c.generated).where(EVENT.c.id > after, EVENT.c.id <= upto)
    return [(id_, at) for id_, at in connection.execute(statement.order_by(EVENT.c.id).limit(EVENTS_OF_A_STEP))]


def _add_new(step: Step, new: Iterable[tuple[int, datetime | None]]) -> set[int]:
    """Add new events to the counts of their hours where those are settled, and note the other hours; return all."""
    ids: dict[int, list[int]] = defaultdict(list)
    for id_, generated in new:
        if generated is not None:  # what has no time is in no hour
            ids[hours.hour_of(generated)].append(id_)
    noted = _noted(step.connection, ids)
    missing = sorted(ids.keys() - noted.keys())
    _insert(step.connection, COUNT_HOUR, ("hour", "at"), [(hour, step.now) for hour in missing])
    settled = _settled_ids(step.connection, noted.values())
    outcome = OutcomeOf(phases(step.connection))
    for hour, hour_id in noted.items():
        if hour_id in settled:
            found = Tally()
            for chunk in chunks(ids[hour]):
                found.add(tally.found(step.connection, EVENT.c.id.in_(chunk), outcome, index=PRIMARY))
            _add(step, hour, hour_id, found=found)
    return set(ids)


def _settle(connection: Connection, now: int, each: Any) -> int:
    """Settle an hour, unless that was done meanwhile; return how many events were counted."""
    step = _hold(connection, now)
    is_left = select(COUNT_HOUR.c.id).where(COUNT_HOUR.c.id == each.id, ~HAS_COUNTS)
    if step is None or connection.execute(is_left).first() is None:
        return 0
    of_hour = step.of_hour(each.hour)
    count = _count(connection, of_hour)
    if count > MOST_OF_AN_HOUR:
        said = _row(step, each.hour, each.id, level=TOO_MANY, key=NO_KEY, events=0)
        _insert(connection, EVENT_COUNT, COUNT_COLUMNS, [said])
        return 0
    found = tally.found(connection, of_hour, OutcomeOf(phases(connection)), index=Path.TIME.value)
    _add(step, each.hour, each.id, found=found or Tally(Counter({NO_KEY: 0})))
    return count


def _count_again(connection: Connection, now: int, each: Any) -> None:
    step = _hold(connection, now)
    if step is None:
        return
    found = tally.found(connection, step.of_hour(each.hour), OutcomeOf(phases(connection)), index=Path.TIME.value)
    wrong = found.without(tally.kept(connection, each.hour_id))
    if wrong:
        begin, by = hours.begin_of(each.hour).isoformat(), wrong.keys.total()
        LOG.info("Counts of the hour %s were corrected by %d.", begin, by)
        _add(step, each.hour, each.hour_id, found=wrong)


def _add(step: Step, hour: int, hour_id: int, *, found: Tally) -> None:
    """Insert what was counted, once for each level."""
    rows = []
    for level in LEVELS:
        of_level: Counter[Key] = Counter()
        for key, count in found.keys.items():
            project = key.project if level & BY_PROJECT else EVERY
            of_level[Key(project, key.event_type_id if level & BY_TYPE else EVERY, key.outcome)] += count
        rows += [_row(step, hour, hour_id, level=level, key=key, events=n) for key, n in sorted(of_level.items())]
    _insert(step.connection, EVENT_COUNT, COUNT_COLUMNS, rows)
    of_values = values.rows(found.valued, hour_id=hour_id, hour=hour, seq=step.seq)
    _insert(step.connection, EVENT_VALUE_COUNT, VALUE_COUNT_COLUMNS, of_values)


def _row(step: Step, hour: int, hour_id: int, *, level: int, key: Key, events: int) -> tuple[int, ...]:
    return (hour_id, step.seq, level, *key, hour, events)


def _noted(connection: Connection, wanted: Iterable[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for chunk in chunks(sorted(wanted)):
        rows = connection.execute(select(COUNT_HOUR.c.hour, COUNT_HOUR.c.id).where(COUNT_HOUR.c.hour.in_(chunk)))
        found |= {int(row.hour): int(row.id) for row in rows}
    return found


def _settled_ids(connection: Connection, hour_ids: Iterable[int]) -> set[int]:
    found: set[int] = set()
    for chunk in chunks(sorted(hour_ids)):
        statement = select(EVENT_COUNT.c.hour_id).distinct().where(EVENT_COUNT.c.hour_id.in_(chunk))
        found |= set(connection.execute(statement.where(EVENT_COUNT.c.level == 0)).scalars())
    return found


def _unsettled(connection: Connection, now: int) -> Sequence[Any]:
    """Return hours that are over, were noted long enough ago, and have no counts: (id, hour)."""
    statement = select(COUNT_HOUR.c.id, COUNT_HOUR.c.hour).where(
        ~HAS_COUNTS, COUNT_HOUR.c.at <= now - SETTLED_SECONDS, COUNT_HOUR.c.hour < now // SECONDS
    )
    return connection.execute(statement.order_by(COUNT_HOUR.c.hour.desc()).limit(MOST_HOURS)).all()


def _count(connection: Connection, condition: ColumnElement[bool]) -> int:
    ids = planner.by_index(select(EVENT.c.id), EVENT, Path.TIME.value).where(condition).limit(MOST_OF_AN_HOUR + 1)
    return connection.execute(select(func.count()).select_from(ids.subquery())).scalar_one()


def _insert(connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        engines.of(connection.dialect).insert_rows(connection, table, columns, rows)
