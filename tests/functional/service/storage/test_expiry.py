"""Old events go, whole and once, and nothing else does."""

import contextlib
import dataclasses
import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from event_model.asked import asked_by_v2
from event_model.settling import KilledError, killed
from panko.event import Event, Trait, TraitType
from panko.filters import EventFilter, Everything, Page
from panko.storage.sql import ConnectionSettings, connect
from panko.storage.sql.rows.tables import EVENT_TYPE_TRAIT, TRAITS
from panko.storage.sql.writing.trait_names import day_of

ALL = EventFilter(Everything())
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
VALUES = {TraitType.TEXT: "x", TraitType.INTEGER: 1, TraitType.FLOAT: 1.0, TraitType.DATETIME: BEGIN}


def event(hour, event_type="t"):
    traits = tuple(Trait("n", kind, value) for kind, value in VALUES.items())
    return Event(f"{hour:05}", event_type, BEGIN + timedelta(hours=hour), traits)


def trait_rows(engine):
    with engine.connect() as connection:
        return [connection.execute(select(func.count()).select_from(table)).scalar_one() for table in TRAITS.values()]


def test_a_batch_takes_the_oldest_events_with_all_their_traits(store, inspector_engine):
    store.record_events([event(hour) for hour in range(10)])
    assert store.expire(older_than=BEGIN + timedelta(hours=8), batch_size=5) == 5
    assert [one.message_id for one in store.get_events(ALL, Page(10))] == [f"{hour:05}" for hour in range(5, 10)]
    assert trait_rows(inspector_engine) == [5, 5, 5, 5]


def test_an_event_of_exactly_that_age_stays(store):
    store.record_events([event(0)])
    assert store.expire(older_than=BEGIN, batch_size=10) == 0
    assert store.expire(older_than=BEGIN + timedelta(microseconds=1), batch_size=10) == 1


def test_nothing_left_is_zero(store):
    assert store.expire(older_than=BEGIN, batch_size=10) == 0


def test_a_type_without_events_goes_with_the_last_batch_and_can_come_back(store):
    store.record_events([event(0, "gone"), event(1, "kept"), event(5, "newest")])
    store.expire(older_than=BEGIN + timedelta(hours=1), batch_size=10)
    assert list(store.get_event_types()) == ["kept", "newest"]
    store.record_events([event(7, "gone")])
    assert list(store.get_event_types()) == ["gone", "kept", "newest"]
    assert store.get_events(asked_by_v2(Everything(), event_type="gone"), Page(1)) == [event(7, "gone")]


def test_the_name_of_a_trait_goes_with_the_last_day_that_has_it_and_can_come_back(store):
    def named(day, name):
        return Event(f"{day} {name}", "t", BEGIN + timedelta(days=day), (Trait(name, TraitType.TEXT, "x"),))

    store.record_events([named(0, "old"), named(0, "both"), named(1, "both"), named(2, "newest")])
    store.expire(older_than=BEGIN + timedelta(days=2), batch_size=1)  # is not the last batch
    assert [name for name, _ in store.get_trait_types("t")] == ["both", "newest", "old"]
    store.expire(older_than=BEGIN + timedelta(days=1), batch_size=10)
    assert [name for name, _ in store.get_trait_types("t")] == ["both", "newest"]
    store.expire(older_than=BEGIN + timedelta(days=2), batch_size=10)
    assert [name for name, _ in store.get_trait_types("t")] == ["newest"]
    store.record_events([named(3, "old")])
    assert [name for name, _ in store.get_trait_types("t")] == ["newest", "old"]


def test_an_event_that_comes_too_late_has_its_names_until_it_goes(store):
    late = [dataclasses.replace(event(n), traits=(Trait("late", TraitType.TEXT, "x"),)) for n in range(2)]
    store.record_events([late[0], event(50 * 24)])
    store.expire(older_than=BEGIN + timedelta(days=40), batch_size=10)
    store.record_events([late[1]])
    assert ("late", TraitType.TEXT) in store.get_trait_types("t")
    store.expire(older_than=BEGIN + timedelta(days=40), batch_size=10)
    assert ("late", TraitType.TEXT) not in store.get_trait_types("t")


