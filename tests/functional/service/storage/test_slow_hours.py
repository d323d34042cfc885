"""An hour that takes too long to be counted keeps nothing else back."""

import contextlib
import dataclasses
import itertools
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select

from event_model import corpus
from event_model.settling import rows
from panko.errors import TooSlowError
from panko.storage.sql.counts.hours import hour_of
from panko.storage.sql.counts.settling.marks import Step
from panko.storage.sql.rows.tables import COUNT_MARK, EVENT, EVENT_COUNT, TRAITS

EVENTS = corpus.events(150)
HOURS = [hour_of(each) for each in corpus.TIMES]


def settled_hours(store):
    with store._engine.connect() as connection:
        return sorted(connection.execute(select(EVENT_COUNT.c.hour).distinct()).scalars())


@pytest.fixture
def slow(monkeypatch):
    """Let the counting of some hours take longer than a statement may."""
    of_hour, hours = Step.of_hour, set()

    def bounded(step, hour):
        if hour in hours:
            raise TooSlowError("A statement took too long.")
        return of_hour(step, hour)

    monkeypatch.setattr(Step, "of_hour", bounded)
    return hours


def test_an_hour_that_takes_too_long_keeps_no_other_back(store, settled, exact, slow):
    slow.add(HOURS[-1])
    store.record_events(EVENTS[:100])
    store.record_events(EVENTS[100:])
    for _ in range(40):
        with contextlib.suppress(TooSlowError):
            settled.step()
    assert settled_hours(store) == HOURS[:-1]
    with store._engine.connect() as connection:
        upto, last = (connection.execute(select(func.max(each))).scalar() for each in (COUNT_MARK.c.upto, EVENT.c.id))
    assert upto == last
    exact(EVENTS)
    slow.clear()
    settled.settle()
    assert settled_hours(store) == HOURS
    exact(EVENTS)


def test_an_hour_that_takes_too_long_is_not_counted_again_for_good(store, settled, exact, slow):
    store.record_events(EVENTS)
    settled.settle()
    gone = next(each for each in EVENTS if hour_of(each.generated) == HOURS[0])
    with store._engine.begin() as connection:
        id_ = connection.execute(select(EVENT.c.id).where(EVENT.c.message_id == gone.message_id)).scalar_one()
        for table in TRAITS.values():
            connection.execute(delete(table).where(table.c.event_id == id_))
        connection.execute(delete(EVENT).where(EVENT.c.id == id_))
    slow.update(HOURS[1:])
    there, number = [each for each in EVENTS if each is not gone], itertools.count()
    before = rows(store, EVENT_COUNT)
    while rows(store, EVENT_COUNT) == before:
        new = dataclasses.replace(
            EVENTS[-1], message_id=f"new-{next(number)}", generated=corpus.TIMES[-1] + timedelta(days=1)
        )
        slow.add(hour_of(new.generated))
        store.record_events([new])
        there.append(new)
        assert len(there) < len(EVENTS) + 150, "It tries the same hours for good."
        with contextlib.suppress(TooSlowError):
            settled.step()
    exact(there)
