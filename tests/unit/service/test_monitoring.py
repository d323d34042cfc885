"""What watchers are told, and that nothing that watches can stop what is watched."""

import socket
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from falcon import testing

from panko.api.app import TEMPLATES
from panko.api.middleware.timing import router
from panko.api.pipeline import create_service
from panko.api.resources.health import Health
from panko.api.server.pages import Pages
from panko.errors import ConfigurationError
from panko.event import Event
from panko.monitoring.database_state import FRESH_SECONDS, DatabaseState
from panko.monitoring.meters import Meters
from panko.monitoring.port import MOST_CONNECTIONS, VARIABLE, Port

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ADMIN = {"X-Roles": "admin", "X-User-Id": "u", "X-Project-Id": "p"}
LAST = "panko_last_event_timestamp_seconds"
EVENT = {"message_id": "1", "event_type": "a", "generated": "2026-11-22T11:00:00"}


class Watched:
    """A service of one process, and what it tells its watchers. `time` is its clock."""

    def __init__(self, conf, connection, tmp_path):
        self.time = 0.0
        self.wall = NOW
        self.drain = tmp_path / "drain"
        meters = Meters()
        state = DatabaseState(connection, clock=lambda: self.time, now=lambda: self.wall)
        self.pages = Pages(connection, meters, state, Health(disabled_by=None, draining_by=self.drain), lambda: NOW)
        self.client = testing.TestClient(create_service(conf, connection, meters=meters))

    def look_again(self):
        """Let what was seen of the database be old."""
        self.time += FRESH_SECONDS

    def figures(self):
        answer = self.pages.answer("/metrics")
        assert (answer.status, answer.content_type) == (200, "text/plain; version=0.0.4; charset=utf-8")
        lines = [line for line in answer.body.decode().splitlines() if not line.startswith("#")]
        return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


@pytest.fixture
def watched(make_conf, connection, tmp_path):
    return Watched(make_conf("[api]\nauth_strategy = noauth\n"), connection, tmp_path)


def test_requests_are_timed_by_route_method_and_status(watched):
    for path in ("/v2/events/1", "/v2/events/2/", "/v2/events", "/v2/made/up", "/v2/made-up"):
        watched.client.simulate_get(path, headers=ADMIN)
    watched.client.simulate_get("/v2/events")
    watched.client.simulate_request("TRACE", "/v2/events", headers=ADMIN)
    found = {
        name: value
        for name, value in watched.figures().items()
        if name.startswith("panko_http_request_duration_seconds_count")
    }
    assert found == {
        f'panko_http_request_duration_seconds_count{{method="{method}",route="{route}",status="{status}"}}': count
        for method, route, status, count in (
            ("GET", "/v2/events/{message_id}", 404, 2),
            ("GET", "/v2/events", 200, 1),
            ("GET", "/v2/events", 403, 1),
            ("GET", "other", 404, 2),
            ("other", "/v2/events", 405, 1),
        )
    }


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_route_is_known_by_its_template(template):
    route_of = router(TEMPLATES)
    names = {"message_id": "a%2Fb", "event_type": "c.d", "name": "e", "resource_id": "r", "request_id": "req-1"}
    assert route_of(template.format(**names)) == template


def test_posted_events_are_counted_by_what_became_of_them(watched):
    def post(document):
        watched.client.simulate_post("/v2/events", headers=ADMIN, json=document)

    post([EVENT, EVENT | {"message_id": "2"}])
    post(EVENT)
    post([EVENT, EVENT | {"message_id": "3", "generated": "soon"}])
    post(EVENT | {"raw": 1})
    found = watched.figures()
    counts = {
        outcome: found[f'panko_events_total{{outcome="{outcome}"}}'] for outcome in ("created", "duplicate", "refused")
    }
    assert counts == {"created": 2, "duplicate": 1, "refused": 3}


def test_state_of_the_database_is_a_figure(watched, connection):
    connection.record_events([Event("1", "a", NOW - timedelta(hours=2)), Event("2", "a", NOW)])
    watched.pages.note_pool()
    found = watched.figures()
    assert found["panko_database_up"] == 1
    assert found["panko_oldest_event_age_seconds"] == 7200
    assert (found["panko_database_pool_size"], found["panko_database_pool_in_use"]) == (4, 1)
    connection.outage = "The database does not answer."
    assert watched.figures()["panko_database_up"] == 1, "a look holds for some seconds"
    watched.time += FRESH_SECONDS
    found = watched.figures()
    assert found["panko_database_up"] == 0
    assert "panko_oldest_event_age_seconds" not in found


def test_when_an_event_was_stored_last_is_a_figure_once_there_is_one(watched, connection):
    assert LAST not in watched.figures()
    connection.record_events([Event("1", "a", NOW - timedelta(hours=2))])
    assert LAST not in watched.figures(), "a look holds for some seconds"
    watched.look_again()
    assert watched.figures()[LAST] == (NOW - timedelta(hours=2)).timestamp()


