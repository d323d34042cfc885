"""What is old enough is read whole, in the order of time, and only what is named goes."""

import json
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, text

from panko.event import Event, Trait, TraitType
from panko.filters import EventFilter, Everything, Page
from panko.storage.sql import ConnectionSettings, connect
from panko.storage.sql.rows.tables import EVENT, TRAITS

ALL = EventFilter(Everything())
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
VALUES = {TraitType.TEXT: "ü", TraitType.INTEGER: -1, TraitType.FLOAT: 0.1, TraitType.DATETIME: BEGIN}
TRAITS_AS_TEXT = [["n", 1, "ü"], ["n", 2, -1], ["n", 3, 0.1], ["n", 4, "2026-01-01T00:00:00"]]


def event(number, seconds=None, raw=None):
    traits = tuple(Trait("n", kind, value) for kind, value in VALUES.items())
    at = BEGIN + timedelta(seconds=number if seconds is None else seconds)
    return Event(f"m{number:05}", "t", at, traits, {} if raw is None else raw)


def read(store, seconds):
    return list(store.expired(older_than=BEGIN + timedelta(seconds=seconds)))


def test_it_reads_what_is_older_in_the_order_of_time_with_all_that_it_has(store):
    store.record_events([event(number) for number in range(700)] + [event(900, seconds=5, raw={"a": "\ud800"})])
    found = read(store, 650)
    assert [one.message_id for one in found] == [
        *(f"m{number:05}" for number in range(6)),
        "m00900",
        *(f"m{number:05}" for number in range(6, 650)),
    ]
    assert all(json.loads(one.traits) == TRAITS_AS_TEXT for one in found)
    assert {one.raw for one in found} == {"{}", '{"a":"\\ud800"}'}
    assert (found[1].event_type, found[1].generated) == ("t", BEGIN + timedelta(seconds=1))


def test_large_events_are_read_whole_whatever_a_page_holds(database_url):
    small = connect(database_url, ConnectionSettings(pool_size=1, max_page_bytes=20_000))
    raws = ["x" * (30_000 if number % 7 == 0 else 10) for number in range(150)]
    small.record_events([event(number, raw=raw) for number, raw in enumerate(raws)])
    assert [json.loads(one.raw) for one in read(small, 1000)] == raws
    small.dispose()


def test_events_without_a_copy_of_their_traits_are_read_with_their_traits(store, inspector_engine):
    store.record_events([event(number) for number in range(120)])
    with inspector_engine.begin() as connection:  # as the original writes them
        connection.execute(text("UPDATE event SET traits = NULL WHERE message_id > 'm00010'"))
    found = read(store, 1000)
    assert len(found) == 120
    assert all(json.loads(one.traits) == TRAITS_AS_TEXT for one in found)


def test_what_is_stored_while_it_reads_harms_nothing_and_what_goes_is_left_out(store):
    store.record_events([event(number) for number in range(0, 500, 2)])
    found = []
    for number, one in enumerate(store.expired(older_than=BEGIN + timedelta(hours=1))):
        if number == 50:
            store.record_events([event(number) for number in range(1, 500, 2)])
            store.expire(older_than=BEGIN + timedelta(seconds=300), batch_size=1000)
        found.append(one.message_id)
    assert found == sorted(set(found))
    assert {f"m{number:05}" for number in range(300, 500, 2)} <= set(found)


def test_only_what_is_named_is_removed_and_only_while_it_is_the_same(store, inspector_engine):
    store.record_events([event(number) for number in range(30)])
    found = read(store, 1000)
    named = [(one.id, one.message_id) for one in found[10:20]]
    another = (found[0].id, "m99999")  # an id that was given again
    absent = (max(one.id for one in found) + 1000, "m00500")
    assert store.remove([*named, another, absent]) == 10
    assert store.remove(named) == 0
    assert store.remove([]) == 0
    left = [one.message_id for one in store.get_events(ALL, Page(100))]
    assert left == [f"m{number:05}" for number in (*range(10), *range(20, 30))]
    with inspector_engine.connect() as connection:
        assert [
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (EVENT, *TRAITS.values())
        ] == [20] * 5


def test_what_was_known_of_types_and_names_goes_when_no_event_is_left(store):
    store.record_events([event(0)])
    store.record_events([Event("young", "newest", BEGIN + timedelta(days=50))])
    store.remove([(one.id, one.message_id) for one in read(store, 1000)])
    assert ("n", TraitType.TEXT) in store.get_trait_types("t")
    store.forget_unused(older_than=BEGIN + timedelta(days=40), batch_size=10)
    assert list(store.get_event_types()) == ["newest"]
    assert list(store.get_trait_types("t")) == []
