"""Dead letters that are taken again: what leaves the queue, and what stays."""

import json
import threading

import pytest

from fakes.memory_connection import MemoryConnection
from panko.collector.letters import Letter, Reason
from panko.collector.making.intake import Intake
from panko.collector.patience import Clock
from panko.collector.replay.passing import Counting, Replay, Replayed, Wanted
from panko.collector.storing import Storing
from panko.errors import StorageUnavailableError


class Poisoned(MemoryConnection):
    """Refuses an event without naming it, and takes others."""

    def record_events(self, events):
        if any(event.message_id == "poison" for event in events):
            raise ZeroDivisionError
        return super().record_events(events)


def sample(message_id):
    event = {"message_id": message_id, "event_type": "b", "generated": "2026-11-22T12:00:00"}
    return json.dumps({"payload": [event]}).encode()


class Queue:
    """A queue of dead letters in memory, that each look goes through from the front."""

    def __init__(self, *entries):
        self.entries = [(reason, body) for reason, body in entries]

    def letters(self):
        self._now = dict(enumerate(self.entries))
        for tag, (reason, body) in list(self._now.items()):
            yield reason, Letter(tag, "event.sample", body)

    def acknowledge(self, letter):
        self.entries.remove(self._now.pop(letter.tag))

    def bury(self, refusals):
        self.entries += [(one.reason.value, one.letter.body) for one in refusals]


GOOD, BAD, POISON = ("definition", sample("a")), ("unreadable", b"?"), ("refused", sample("poison"))


def good(number):
    return [("definition", sample(f"a{index}")) for index in range(number)]


def replayed(queue, connection, *, limit=1000, is_dry=False, reasons=()):
    done = Replayed()
    storing = Storing(connection, Clock(threading.Event()), Counting(done), hold_seconds=0)
    intake = Intake(lambda _: None, check=lambda _: None, max_raw_bytes=1000)
    Replay(queue, Wanted(frozenset(reasons), limit, is_dry=is_dry), intake=intake, storing=storing, done=done).run()
    return done


@pytest.mark.parametrize("is_dry", [True, False])
def test_letters_that_stay_count_nothing_against_the_limit(is_dry):
    queue, connection = Queue(BAD, BAD, BAD, *good(5)), MemoryConnection()
    done = replayed(queue, connection, limit=2, is_dry=is_dry)
    assert (done.created, done.left, done.still["unreadable"]) == (2, 2, 3)
    assert len(queue.entries) == (8 if is_dry else 6)
    assert len(connection.events) == (0 if is_dry else 2)


def test_no_more_leave_than_the_limit_says_however_many_stay_between_them():
    queue, connection = Queue(*[entry for one in good(300) for entry in (BAD, one)]), MemoryConnection()
    done = replayed(queue, connection, limit=250)
    assert (done.left, len(connection.events)) == (250, 250)


@pytest.mark.parametrize("before", ["refused", "definition"])
@pytest.mark.parametrize("others", [0, 3])
def test_an_event_that_the_database_refuses_stays_and_the_others_go_on(before, others):
    queue, connection = Queue((before, sample("poison")), *good(others)), Poisoned()
    done = replayed(queue, connection)
    assert "dead letters that stay: 1 refused" in done.described(is_dry=False)
    assert queue.entries == [POISON]
    assert len(connection.events) == others


def test_nothing_leaves_while_the_database_is_away():
    queue, connection = Queue(*good(2)), MemoryConnection()
    connection.outage = "The database does not answer."
    with pytest.raises(StorageUnavailableError):
        replayed(queue, connection)
    assert len(queue.entries) == 2


def test_a_letter_of_another_reason_now_goes_to_the_end_under_that():
    queue, connection = Queue((Reason.INVALID.value, b"?"), GOOD), MemoryConnection()
    replayed(queue, connection)
    assert queue.entries == [BAD]


def test_only_letters_of_the_reasons_that_are_wanted_are_taken():
    queue, connection = Queue(BAD, GOOD), MemoryConnection()
    done = replayed(queue, connection, reasons=["unreadable"])
    assert (done.others, done.still["unreadable"], len(queue.entries)) == (1, 1, 2)
