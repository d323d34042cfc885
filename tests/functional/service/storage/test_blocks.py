"""Blocks of hours: read instead of these, as exact as these, and gone with the first of them."""

from datetime import timedelta

from sqlalchemy import delete, func, select

from event_model import corpus
from event_model.settling import KilledError, killed, rows
from panko.storage.sql.counts.keys import BY_PROJECT, BY_TYPE
from panko.storage.sql.counts.settling import blocks
from panko.storage.sql.rows.tables import (
    BLOCK_COLUMN,
    BLOCK_COUNT,
    BLOCK_VALUE_COUNT,
    COUNT_BLOCK,
    EVENT_COUNT,
    EVENT_VALUE_COUNT,
    HOUR_COLUMN,
)
from panko.storage.sql.writing import counted_hours

EVENTS = corpus.events(150)  # of the six hours of one block
TABLES = (COUNT_BLOCK, BLOCK_COUNT, BLOCK_VALUE_COUNT, BLOCK_COLUMN)


def test_what_is_kept_of_a_whole_block_is_read_instead_of_that_of_its_hours(store, settled, exact):
    store.record_events(EVENTS[:120])
    settled.settle()
    store.record_events(EVENTS[120:])  # what comes late is added to both
    settled.settle()
    assert rows(store, COUNT_BLOCK) == 1
    with store._engine.begin() as connection:
        connection.execute(delete(EVENT_COUNT).where(EVENT_COUNT.c.level.in_([BY_TYPE, BY_PROJECT])))
        connection.execute(delete(EVENT_VALUE_COUNT))
        connection.execute(delete(HOUR_COLUMN))
    exact(EVENTS)


def test_a_block_goes_with_the_first_of_its_hours(store, settled, exact):
    store.record_events(EVENTS)
    settled.settle()
    assert rows(store, BLOCK_VALUE_COUNT) > 0
    store.expire(older_than=corpus.TIMES[1], batch_size=1)
    assert [rows(store, table) for table in TABLES] == [0, 0, 0, 0]
    settled.settle()
    assert rows(store, COUNT_BLOCK) == 0


def test_a_block_to_which_events_came_late_again_and_again_is_made_anew_of_its_hours(
    store, settled, exact, monkeypatch
):
    store.record_events(EVENTS[:100])
    settled.settle()
    for event in EVENTS[100:104]:
        store.record_events([event])
        settled.settle()
    monkeypatch.setattr(counted_hours, "MOST_STEPS", 4)
    assert steps(store) > counted_hours.MOST_STEPS
    forgotten = corpus.TIMES[0] - timedelta(days=1)
    store.forget_unused(older_than=forgotten, batch_size=100)
    assert [rows(store, table) for table in TABLES] == [0, 0, 0, 0]
    settled.settle()
    assert steps(store) == 1
    exact(EVENTS[:104])
    store.forget_unused(older_than=forgotten, batch_size=100)
    assert rows(store, COUNT_BLOCK) == 1


def steps(store):
    with store._engine.connect() as connection:
        return connection.execute(select(func.count(BLOCK_COUNT.c.seq.distinct()))).scalar_one()


def test_no_block_is_made_while_an_hour_of_it_is_missing(store, settled, exact):
    early = [each for each in EVENTS if each.generated != corpus.TIMES[2]]
    store.record_events(early)
    settled.settle()
    assert rows(store, COUNT_BLOCK) == 0
    exact(early)
    store.record_events(EVENTS)
    settled.settle()
    assert rows(store, COUNT_BLOCK) == 1
    exact(EVENTS)


def test_a_block_whose_making_is_killed_leaves_nothing_of_it(store, settled, exact, monkeypatch):
    store.record_events(EVENTS)
    with monkeypatch.context() as patched:
        patched.setattr(blocks, "waiting", lambda _connection: [])
        settled.settle()
    for number in range(1, 60):
        try:
            with killed(store, statement=number):
                settled.step()
        except KilledError:
            assert [rows(store, table) for table in TABLES] == [0, 0, 0, 0]
            continue
        break
    assert rows(store, COUNT_BLOCK) == 1
    exact(EVENTS)
