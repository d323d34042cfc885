"""A store whose counts are settled when a test says so, by a clock of the test's own."""

import contextlib
import dataclasses
import itertools

import pytest
from sqlalchemy import event, func, select

from event_model import oracle
from panko.asking.search import expression, parse
from panko.asking.search.counting.arguments import keys
from panko.filters import EventFilter
from panko.filters.counting import Field, Grouping
from panko.storage.sql.counts.columns import reading

SECONDS = 20.0


class Settled:
    """A store, and the time that its counts believe it is; `now` is after every event of the corpus."""

    def __init__(self, store, now=1_800_000_000):
        self.store, self.now = store, now
        store._settling = dataclasses.replace(store._settling, clock=lambda: self.now)

    def first(self, number):
        """Have this one of several hours looked at first."""

        def turned(rows):
            at = number % max(1, len(rows))
            return [*rows[at:], *rows[:at]]

        self.store._settling = dataclasses.replace(self.store._settling, shuffled=turned)

    def step(self, after=200):
        self.now += after
        return self.store.settle_counts()

    def settle(self):
        """Go on until everything that is there is settled: noted, read, and quiet for a while."""
        for _ in range(4):
            while self.step():
                pass


@contextlib.contextmanager
def by_columns(cheaper=10**9):
    """Have columns asked whatever rows would take; yields the list of what they answered, None for nothing."""
    answers, read = [], reading.read

    def told(*args, **options):
        answers.append(read(*args, **options))
        return answers[-1]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(reading, "CHEAPER", cheaper)
        patched.setattr(reading, "read", told)
        yield answers


class KilledError(Exception):
    """The process was killed."""


@contextlib.contextmanager
def killed(store, *, statement):
    """Kill before one of the statements, numbered from 1."""
    left = itertools.count(1)

    def kill(*_):
        if next(left) == statement:
            raise KilledError

    event.listen(store._engine, "before_cursor_execute", kill)
    try:
        yield
    finally:
        event.remove(store._engine, "before_cursor_execute", kill)


def rows(store, table):
    """Return how many rows a table has."""
    with store._engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def counted(store, wanted, grouping, fold):
    """Return how many events there are of each span and folded value."""
    found = store.count_events(wanted, grouping, seconds=SECONDS)
    assert found.reached is None
    return by_key(found.groups, fold)


def expected(events, wanted, grouping, fold):
    matching = [each for each in events if oracle.matches(each, wanted, fold)]
    return by_key(oracle.groups(matching, grouping, fold), fold)


def by_key(groups, fold):
    found = {(span, None if value is None else fold(value)): count for span, value, count in groups}
    assert len(found) == len(groups)
    return found


QUESTIONS = [
    ("", None),
    *(("", Field(name)) for name in ("event_type", "outcome")),
    *(("", Field(name, is_trait=True)) for name in ("project_id", "state")),
    ("user:u1,u2", Field("outcome")),
    ("user:u1,u2 type:compute.*", Field("event_type")),
    ("outcome:ok,failed state:active,error project:p1,p2", Field("user_id", is_trait=True)),
]


def assert_exact(store, events, fold, scopes):
    """Compare all that is kept with what the events are."""
    for scope in scopes:
        for text, field in QUESTIONS:
            said = parse(text)
            wanted, grouping = EventFilter(scope, expression(said, id_traits=())), Grouping(field, keys=keys(said))
            assert counted(store, wanted, grouping, fold) == expected(events, wanted, grouping, fold), grouping
