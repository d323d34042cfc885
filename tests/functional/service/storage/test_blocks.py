"""Blocks of hours: read instead of these, as exact as these, and gone with the first of them."""

import contextlib
import dataclasses
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select

from event_model import corpus
from event_model.settling import KilledError, by_columns, killed, rows
from panko.storage.sql.counts.columns.entries import TYPE
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
    with by_columns() as answers:
        exact(EVENTS)
    assert answers
    assert None not in answers


def test_what_columns_do_not_have_is_counted_by_rows(store, settled, exact):
    store.record_events(EVENTS)
    settled.settle()
    with store._engine.begin() as connection:
        connection.execute(delete(BLOCK_COLUMN).where(BLOCK_COLUMN.c.place == TYPE))
    with by_columns() as answers:
        exact(EVENTS)
    assert None in answers


def test_columns_of_a_block_of_very_many_events_are_not_made_and_its_rows_are_counted(
    store, settled, exact, monkeypatch
):
    monkeypatch.setattr(blocks, "MOST_OF_COLUMNS", len(EVENTS) - 1)
    store.record_events(EVENTS)
    settled.settle()
    assert (rows(store, COUNT_BLOCK), rows(store, BLOCK_COLUMN)) == (1, 0)
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
    monkeypatch.setattr(counted_hours, "FRAYED_STEPS", 4)
    assert steps(store) > counted_hours.FRAYED_STEPS
    forgotten = corpus.TIMES[0] - timedelta(days=1)
    store.forget_unused(older_than=forgotten, batch_size=100)
    assert [rows(store, table) for table in TABLES] == [0, 0, 0, 0]
    settled.settle()
    assert steps(store) == 1
    exact(EVENTS[:104])
    store.forget_unused(older_than=forgotten, batch_size=100)
    assert rows(store, COUNT_BLOCK) == 1


def test_a_block_that_cannot_be_made_keeps_no_hour_from_being_settled(store, settled, exact, monkeypatch):
    def fail(*_args, **_options):
        raise RuntimeError

    store.record_events(EVENTS)
    monkeypatch.setattr(blocks, "make", fail)
    for _ in range(6):
        with contextlib.suppress(RuntimeError):
            settled.step()
    later = dataclasses.replace(EVENTS[0], message_id="later", generated=corpus.TIMES[-1] + timedelta(hours=3))
    store.record_events([later])
    for _ in range(4):
        with pytest.raises(RuntimeError):
            settled.step()
    with store._engine.connect() as connection:
        assert connection.execute(select(func.count(EVENT_COUNT.c.hour.distinct()))).scalar_one() == 7
    exact([*EVENTS, later])


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
