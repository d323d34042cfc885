"""Small writes share a transaction, and each caller learns what became of its own events."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from panko.errors import EventConflictError, PankoError, StorageUnavailableError
from panko.event import Event
from panko.storage import Recorded
from panko.storage.sql.writing.group_commit import SMALL, Gathering

NOON = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


class Database:
    """Stores when it may; keeps what it was asked for in each transaction."""

    def __init__(self):
        self.stored = set()
        self.transactions = []
        self.may_commit = threading.Event()
        self.began = threading.Event()
        self.refused = {}

    def store(self, events):
        ids = [event.message_id for event in events]
        self.transactions.append(ids)
        self.began.set()
        assert self.may_commit.wait(10)
        for id_ in ids:
            if id_ in self.refused:
                raise self.refused[id_]
        created = frozenset(ids) - self.stored
        self.stored |= created
        return created


@pytest.fixture
def database():
    return Database()


def until(holds):
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def gathered(database, *ids):
    """Record one event, and the others while it commits; return the answer or error of each, in order."""
    gathering = Gathering(database.store)

    def record(id_):
        try:
            return gathering.record([Event(id_, "t", NOON)])
        except PankoError as error:
            return error

    with ThreadPoolExecutor(len(ids)) as pool:
        first = pool.submit(record, ids[0])
        assert database.began.wait(10)
        others = []
        for number, id_ in enumerate(ids[1:], start=1):
            others.append(pool.submit(record, id_))
            until(lambda number=number: len(gathering._waiting) == number)
        database.may_commit.set()
        return [one.result(timeout=10) for one in (first, *others)]


def test_what_comes_while_another_write_commits_shares_the_next_transaction(database):
    assert gathered(database, "a", "b", "c", "d") == [Recorded(created=1, duplicates=0)] * 4
    assert [sorted(ids) for ids in database.transactions] == [["a"], ["b", "c", "d"]]


def test_of_an_event_that_two_send_at_once_one_is_new(database):
    answers = gathered(database, "a", "b", "b")
    assert sorted(answers[1:], key=repr) == [Recorded(created=0, duplicates=1), Recorded(created=1, duplicates=0)]


def test_a_refused_event_costs_nobody_else_theirs(database):
    database.refused["b"] = EventConflictError(["b"])
    answers = gathered(database, "a", "b", "c")
    assert answers[1] is database.refused["b"]
    assert answers[2] == Recorded(created=1, duplicates=0)
    assert database.stored == {"a", "c"}


def test_an_outage_is_told_to_everybody_after_one_try(database):
    database.refused["b"] = StorageUnavailableError("away", retry_after_seconds=7)
    answers = gathered(database, "a", "b", "c")
    assert [(str(error), error.retry_after_seconds) for error in answers[1:]] == [("away", 7)] * 2
    assert len(database.transactions) == 2


def test_a_large_write_waits_for_nobody(database):
    database.may_commit.set()
    gathering = Gathering(database.store)
    gathering._is_storing = True
    events = [Event(str(number), "t", NOON) for number in range(SMALL + 1)]
    assert gathering.record(events).created == SMALL + 1


def test_an_empty_write_is_no_event(database):
    database.may_commit.set()
    assert Gathering(database.store).record([]) == Recorded(created=0, duplicates=0)