def test_events_that_come_late_were_stored_when_they_came(watched, connection):
    connection.record_events([Event("1", "a", NOW - timedelta(hours=2))])
    watched.figures()
    connection.record_events([Event("2", "a", NOW - timedelta(hours=3))])
    watched.look_again()
    assert watched.figures()[LAST] == NOW.timestamp()
    connection.outage = "The database does not answer."
    watched.look_again()
    assert LAST not in watched.figures()
    connection.outage = None
    watched.wall += timedelta(minutes=10)
    watched.look_again()
    assert watched.figures()[LAST] == NOW.timestamp()
    connection.events.clear()
    watched.look_again()
    assert LAST not in watched.figures()


def test_health_tells_what_is_wrong(watched, connection, tmp_path):
    connection.record_events([Event("1", "a", NOW)])
    answer = watched.pages.answer("/health?verbose")
    assert (answer.status, answer.content_type) == (200, "application/json")
    assert b'"healthcheck":"OK"' in answer.body
    times = b'"oldest_event":"2026-11-22T12:00:00","last_event":"2026-11-22T12:00:00"'
    assert b'"revision":"0002",' + times + b',"pool":{"size":4,"in_use":1}' in answer.body
    connection.outage = "The database does not answer."
    watched.time += FRESH_SECONDS
    answer = watched.pages.answer("/health")
    assert answer.status == 503
    assert b'"up":false,"problem":"The database does not answer."' in answer.body
    connection.outage = None
    watched.time += FRESH_SECONDS
    watched.drain.touch()
    answer = watched.pages.answer("/health")
    assert answer.status == 503
    assert b'"healthcheck":"DRAINING"' in answer.body


def test_other_pages_are_named(watched):
    answer = watched.pages.answer("/")
    assert (answer.status, answer.body) == (404, b"There are /metrics and /health.\n")


def test_hanging_database_keeps_nobody_waiting_and_is_asked_once(watched, connection):
    answers, asked = threading.Event(), []

    def check():
        asked.append(1)
        assert answers.wait(20)

    connection.check = check
    for _ in range(2):
        assert watched.pages.answer("/health").status == 503
        assert watched.figures()["panko_database_up"] == 0
    assert asked == [1]
    answers.set()
    watched.time += FRESH_SECONDS
    assert watched.pages.answer("/health").status == 200


def test_port_that_is_taken_is_named(monkeypatch):
    monkeypatch.setenv(VARIABLE, "")
    taken = Port("127.0.0.1", 0)
    try:
        assert not taken.directory.exists()  # it is for who has several processes
        taken.announce()
        assert taken.directory.exists()
        number = int(taken.address.rpartition(":")[2])
        with pytest.raises(ConfigurationError, match=rf"\[metrics\] port {number} of 127.0.0.1 cannot be listened on"):
            Port("127.0.0.1", number)
    finally:
        taken.close()
    assert not taken.directory.exists()


def test_watchers_take_few_threads_and_are_answered_again_when_others_have_gone(watched):
    port = Port("127.0.0.1", 0)
    try:
        number = int(port.address.rpartition(":")[2])
        port.serve(watched.pages)
        before = threading.active_count()
        idle = [socket.create_connection(("127.0.0.1", number)) for _ in range(MOST_CONNECTIONS)]
        _wait_for(lambda: threading.active_count() == before + 2 * MOST_CONNECTIONS)  # each with its timer
        with socket.create_connection(("127.0.0.1", number), timeout=5) as turned_away:
            assert turned_away.recv(1) == b""
        for connection in idle:
            connection.close()
        _wait_for(lambda: threading.active_count() == before)
        with socket.create_connection(("127.0.0.1", number), timeout=5) as watcher:
            watcher.sendall(b"GET /nothing HTTP/1.0\r\n\r\n")
            assert watcher.recv(12) == b"HTTP/1.0 404"
    finally:
        port.close()


def test_watcher_who_trickles_is_hung_up_on(watched):
    port = Port("127.0.0.1", 0)
    try:
        port.serve(watched.pages, longest_seconds=0.5)
        with socket.create_connection(("127.0.0.1", int(port.address.rpartition(":")[2])), timeout=5) as watcher:
            watcher.sendall(b"GET /")
            watcher.settimeout(0.1)
            _wait_for(lambda: _has_ended(watcher))
    finally:
        port.close()


def _has_ended(connection: socket.socket) -> bool:
    try:
        connection.send(b"x")
        return connection.recv(1) == b""
    except TimeoutError:
        return False
    except OSError:
        return True


def _wait_for(condition, seconds: float = 4) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not become true"
        time.sleep(0.02)