def test_a_name_is_told_of_a_late_event_though_another_name_has_the_number_that_it_had(store, database_url):
    def named(message_id, day, name):
        return Event(message_id, "t", BEGIN + timedelta(days=day), (Trait(name, TraitType.TEXT, "x"),))

    other_process = connect(database_url, ConnectionSettings(pool_size=1))
    try:
        other_process.record_events([named("0", 40, "newest")])
        store.record_events([named("1", 0, "late")])
        store.record_events([named("2", 0, "late")])  # and now its number is remembered
        other_process.expire(older_than=BEGIN + timedelta(days=30), batch_size=10)
        other_process.record_events([named("3", 41, "other")])
        store.record_events([named("4", 0, "late")])
    finally:
        other_process.dispose()
    assert [name for name, _ in store.get_trait_types("t")] == ["late", "newest", "other"]


@pytest.mark.parametrize("statement", range(2, 25, 2))
def test_late_events_have_their_names_wherever_an_expirer_was_killed(store, database_url, inspector_engine, statement):
    names = ["a", "b", "c", "d", "e"]

    def late(message_id, *days, only=None):
        return [
            Event(f"{message_id} {day} {name}", "t", BEGIN + timedelta(days=day), (Trait(name, TraitType.TEXT, "x"),))
            for day in days
            for name in ([only] if only else names)
        ]

    store.record_events([event(40 * 24), *late("first", 3, 1, 2)])
    store.record_events(late("second", 2, 3, 1))  # now what is stored of their names is remembered
    expirer = connect(database_url, ConnectionSettings(pool_size=1))
    try:
        with contextlib.suppress(KilledError), killed(expirer, statement=statement):
            expirer.forget_unused(older_than=BEGIN + timedelta(days=30), batch_size=2)
    finally:
        expirer.dispose()
    for one, other in itertools.product(names, names):  # of whatever rows is asked for
        store.record_events(late(f"{one}{other}", 1, 2, only=one) + late(f"{one}{other}", 3, only=other))
    with inspector_engine.connect() as connection:
        stored = connection.execute(select(EVENT_TYPE_TRAIT.c.key, EVENT_TYPE_TRAIT.c.day)).all()
    days = {day_of(BEGIN) + number for number in (1, 2, 3)}
    assert {row for row in map(tuple, stored) if row[0] != "n"} == set(itertools.product(names, days))


def test_a_type_that_comes_back_has_the_traits_of_its_new_events(store):
    def typed(hour, name):
        return dataclasses.replace(event(hour, name), traits=(Trait(name, TraitType.TEXT, "x"),))

    store.record_events([typed(0, "gone"), typed(5, "newest")])
    store.expire(older_than=BEGIN + timedelta(hours=1), batch_size=10)
    store.record_events([typed(7, "gone")])
    assert list(store.get_trait_types("gone")) == [("gone", TraitType.TEXT)]


@pytest.mark.parametrize("workers", [3])
def test_expirers_that_run_at_once_delete_each_event_once_and_leave_none(store, inspector_engine, workers):
    store.record_events([event(hour) for hour in range(300)])
    begin = threading.Barrier(workers)

    def expire(_number):
        begin.wait(timeout=10)
        removed = 0
        while batch := store.expire(older_than=BEGIN + timedelta(hours=290), batch_size=20):
            removed += batch
        return removed

    with ThreadPoolExecutor(workers) as pool:
        assert sum(pool.map(expire, range(workers))) == 290
    assert len(store.get_events(ALL, Page(1000))) == 10
    assert trait_rows(inspector_engine) == [10, 10, 10, 10]


def test_a_page_read_during_expiry_never_holds_an_event_without_its_traits(store):
    store.record_events([event(hour) for hour in range(200)])
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(
            lambda: [store.expire(older_than=BEGIN + timedelta(days=30), batch_size=10) for _ in range(20)]
        )
        while not done.done():
            assert all(len(one.traits) == 4 for one in store.get_events(ALL, Page(200)))
        done.result()


def test_the_statements_of_others_are_counted_where_the_database_tells(store, database_url):
    other = connect(database_url, ConnectionSettings(pool_size=1))
    before = store.statements_of_others()
    for _ in range(20):
        store.get_events(ALL, Page(1))
    own = store.statements_of_others() - before
    for _ in range(20):
        other.get_events(ALL, Page(1))
    others = store.statements_of_others() - before - own
    other.dispose()
    assert (own, others) == ((0, others) if database_url.startswith("mysql") else (0, 0))
    assert others >= (20 if database_url.startswith("mysql") else 0)
