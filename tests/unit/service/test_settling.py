"""The thread that keeps counts: it begins with the first request, bounds its part of the time, and outlives errors."""

import gc
import threading

import pytest
from falcon import testing

from panko.api.middleware.settling import BUSY_SECONDS, IDLE_SECONDS, MOST_OF_THE_TIME, Settling, settle
from panko.errors import StorageUnavailableError

NAME = "counts"


class Store:
    """A store with steps left to do, each of which takes some seconds of a clock."""

    def __init__(self, steps, seconds=0.0):
        self.left, self.seconds, self.now, self.done, self.pauses = list(steps), seconds, 0.0, 0, []

    def settle_counts(self):
        self.done += 1
        self.now += self.seconds
        step = self.left.pop(0)
        if isinstance(step, Exception):
            raise step
        return step

    def wait(self, seconds):
        self.pauses.append(seconds)
        return not self.left

    def clock(self):
        return self.now


def paused(store):
    settle(store, store.wait, clock=store.clock)
    return store.pauses


def about(seconds):
    return pytest.approx(seconds, rel=0.51)


def test_a_step_follows_soon_where_one_is_due_and_late_where_none_is():
    pauses = paused(Store([True, True, False, False]))
    assert pauses == [about(each) for each in (IDLE_SECONDS, BUSY_SECONDS, BUSY_SECONDS, IDLE_SECONDS, IDLE_SECONDS)]


def test_slow_steps_leave_most_of_the_time_to_others():
    assert paused(Store([True, True], seconds=2.0))[1:] == [about(2.0 / MOST_OF_THE_TIME)] * 2


def test_an_error_is_waited_out():
    store = Store([StorageUnavailableError("away"), KeyError("what"), True, False])
    assert paused(store)[1:3] == [about(IDLE_SECONDS)] * 2
    assert store.done == 4


def threads():
    return [one for one in threading.enumerate() if one.name == NAME]


def test_one_thread_begins_with_the_first_request_and_ends_with_the_service(connection):
    before = set(threads())

    def app(_environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b""]

    service = Settling(app, connection)
    assert set(threads()) == before  # a server may still fork
    for _ in range(3):
        testing.TestClient(service).simulate_get("/v2/capabilities")
    (thread,) = set(threads()) - before
    assert thread.daemon
    del service
    gc.collect()
    thread.join(timeout=5)
    assert not thread.is_alive()


def test_health_checks_begin_nothing(make_client):
    before = set(threads())
    client = make_client()
    client.simulate_get("/healthcheck")
    client.simulate_get("/")
    assert set(threads()) == before
    client.simulate_get("/v2/capabilities", headers={"X-Roles": "member"})
    assert len(set(threads()) - before) == 1
