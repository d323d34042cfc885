"""What a collector does while the database is away, and with what it does not take."""

import threading
from datetime import UTC, datetime

import pytest

from fakes.memory_connection import MemoryConnection
from panko.collector.desk import Desk
from panko.collector.health import Health, Pages
from panko.collector.letters import Letter, Reason, Refusal
from panko.collector.making.intake import Intake, Sorted
from panko.collector.meters import Meters
from panko.collector.patience import Clock
from panko.collector.storing import GivenBackError, Storing
from panko.collector.working import Worker
from panko.errors import InvalidEventsError
from panko.event import Event
from panko.pauses import LONGEST_SECONDS, Pauses
from panko.publisher.refusing import record

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
AWAY = "The database does not answer."
HOUR = 3600.0


class Stopping(threading.Event):
    """A stop signal that nobody gives; who waits for it has time go by, and sees an outage end."""

    def __init__(self, connection, *, back_after):
        super().__init__()
        self.now, self.pauses, self.connection, self.back_after = 0.0, 0, connection, back_after

    def wait(self, timeout=None):
        self.now += timeout
        self.pauses += 1
        if self.now >= self.back_after:
            self.connection.outage = None
        return super().wait(0)


class Watching:
    def __init__(self):
        self.told = []

    def committed(self, recorded):
        self.told.append(recorded)

    def waiting(self, *, is_waiting):
        self.told.append("waiting" if is_waiting else "not waiting")

    def progress(self):
        pass


class Counting(MemoryConnection):
    """Counts the tries, and refuses one event as a database does with a defect: without naming it."""

    def __init__(self, poison=(), *, takes_others=True):
        super().__init__()
        self.tries, self.poison, self.takes_others = 0, poison, takes_others

    def check_writing(self):
        super().check_writing()
        if not self.takes_others:
            raise ZeroDivisionError

    def record_events(self, events):
        self.tries += 1
        if any(event.message_id in self.poison for event in events):
            raise ZeroDivisionError
        return super().record_events(events)


def event(message_id, event_type="a"):
    return Event(message_id, event_type, NOON)


def batch(*events):
    letters = [Letter(tag, "a.info", b"") for tag, _ in enumerate(events)]
    return Sorted(list(events), letters)


def storing(connection, *, back_after=0.0, **more):
    stopping = Stopping(connection, back_after=back_after)
    clock = Clock(stopping, now=lambda: stopping.now)
    return Storing(connection, clock, Watching(), pauses=lambda: Pauses(jitter=lambda: 1.0), **more)


def test_an_outage_is_waited_out_with_few_tries_and_nothing_is_lost():
    connection = Counting()
    connection.outage = AWAY
    subject = storing(connection, back_after=HOUR / 12)
    assert subject.store(batch(event("a"), event("b"))) == []
    assert set(connection.events) == {"a", "b"}
    assert connection.tries <= 16
    assert subject.watching.told[0] == "waiting"
    assert subject.watching.told[-2] == "not waiting"


def test_what_waits_for_too_long_is_given_back_and_the_database_asked_until_it_answers():
    connection = MemoryConnection()
    connection.outage = AWAY
    subject = storing(connection, back_after=HOUR)
    with pytest.raises(GivenBackError):
        subject.store(batch(event("a")))
    assert 600 <= subject.clock.now() <= 600 + LONGEST_SECONDS
    assert subject.wait_until_available()
    assert HOUR <= subject.clock.now() <= HOUR + LONGEST_SECONDS
    assert subject.watching.told[-1] == "not waiting"


def test_a_stop_ends_the_wait():
    connection = MemoryConnection()
    connection.outage = AWAY
    subject = storing(connection, back_after=HOUR)
    subject.clock.stopping.set()
    with pytest.raises(GivenBackError):
        subject.store(batch(event("a")))
    assert not subject.wait_until_available()


def test_a_conflict_is_set_aside_and_the_others_are_stored():
    connection = MemoryConnection()
    connection.events["b"] = event("b", "other")
    refusals = storing(connection).store(batch(event("a"), event("b"), event("c")))
    assert set(connection.events) == {"a", "b", "c"}
    assert [(one.letter.tag, one.reason) for one in refusals] == [(1, Reason.CONFLICT)]
    assert connection.events["b"].event_type == "other"


def test_one_event_that_the_database_refuses_without_a_word_is_found():
    connection = Counting(poison={"e7"})
    refusals = storing(connection).store(batch(*(event(f"e{number}") for number in range(40))))
    assert [(one.letter.tag, one.reason) for one in refusals] == [(7, Reason.REFUSED)]
    assert len(connection.events) == 39


