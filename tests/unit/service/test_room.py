"""Large requests that come at once are sent away with a time to come back; small ones and acknowledged ones are not."""

import gzip
import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panko.api.messages.room import FREE_BYTES, Room
from panko.errors import BusyError

ADMIN = {"X-Roles": "admin", "X-User-Id": "u", "X-Project-Id": "p", "Content-Type": "application/json"}
MOST = 200_000
CONFIGURATION = f"[api]\nauth_strategy = noauth\nmax_posted_bytes = {MOST}\n"
LARGE, SMALL = 250_000, 1000


def event(message_id, size):
    return json.dumps({"message_id": message_id, "event_type": "a", "generated": "2014-01-01", "raw": "x" * size})


@pytest.fixture
def client(make_client):
    return make_client(CONFIGURATION)


@pytest.fixture
def held(client, connection):
    """Have one large request under way until the test ends, or lets it go."""
    begun, go_on, record = threading.Event(), threading.Event(), connection.record_events

    def wait_once(events):
        if events[0].message_id == "held":
            begun.set()
            assert go_on.wait(30)
        return record(events)

    connection.record_events = wait_once
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(post, client, event("held", LARGE))
        assert begun.wait(30)

        def let_go():
            go_on.set()
            return answer.result(30)

        yield let_go
        go_on.set()


def post(client, body, **headers):
    return client.simulate_post("/v2/events", headers=ADMIN | headers, body=body)


def assert_sent_away(answer):
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "2"
    assert "Nothing of this request is stored; send it again." in answer.json["error_message"]["faultstring"]


def test_second_large_request_is_sent_away_and_may_come_back(client, connection, held):
    assert_sent_away(post(client, event("second", LARGE)))
    assert post(client, event("small", SMALL)).status_code == 201
    assert post(client, event("free", FREE_BYTES - 1000)).status_code == 201
    assert held().status_code == 201
    assert post(client, event("second", LARGE)).status_code == 201
    assert list(connection.events) == ["small", "free", "held", "second"]


def test_size_of_what_is_packed_counts_when_it_is_unpacked(client, held):
    assert_sent_away(post(client, gzip.compress(event("second", LARGE).encode()), **{"Content-Encoding": "gzip"}))
    lines = {"Content-Encoding": "gzip", "Content-Type": "application/x-ndjson"}
    assert_sent_away(post(client, gzip.compress(event("second", LARGE).encode()), **lines))


def test_one_that_is_sent_away_leaves_a_line_in_the_log(client, held, caplog):
    post(client, event("second", LARGE))
    (line,) = [record.getMessage() for record in caplog.records if record.name == "panko.audit"]
    assert line.endswith("refused all")


def test_one_alone_is_never_sent_away(client):
    for body in (event("a", 5 * MOST), "{", event("b", 5 * MOST)):
        assert post(client, body).status_code in {201, 400}
    assert post(client, event("c", 5 * MOST)).status_code == 201


def test_nothing_that_was_acknowledged_is_lost(client, connection):
    acknowledged = set()

    def send(number):
        for _ in range(200):
            answer = post(client, event(f"m{number}", LARGE if number % 2 else SMALL))
            if answer.status_code == 201:
                acknowledged.add(f"m{number}")
                return
            assert_sent_away(answer)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(send, range(30)))
    assert acknowledged <= set(connection.events)
    assert len(acknowledged) > 15


@given(st.lists(st.lists(st.integers(0, 4 * FREE_BYTES), max_size=5), max_size=6), st.integers(0, 5 * FREE_BYTES))
def test_no_more_is_held_than_there_is_room_for_but_by_one(requests, most):
    room, opened = Room(most), []
    for sizes in requests:
        request = room.request()
        hold, own = request.__enter__(), 0
        try:
            for size in sizes:
                hold(size)
                own = max(own, size - FREE_BYTES)
        except BusyError:
            request.__exit__(None, None, None)
            assert opened
            continue
        opened.append((request, own))
        sizes_held = [held for _, held in opened if held]
        assert sum(sizes_held) <= most or len(sizes_held) == 1
    for request, _ in opened:
        request.__exit__(None, None, None)
    with room.request() as hold:
        hold(10 * FREE_BYTES)
