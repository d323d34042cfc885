"""Counts stay exact whatever happens meanwhile: late and repeated events, old writers, expiry, kills, many at once."""

import contextlib
import dataclasses
import random
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, delete, select

from event_model import corpus
from event_model.settling import KilledError, Settled, killed, rows
from original.writing import WRITERS
from panko.errors import StorageUnavailableError
from panko.event import Event, Trait, TraitType
from panko.storage.sql import ConnectionSettings, connect
from panko.storage.sql.counts.settling import settler
from panko.storage.sql.rows.tables import COUNT_HOUR, COUNT_MARK, EVENT, EVENT_COUNT, TRAITS
from panko.storage.sql.session.url import normalise
from panko.storage.sql.writing import counted_hours

EVENTS = corpus.events(150)
WRITTEN = {
    "message_id": "old",
    "event_type": "old.volume.create.error",
    "generated": (corpus.BEGIN + timedelta(hours=1, minutes=30)).replace(tzinfo=None),
    "traits": [("project_id", 1, "p1"), ("size", 2, 5)],
    "raw": {},
}


def as_event(written):
    traits = tuple(Trait(name, TraitType(dtype), value) for name, dtype, value in written["traits"])
    generated = written["generated"].replace(tzinfo=corpus.BEGIN.tzinfo)
    return Event(written["message_id"], written["event_type"], generated, traits, {})


def test_hours_are_settled_once_they_are_quiet_and_over(store, settled, exact):
    store.record_events(EVENTS)
    settled.settle()
    assert rows(store, COUNT_HOUR) == len(corpus.TIMES)
    assert rows(store, EVENT_COUNT) > 0
    exact(EVENTS)
    before = rows(store, COUNT_MARK), rows(store, EVENT_COUNT)
    settled.settle()
    assert (rows(store, COUNT_MARK), rows(store, EVENT_COUNT)) == before  # nothing to do, nothing written


def test_an_hour_that_is_not_over_is_counted_by_its_rows(store, exact):
    early = Settled(store, now=int(corpus.BEGIN.timestamp()) + 3 * 3600 + 10)
    store.record_events(EVENTS)
    for _ in range(4):
        early.step(130)
    with store._engine.connect() as connection:
        hours = set(connection.execute(select(EVENT_COUNT.c.hour)).scalars())
    assert len(hours) == 3
    exact(EVENTS)


def test_an_event_is_counted_before_it_is_settled_and_not_twice_when_it_is_sent_again(store, settled, exact):
    store.record_events(EVENTS[:50])
    settled.settle()
    store.record_events(EVENTS[25:])
    exact(EVENTS)
    settled.settle()
    store.record_events(EVENTS)
    exact(EVENTS)


def test_what_old_writers_store_is_counted(store, database_url, settled, exact):
    store.record_events(EVENTS)
    settled.settle()
    engine = create_engine(normalise(database_url))
    written = [WRITTEN | {"message_id": str(writer)} for writer in WRITERS]
    for writer, each in zip(WRITERS, written, strict=True):
        assert writer.record(engine, each)
        assert not writer.record(engine, each)
    engine.dispose()
    everything = [*EVENTS, *map(as_event, written)]
    exact(everything)
    settled.settle()
    exact(everything)


def test_an_event_without_a_time_is_counted_where_no_range_is_asked_for(store, database_url, settled, exact):
    store.record_events(EVENTS)
    settled.settle()
    engine = create_engine(normalise(database_url))
    WRITERS[0].record(engine, WRITTEN | {"message_id": "no time", "generated": None})
    engine.dispose()
    timeless = dataclasses.replace(as_event(WRITTEN), generated=None)
    exact([*EVENTS, timeless])
    settled.settle()
    exact([*EVENTS, timeless])