def test_a_message_with_a_wrong_event_and_a_refused_one_is_set_aside_once_for_the_wrong_one():
    found = batch(event("a"), event("b"))
    found.refusals.append(Refusal(found.letters[1], Reason.INVALID, "Another event of it is wrong."))
    refusals = storing(Counting(poison={"b"})).store(found)
    assert [(one.letter.tag, one.reason) for one in refusals] == [(1, Reason.INVALID)]


SIZES = (1, 2, 3, 10, 200)


def poisoned(number, **more):
    """Return a connection that refuses each event of a batch, and the batch."""
    names = [f"e{index}" for index in range(number)]
    return Counting(poison=set(names), **more), batch(*map(event, names))


@pytest.mark.parametrize("number", SIZES)
def test_a_database_that_takes_nothing_is_waited_for_and_no_event_blamed(number, caplog):
    connection, found = poisoned(number, takes_others=False)
    with pytest.raises(GivenBackError):
        storing(connection, hold_seconds=0).store(found)
    assert connection.tries <= 30
    assert "refuses the event" not in caplog.text


@pytest.mark.parametrize("number", SIZES)
def test_events_that_a_database_refuses_which_takes_others_are_set_aside_at_once(number, caplog):
    connection, found = poisoned(number)
    subject = storing(connection)
    refusals = subject.store(found)
    assert [one.reason for one in refusals] == [Reason.REFUSED] * number
    assert "waiting" not in subject.watching.told
    assert caplog.text.count("refuses the event, and takes others: ZeroDivisionError") == number


def test_a_part_whose_events_are_all_refused_by_name_shows_that_the_database_looks_at_them():
    connection = Counting(poison={"b"}, takes_others=False)
    connection.events["a"] = event("a", "other")
    refusals = storing(connection).store(batch(event("a"), event("b")))
    assert [one.reason for one in refusals] == [Reason.CONFLICT, Reason.REFUSED]


class Refusing(MemoryConnection):
    """Refuses some events by their place, as a database does whose limits are its own."""

    def record_events(self, events):
        problems = [(index, "is too large") for index, one in enumerate(events) if one.event_type == "large"]
        if problems:
            raise InvalidEventsError(problems)
        return super().record_events(events)


def test_each_bad_event_of_a_batch_is_named_and_the_others_are_stored():
    connection = Refusing()
    connection.events["c"] = event("c", "other")
    events = [event("a"), event("b", "large"), event("c"), event("d"), event("e", "large")]
    recorded, refused = record(connection, events)
    assert (recorded.created, recorded.duplicates) == (2, 0)
    assert {one.index: one.reason for one in refused} == {
        1: "is too large",
        2: "another event with its message_id is stored",
        4: "is too large",
    }


def worker(connection, desk, *, back_after=0.0, convert=None):
    subject = storing(connection, back_after=back_after)
    intake = Intake(convert or (lambda _: None), check=lambda _: None, max_raw_bytes=1000)
    return Worker(desk, intake, subject, meters=Meters(), clock=subject.clock)


def test_what_came_by_a_channel_that_is_gone_is_not_stored_twice():
    desk = Desk()
    desk.put([Letter(1, "a.info", b"?")])
    desk.channel += 1
    subject = worker(MemoryConnection(), desk)
    outcome = subject._work(desk.take(0))
    assert not outcome.is_stored
    assert not outcome.refusals


def test_messages_go_back_when_the_database_is_away_for_too_long_and_come_again_when_it_is_back():
    connection, desk = MemoryConnection(), Desk()
    connection.outage = AWAY
    body = b'{"payload": [{"message_id": "a", "event_type": "b", "generated": "2026-11-22T12:00:00"}]}'
    desk.put([Letter(1, "event.sample", body)])
    seen = []
    subject = worker(connection, desk, back_after=HOUR)
    check = connection.check_writing
    connection.check_writing = lambda: (seen.append(desk.is_paused.is_set()), check())
    assert not subject._work(desk.take(0)).is_stored
    assert desk.must_release.is_set()
    assert set(seen) == {True}
    assert not desk.is_paused.is_set()


def test_a_loop_that_is_stuck_fails_the_liveness_and_a_lost_rabbitmq_the_readiness():
    now = [0.0]
    meters = Meters()
    health = Health(meters, clock=lambda: now[0])
    pages = Pages(health, meters)
    progress = health.progress("storing of one")
    health.progress("connection to one")
    health.connected("one", is_connected=False)
    assert (pages.answer("/healthz").status, pages.answer("/readyz").status) == (200, 503)
    health.connected("one", is_connected=True)
    assert pages.answer("/readyz").status == 200
    now[0] = 89.0
    progress()
    now[0] = 91.0
    answer = pages.answer("/healthz")
    assert (answer.status, answer.body) == (503, b"stuck: connection to one\n")
