"""How the events of an hour are put into its counts, a bounded step at a time; see `panko.storage.sql.counts`.

A step is a few transactions: what is new, one hour that is counted again, each hour that is settled, and blocks of
those. What breaks off leaves nothing of its own transaction, and all that was before.
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

from sqlalchemy import ColumnElement, Connection, Engine, func, select

from panko.storage.sql.counts import hours
from panko.storage.sql.counts.hours import IS_SETTLED, SECONDS
from panko.storage.sql.counts.outcomes import OutcomeOf, phases
from panko.storage.sql.counts.settling import blocks, keeping, tally
from panko.storage.sql.counts.settling.marks import Step, hold, mark
from panko.storage.sql.counts.settling.tally import NO_KEY, Tally
from panko.storage.sql.counts.units import HOURS, Place
from panko.storage.sql.engines import planner
from panko.storage.sql.reading.branches import Path
from panko.storage.sql.rows.chunks import chunks
from panko.storage.sql.rows.tables import COUNT_HOUR, EVENT, EVENT_COUNT
from panko.storage.sql.session.retry import Retry

LOG = logging.getLogger(__name__)
SETTLED_SECONDS = 120  # no transaction of a writer takes so long
EVENTS_OF_A_STEP = 5000
MOST_HOURS = 50  # of a step
BLOCKS_OF_A_STEP = 4
BEHIND_SECONDS = 60  # after which one process is not enough
MOST_OF_AN_HOUR = 100_000  # events; of more the hour is counted by its rows, for no transaction is to take long
TOO_MANY = 9  # the level that says so

PRIMARY = "PRIMARY"
COUNTED = EVENT_COUNT.c
HAS_COUNTS = select(COUNTED.hour_id).where(COUNTED.hour_id == COUNT_HOUR.c.id).exists()

T = TypeVar("T")


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """The hours of what was new; whether that was all that can be counted by now, and a mark went on to its end."""

    touched: set[int] = dataclasses.field(default_factory=set)
    is_whole: bool = True
    is_next: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Left:
    """The number of the last mark, whether a step is due, and whether so much is left that everybody is to help."""

    seq: int | None
    is_due: bool
    is_much: bool = False


@dataclasses.dataclass(slots=True)
class LastLook:
    """The number of the last mark when a process looked; None where the next step is its own in any case."""

    seq: int | None = None


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
    last_look: LastLook = dataclasses.field(default_factory=LastLook)

    def step(self) -> bool:
        """Do a step where one is due and nobody else is at it; see `panko.storage.Connection.settle_counts`.

        What is too slow in one of its transactions undoes none of the others, and another hour is likely the next.
        """
        left = self._look(_left)
        before, self.last_look.seq = self.last_look.seq, left.seq
        # Who has set marks meanwhile goes on with it, and of several that set the same all but one would be refused.
        if not left.is_due or (before not in {None, left.seq} and not left.is_much):
            return False
        self.last_look.seq = None  # should this step fail
        is_left = self._do()
        self.last_look.seq = self._look(_last_seq)
        return is_left

    def _do(self) -> bool:
        found = self._change(_count_new)
        if not found.is_whole:
            return True
        if found.is_next:
            self._change(lambda connection, now: self._count_one_again(connection, now, found.touched))
        try:
            is_left = self._put_together()  # before an hour that is too slow, which comes again and again
        finally:
            is_waiting = self._settle_quiet(found.touched)
        return is_left or is_waiting

    def _settle_quiet(self, touched: set[int]) -> bool:
        """Settle hours that are over and in which nothing new was found; tell whether some are left that can be."""
        left = EVENTS_OF_A_STEP
        waiting = self._look(_unsettled)
        for each in self.shuffled([each for each in waiting if each.hour not in touched]):
            if left <= 0:
                return True
            left -= self._change(partial(_settle, each=each))
        return len(waiting) == MOST_HOURS

    def _put_together(self) -> bool:
        """Make blocks of hours that are settled; tell whether some are left that can be."""
        waiting = self._look(lambda connection, _now: blocks.waiting(connection))
        for begin in self.shuffled(waiting)[:BLOCKS_OF_A_STEP]:
            self._change(partial(blocks.make, begin=begin))
        return len(waiting) > BLOCKS_OF_A_STEP

    def _count_one_again(self, connection: Connection, now: int, touched: set[int]) -> None:
        """Put right what came to one hour otherwise: others may have deleted events, and know of no counts."""
        settled = select(COUNTED.hour_id, COUNTED.hour).distinct().where(*IS_SETTLED)
        known = connection.execute(settled.order_by(COUNTED.hour)).all()
        for each in self.shuffled([each for each in known if each.hour not in touched])[:1]:
            _count_again(connection, now, each)

    def _look(self, question: Callable[[Connection, int], T]) -> T:
        return self.retry.read(self.reading, lambda connection: question(connection, int(self.clock())))

    def _change(self, transaction: Callable[[Connection, int], T]) -> T:
        return self.retry.run(self.writing, lambda connection: transaction(connection, int(self.clock())))


def _left(connection: Connection, now: int) -> Left:
    last = hours.last_mark(connection)
    if last is None:
        return Left(None, is_due=True, is_much=True)
    waiting = _unsettled(connection, now)
    is_new = last.upto < hours.last_id(connection) and _is_old(last, now)
    is_behind = is_new and _is_old(last, now - BEHIND_SECONDS)
    return Left(
        last.seq,
        is_due=bool(waiting) or is_new or bool(blocks.waiting(connection)),
        is_much=is_behind or len(waiting) == MOST_HOURS,
    )


def _last_seq(connection: Connection, _now: int) -> int | None:
    last = hours.last_mark(connection)
    return None if last is None else int(last.seq)


def _is_old(last: Any, now: int) -> bool:
    """Tell whether every transaction has ended that could commit an id which was seen."""
    return bool(now >= last.at + SETTLED_SECONDS)


def _count_new(connection: Connection, now: int) -> Found:
    """Go on to the next mark, and count what is new up to there."""
    last = hours.last_mark(connection)
    if last is None:
        mark(connection, (1, 0, hours.last_id(connection), now))
        return Found()
    if not _is_old(last, now):
        return Found()
    new = _new_events(connection, last.upto, last.seen)
    is_whole = len(new) < EVENTS_OF_A_STEP
    upto = last.seen if is_whole else new[-1][0]
    seen, at = (hours.last_id(connection), now) if is_whole else (last.seen, last.at)
    mark(connection, (last.seq + 1, upto, seen, at))
    return Found(_add_new(Step(connection, last.seq + 1, upto, now), new), is_whole=is_whole, is_next=is_whole)


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
    keeping.insert(step.connection, COUNT_HOUR, ("hour", "at"), [(hour, step.now) for hour in missing])
    settled = _settled_ids(step.connection, noted.values())
    outcome = OutcomeOf(phases(step.connection))
    added: list[tuple[Place, Tally]] = []
    for hour, hour_id in noted.items():
        if hour_id in settled:
            found = Tally()
            for chunk in chunks(ids[hour]):
                found.add(tally.found(step.connection, EVENT.c.id.in_(chunk), outcome, index=PRIMARY))
            added.append((HOURS.of(hour_id, hour), found))
    _add(step, added)
    return set(ids)


def _settle(connection: Connection, now: int, each: Any) -> int:
    """Settle an hour, unless that was done meanwhile; return how many events were counted."""
    step = hold(connection, now)
    # Of that hour: some databases give the id of a row that is gone again.
    is_left = select(COUNT_HOUR.c.id).where(COUNT_HOUR.c.id == each.id, COUNT_HOUR.c.hour == each.hour, ~HAS_COUNTS)
    if step is None or connection.execute(is_left).first() is None:
        return 0
    found = _counted(step, each.hour)
    if found is None:
        keeping.say(step, HOURS.of(each.id, each.hour), level=TOO_MANY)
        return 0
    _add(step, [(HOURS.of(each.id, each.hour), found or Tally(Counter({NO_KEY: 0})))])
    return found.keys.total()


def _count_again(connection: Connection, now: int, each: Any) -> None:
    step = hold(connection, now)
    found = None if step is None else _counted(step, each.hour)
    if step is None or found is None:
        return
    wrong = found.without(tally.kept(connection, each.hour_id))
    if wrong:
        LOG.info("What is kept of the hour %s was corrected.", hours.begin_of(each.hour).isoformat())
        _add(step, [(HOURS.of(each.hour_id, each.hour), wrong)])


def _counted(step: Step, hour: int) -> Tally | None:
    """Count the events of an hour; None where they are too many."""
    of_hour = step.of_hour(hour)
    if _count(step.connection, of_hour) > MOST_OF_AN_HOUR:
        return None
    return tally.found(step.connection, of_hour, OutcomeOf(phases(step.connection)), index=Path.TIME.value)


def _add(step: Step, found: Sequence[tuple[Place, Tally]]) -> None:
    """Add to the counts of hours, and to those of the blocks of which they are a part."""
    of_blocks: defaultdict[Place, Tally] = defaultdict(Tally)
    for hour, counted in found:
        keeping.add(step, hour, counted)
        block = blocks.of_hour(step.connection, hour.hour)
        if block is not None:
            of_blocks[block].add(counted)
    for block, counted in of_blocks.items():
        keeping.add(step, block, counted)


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
