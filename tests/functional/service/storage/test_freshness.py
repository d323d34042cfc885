"""How new events are, as each kind of database finds it: whatever times events have, and looking at few of them."""

import dataclasses
import itertools
from datetime import UTC, datetime, timedelta

import pytest

from bench.population import BEGIN, DAYS, Population
from panko.event import Event
from panko.storage import Ends, TypeFreshness
from panko.storage.sql import ConnectionSettings, connect
from panko.storage.sql.rows.tables import EVENT
from panko.storage.sql.schema.migrate import upgrade
from servers.rows_read import READS

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECONDS = 20.0


def event(message_id, kind="a", **ago):
    return Event(message_id, kind, NOW - timedelta(**ago))


def test_nothing_is_told_where_nothing_is_stored(store):
    assert store.ends(until=NOW) == Ends(None, None, None)
    assert store.freshness(until=NOW, seconds=SECONDS).types == {}


def test_ends_and_types_are_told_by_when_events_were_generated(store):
    store.record_events([event("2", hours=1, microseconds=1), event("3", "b", minutes=4), event("1", "b", days=9)])
    found = store.freshness(until=NOW, seconds=SECONDS)
    assert (found.ends.newest, found.ends.oldest) == (NOW - timedelta(minutes=4), NOW - timedelta(days=9))
    assert found.types == {
        "a": TypeFreshness(NOW - timedelta(hours=1, microseconds=1), 0),
        "b": TypeFreshness(NOW - timedelta(minutes=4), 1),
    }
    assert found.recent == timedelta(minutes=5)


def test_what_comes_late_is_known_by_its_number(store):
    store.record_events([event("1", minutes=1)])
    before = store.ends(until=NOW)
    store.record_events([event("2", days=2)])
    after = store.ends(until=NOW)
    assert after.newest == before.newest
    assert after.number > before.number
    store.record_events([event("2", days=2)])
    assert store.ends(until=NOW) == after  # a duplicate is no event


def test_an_event_of_the_future_hides_nothing(store):
    store.record_events([event("1", minutes=1), event("2", days=-9000), event("3", "b", days=-1)])
    found = store.freshness(until=NOW, seconds=SECONDS)
    assert found.ends.newest == NOW - timedelta(minutes=1)
    assert found.types == {"a": TypeFreshness(NOW - timedelta(minutes=1), 1)}


def test_an_event_without_a_time_is_no_end(store, inspector_engine):
    store.record_events([event("1", hours=1), event("2", hours=2), event("3", hours=3)])
    with inspector_engine.begin() as connection:
        connection.execute(EVENT.update().where(EVENT.c.message_id.in_(["1", "3"])).values(generated=None))
    found = store.freshness(until=NOW, seconds=SECONDS)
    assert found.ends.newest == found.ends.oldest == found.types["a"].newest == NOW - timedelta(hours=2)


def test_of_many_events_the_newest_are_counted_and_tell_of_what_time_they_are(store):
    store.record_events([event(str(number), "ab"[number % 2], seconds=number) for number in range(60)])
    found = dataclasses.replace(store._looking, most=10).freshness(NOW, SECONDS)
    assert {name: of.recent for name, of in found.types.items()} == {"a": 5, "b": 5}
    assert found.recent == timedelta(seconds=9)


@pytest.fixture(scope="module")
def filled(new_database):
    url = new_database()
    upgrade(url)
    store = connect(url, ConnectionSettings(pool_size=1))
    events = iter(Population(12_000))
    while batch := list(itertools.islice(events, 2000)):
        store.record_events(batch)
    yield store
    store.dispose()


@pytest.mark.parametrize("until", [BEGIN + timedelta(days=DAYS), NOW], ids=["while they come", "long after"])
def test_few_rows_are_read_however_many_events_there_are(filled, until):
    types = sum(1 for _ in filled.get_event_types())
    found = filled.freshness(until=until, seconds=SECONDS)
    recent = sum(of.recent for of in found.types.values())
    assert len(found.types) > types / 2
    rows = READS[filled._engine.dialect.name](filled, lambda: filled.freshness(until=until, seconds=SECONDS))
    assert rows <= 10 * types + 10 * recent + 50