@pytest.mark.parametrize("batch", [9, 1000])
def test_what_expires_is_not_counted_any_more(store, settled, exact, batch):
    store.record_events(EVENTS)
    settled.settle()
    older_than = corpus.TIMES[3]
    left = dict(enumerate(EVENTS))
    while store.expire(older_than=older_than, batch_size=batch):
        with store._engine.connect() as connection:
            names = set(connection.execute(select(EVENT.c.message_id)).scalars())
        left = [each for each in EVENTS if each.message_id in names]
        exact(left)
    assert all(each.generated >= older_than for each in left)
    settled.settle()
    exact(left)


def test_events_that_are_archived_and_removed_are_not_counted_any_more(store, settled, exact):
    store.record_events(EVENTS)
    settled.settle()
    expired = list(store.expired(older_than=corpus.TIMES[2]))
    store.remove([(each.id, each.message_id) for each in expired[:20]])
    gone = {each.message_id for each in expired[:20]}
    exact(each for each in EVENTS if each.message_id not in gone)


def test_ids_that_are_given_again_are_counted(store, settled, exact):
    store.record_events(EVENTS)
    settled.settle()
    assert store.expire(older_than=corpus.TIMES[-1] + timedelta(hours=1), batch_size=1000) == len(EVENTS)
    exact([])
    again = [dataclasses.replace(each, message_id=f"again-{each.message_id}") for each in EVENTS]
    store.record_events(again)
    exact(again)
    settled.settle()
    exact(again)


def test_marks_are_forgotten_by_the_expirer_but_for_the_newest(store, settled, exact, monkeypatch):
    monkeypatch.setattr(counted_hours, "KEPT_MARKS", 10)
    for begin in range(0, 150, 10):
        store.record_events(EVENTS[begin : begin + 10])
        settled.settle()
    assert rows(store, COUNT_MARK) > 10
    store.forget_unused(older_than=corpus.BEGIN - timedelta(days=1), batch_size=100)
    assert rows(store, COUNT_MARK) == 10
    exact(EVENTS)


def test_what_others_have_deleted_is_put_right_hour_by_hour(store, settled, exact):
    """The expirer of the original, and that of the release before, delete events and know of no counts."""
    store.record_events(EVENTS)
    settled.settle()
    gone = [each.message_id for each in EVENTS if each.generated in corpus.TIMES[:3]][::2]
    with store._engine.begin() as connection:
        ids = connection.execute(select(EVENT.c.id).where(EVENT.c.message_id.in_(gone))).scalars().all()
        for table in TRAITS.values():
            connection.execute(delete(table).where(table.c.event_id.in_(ids)))
        connection.execute(delete(EVENT).where(EVENT.c.id.in_(ids)))
    left = [each for each in EVENTS if each.message_id not in gone]
    for number in range(len(corpus.TIMES)):  # each step counts one hour again, and comes when there is something new
        new = dataclasses.replace(
            EVENTS[-1], message_id=f"new-{number}", generated=corpus.TIMES[-1] + timedelta(days=1)
        )
        store.record_events([new])
        left.append(new)
        settled.first(number)
        settled.settle()
    exact(left)


def test_many_events_take_many_steps(store, settled, exact, monkeypatch):
    monkeypatch.setattr(settler, "EVENTS_OF_A_STEP", 40)
    store.record_events(EVENTS)
    assert not settled.step()
    steps = 1
    while settled.step(200 if steps == 1 else 1):
        exact(EVENTS)
        steps += 1
    assert steps >= 4
    settled.settle()
    exact(EVENTS)
    assert rows(store, EVENT_COUNT) > 0


def test_an_hour_of_too_many_events_is_counted_by_its_rows(store, settled, exact, monkeypatch):
    monkeypatch.setattr(settler, "MOST_OF_AN_HOUR", 20)
    store.record_events(EVENTS)
    settled.settle()
    exact(EVENTS)
    assert not settled.step()


# Kills, and many at once.


def test_a_step_that_is_killed_between_any_two_statements_leaves_nothing_wrong(store, settled, exact):
    store.record_events(EVENTS[:100])
    settled.settle()
    store.record_events(EVENTS[100:])
    settled.step()
    for number in range(1, 300):
        try:
            with killed(store, statement=number):
                settled.step()
        except KilledError:
            if number % 10 == 0:
                exact(EVENTS)
            continue
        break
    else:
        pytest.fail("It never came to its end.")
    exact(EVENTS)
    settled.settle()
    exact(EVENTS)


