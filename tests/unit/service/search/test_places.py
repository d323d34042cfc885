"""Searches leave room for others."""

import contextlib
import threading
from datetime import timedelta

import pytest
from falcon import testing

from event_model.telling import event
from panko.api.messages.places import WAITING_SECONDS, Places
from panko.api.resources.search.settings import from_configuration
from panko.errors import BusyError


@pytest.mark.parametrize(("threads", "connections", "searches"), [(8, 8, 4), (8, 4, 2), (3, 8, 1), (1, 1, 1)])
def test_half_of_the_threads_and_connections_are_for_searches(make_conf, threads, connections, searches):
    conf = make_conf(f"[api]\nthreads = {threads}\n[database]\nmax_pool_size = {connections}\n")
    places = from_configuration(conf).places
    with contextlib.ExitStack() as stack:
        for _ in range(searches):
            stack.enter_context(places.one())
        with pytest.raises(BusyError, match="try again"), places.one():
            pass


def test_a_place_that_becomes_free_is_taken():
    places, inside = Places(1, waiting_seconds=10), threading.Event()

    def search():
        with places.one():
            inside.set()

    with places.one():
        thread = threading.Thread(target=search)
        thread.start()
        assert not inside.wait(0.05)
    thread.join(10)
    assert inside.is_set()


def test_a_place_is_free_again_after_a_failure():
    places = Places(1, waiting_seconds=0)
    for _ in range(2):
        with pytest.raises(KeyError), places.one():
            raise KeyError


ADMIN = {"X-Roles": "admin", "X-User-Id": "u", "X-Project-Id": "p"}


def export(client):
    """Return the pieces of an export of three pages and more, none of which is read yet but the first two."""
    environ = testing.create_environ("/v2/search/events", headers=ADMIN, query_string="format=ndjson")
    return client.app(environ, lambda *_: None)


@pytest.fixture
def client(make_client, connection):
    connection.record_events([event("many", number, f"m{number}") for number in range(3500)])
    return make_client("[api]\nauth_strategy = noauth\nthreads = 1\n")


def test_an_export_that_is_read_slowly_keeps_nobody_from_searching(client):
    pieces = iter(export(client))
    first = next(pieces)
    answer = client.simulate_get("/v2/search/events", headers=ADMIN)
    assert answer.status_code == 200
    assert sum(piece.count(b"\n") for piece in (first, *pieces)) == 3500


def test_an_export_waits_for_its_place_in_mid_stream(client, connection, monkeypatch):
    pieces = iter(export(client))
    next(pieces)
    entered, connection.release = threading.Event(), threading.Event()
    search = connection.search_events

    def held(*args, **kwargs):
        entered.set()
        connection.release.wait(30)
        return search(*args, **kwargs)

    monkeypatch.setattr(connection, "search_events", held)
    other = threading.Thread(target=lambda: client.simulate_get("/v2/search/events", headers=ADMIN))
    other.start()
    assert entered.wait(10)
    threading.Timer(WAITING_SECONDS * 1.5, connection.release.set).start()
    assert sum(piece.count(b"\n") for piece in pieces) >= 1500
    other.join(10)


def test_the_pages_of_an_export_begin_with_the_width_that_was_quick_enough(client, connection):
    connection.width = timedelta(minutes=15)
    assert sum(piece.count(b"\n") for piece in export(client)) == 3500
    assert [width for _seconds, width in connection.asked] == [None, *[connection.width] * 3]


def test_a_page_by_its_cursor_begins_with_the_width_that_was_quick_enough(client, connection):
    connection.width = timedelta(minutes=15)
    first = client.simulate_get("/v2/search/events", headers=ADMIN).json
    following = client.simulate_get("/v2/search/events", headers=ADMIN, params={"cursor": first["next"]})
    assert following.status_code == 200
    assert [width for _seconds, width in connection.asked] == [None, connection.width]


def test_a_page_of_operations_by_its_cursor_begins_with_the_width_that_was_quick_enough(client, connection):
    connection.width = timedelta(minutes=15)
    path, params = "/v2/search/operations", {"single": "true"}
    first = client.simulate_get(path, headers=ADMIN, params=params).json
    connection.asked.clear()
    assert client.simulate_get(path, headers=ADMIN, params=params | {"cursor": first["next"]}).status_code == 200
    assert next(width for _seconds, width in connection.asked) == connection.width
