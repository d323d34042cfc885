"""A sick database becomes StorageUnavailableError in bounded time, says no secret, and is used again when well."""

import dataclasses
import time
from datetime import UTC, datetime

import pytest
from pymysql.connections import MySQLResult
from sqlalchemy import create_engine

from panko.errors import StorageUnavailableError
from panko.event import Event
from panko.filters import EventFilter, Everything, Page
from panko.storage.sql import ConnectionSettings, connect
from panko.storage.sql.schema.migrate import upgrade
from panko.storage.sql.session.url import normalise

ALL = EventFilter(Everything())
NOON = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
HASTY = ConnectionSettings(
    pool_size=1, pool_timeout_seconds=1, read_timeout_seconds=1, statement_timeout_seconds=1, retry_deadline_seconds=2
)


@pytest.fixture(params=["mariadb", "postgresql"])
def server(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def served(server):
    url = server.new_database()
    upgrade(url)
    connection = connect(url, HASTY)
    yield connection, url
    connection.dispose()


def test_an_outage_is_said_without_secrets_and_ends_by_itself(server, served):
    store, _url = served
    store.record_events([Event("1", "t", NOON)])
    server.stop()
    try:
        for use in (
            lambda: store.get_events(ALL, Page(1)),
            lambda: store.record_events([Event("2", "t", NOON)]),
            store.check,
        ):
            with pytest.raises(StorageUnavailableError) as caught:
                use()
            said = str(caught.value)
            assert all(
                secret not in said for secret in (server.admin_password, server.host, str(server.port), "SELECT")
            )
    finally:
        server.start()
    assert store.record_events([Event("2", "t", NOON)]).created == 1
    assert [event.message_id for event in store.get_events(ALL, Page(10))] == ["1", "2"]


def test_a_server_that_crashed_between_two_requests_is_not_noticed(server, served):
    store, _url = served
    store.record_events([Event("1", "t", NOON)])
    server.stop()
    server.start()
    assert len(store.get_events(ALL, Page(10))) == 1


def test_a_frozen_server_holds_nobody_for_ever(server, served):
    store, _url = served
    store.check()
    server.freeze()
    try:
        begin = time.monotonic()
        with pytest.raises(StorageUnavailableError):
            store.get_events(ALL, Page(1))
        assert time.monotonic() - begin < 10
    finally:
        server.thaw()
    assert store.get_events(ALL, Page(1)) == []


def test_a_missing_schema_is_said_so(empty_database_url):
    store = connect(empty_database_url, HASTY)
    with pytest.raises(StorageUnavailableError, match="panko-dbsync"):
        store.get_events(ALL, Page(1))
    store.dispose()


@pytest.mark.parametrize(
    ("change", "words"),
    [({"password": "wrong"}, "refuses the account"), ({"database": "absent"}, "does not exist")],
    ids=["password", "database"],
)
def test_a_wrong_account_or_database_is_said_so(served, change, words):
    url = normalise(served[1]).set(**change).render_as_string(hide_password=False)
    store = connect(url, HASTY)
    with pytest.raises(StorageUnavailableError, match=words) as caught:
        store.check()
    assert "wrong" not in str(caught.value)
    store.dispose()


def test_more_threads_than_connections_wait_and_are_told(served):
    store, _url = served
    with store._engine.connect(), pytest.raises(StorageUnavailableError, match="in use"):
        store.check()


def test_a_lock_that_somebody_else_holds_is_waited_for_and_then_reported(server, served):
    store, url = served
    store.record_events([Event("1", "t", NOON)])
    hasty = connect(url, dataclasses.replace(HASTY, lock_wait_timeout_seconds=1, retry_tries=2))
    other = create_engine(normalise(url))
    with other.begin() as connection:
        connection.exec_driver_sql("SELECT id FROM event FOR UPDATE")
        with pytest.raises(StorageUnavailableError):
            hasty.expire(older_than=datetime(2027, 1, 1, tzinfo=UTC), batch_size=1)
    assert hasty.expire(older_than=datetime(2027, 1, 1, tzinfo=UTC), batch_size=1) == 1
    hasty.dispose()
    other.dispose()


def test_an_answer_that_was_left_in_the_middle_is_nobody_elses(mariadb, monkeypatch):
    url = mariadb.new_database()
    upgrade(url)
    store = connect(url, HASTY)
    events = [Event(f"{n}", "t", NOON) for n in range(9)]
    store.record_events(events)
    read_row = MySQLResult._read_row_from_packet

    def break_off(*_):
        monkeypatch.setattr(MySQLResult, "_read_row_from_packet", read_row)
        raise MemoryError

    monkeypatch.setattr(MySQLResult, "_read_row_from_packet", break_off)
    with pytest.raises(MemoryError):
        store.get_events(ALL, Page(9))
    assert store.get_events(ALL, Page(9)) == events
    store.dispose()