@pytest.fixture
def beside(store, database_url, monkeypatch):
    """Two processes of a service, whose clocks agree, and many steps before them; both have looked."""
    monkeypatch.setattr(settler, "EVENTS_OF_A_STEP", 10)
    other = connect(database_url, ConnectionSettings(pool_size=2))
    both = Settled(store), Settled(other)
    store.record_events(EVENTS)
    for one in both:
        one.step(1)
    yield both
    other.dispose()


def steps(store, one, after=1):
    """Do a step, and tell how many marks it set."""
    before = rows(store, COUNT_MARK)
    one.step(after)
    return rows(store, COUNT_MARK) - before


def test_one_process_settles_for_all_and_another_one_goes_on_when_it_has_gone(store, beside, exact):
    first, second = beside
    for _ in range(5):
        second.now = first.now = first.now + settler.SETTLED_SECONDS // 4
        if steps(store, first, 0):
            assert steps(store, second, 0) == 0
    assert steps(store, second) > 0, "nobody goes on"  # the first one has done nothing since the second one looked
    exact(EVENTS)


def test_all_processes_settle_while_much_is_left(store, beside, exact):
    first, second = beside
    late = settler.SETTLED_SECONDS + settler.BEHIND_SECONDS + 1
    assert steps(store, first, late) > 0
    assert steps(store, second, late) > 0
    exact(EVENTS)


def test_many_settle_at_once_while_others_write_and_expire(store, database_url, exact, monkeypatch):
    monkeypatch.setattr(settler, "SETTLED_SECONDS", 2)  # longer than any transaction of these
    stores = [connect(database_url, ConnectionSettings(pool_size=2)) for _ in range(3)]
    store.record_events(EVENTS[:50])
    ended = time.monotonic() + 7

    def settle(one):
        while time.monotonic() < ended:
            # Whoever finds others first each time waits, as the service does.
            with contextlib.suppress(StorageUnavailableError):
                one.settle_counts()
            time.sleep(0.1)

    def write(_none):
        for begin in range(50, 150, 10):
            store.record_events(EVENTS[begin : begin + 10])
            time.sleep(0.5)

    def expire(_none):
        for _ in range(4):
            store.expire(older_than=corpus.TIMES[2], batch_size=5)
            time.sleep(1)

    with ThreadPoolExecutor(6) as pool:
        work = [pool.submit(settle, one) for one in (store, *stores)]
        work += [pool.submit(write, None), pool.submit(expire, None)]
        for each in work:
            each.result()
    for each in stores:
        each.dispose()
    with store._engine.connect() as connection:
        names = set(connection.execute(select(EVENT.c.message_id)).scalars())
    left = [each for each in EVENTS if each.message_id in names]
    exact(left)
    assert rows(store, EVENT_COUNT) > 0
    Settled(store).settle()
    exact(left)


@pytest.mark.parametrize("seed", range(2))
def test_counts_are_exact_after_every_step_of_whatever_happens(store, settled, exact, seed):
    dice = random.Random(seed)
    there, unsent = {}, list(EVENTS)
    dice.shuffle(unsent)

    def record():
        sent = [unsent.pop() for _ in range(min(len(unsent), dice.randrange(1, 12)))]
        sent += dice.sample(list(there.values()), min(3, len(there)))
        store.record_events(sent)
        there.update({each.message_id: each for each in sent})

    def expire():
        old = dice.choice(corpus.TIMES[1:4])
        store.expire(older_than=old, batch_size=dice.choice([2, 9]))
        with store._engine.connect() as connection:
            names = set(connection.execute(select(EVENT.c.message_id)).scalars())
        for name in [name for name in there if name not in names]:
            del there[name]

    def step():
        settled.step(dice.choice([10, 130, 300]))

    for _ in range(20):
        dice.choices([record, expire, step], [3, 1, 5])[0]()
        exact(there.values())
