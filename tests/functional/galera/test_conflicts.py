"""Writers on two nodes at once: each event is stored once, and nobody is told of an error."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from panko.event import Event, Trait, TraitType
from panko.filters import EventFilter, Everything, Page
from panko.storage.sql import ConnectionSettings, connect
from panko.storage.sql.schema.migrate import newest_revision

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
BATCHES, SIZE = 30, 20


def batch(number):
    """Return events of a type that no node has seen before."""
    return [
        Event(f"{number:02}-{index:02}", f"type-{number}", NOON, (Trait("n", TraitType.INTEGER, index),))
        for index in range(SIZE)
    ]


@pytest.fixture
def stores(galera, database):
    connections = [connect(node.url(database), ConnectionSettings()) for node in galera.nodes[:2]]
    yield connections
    for connection in connections:
        connection.dispose()


def test_the_same_events_written_on_two_nodes_at_once_are_stored_once(galera, database, stores):
    together = threading.Barrier(len(stores))

    def write(store):
        done = []
        for number in range(BATCHES):
            together.wait(timeout=60)
            done.append(store.record_events(batch(number)))
        return done

    with ThreadPoolExecutor() as threads:
        first, second = threads.map(write, stores)
    for one, other in zip(first, second, strict=True):
        assert sorted((one.created, other.created)) == [0, SIZE]
        assert sorted((one.duplicates, other.duplicates)) == [0, SIZE]
    assert any(one.created for one in first)
    assert any(one.created for one in second)
    pages = [store.get_events(EventFilter(Everything()), Page(BATCHES * SIZE + 1)) for store in stores]
    assert pages[0] == pages[1] == [event for number in range(BATCHES) for event in batch(number)]
    # The conflicts were real: the cluster refused transactions that both nodes had begun.
    assert sum(int(node.status("wsrep_local_cert_failures")) for node in galera.nodes[:2]) > 0


def test_what_one_node_acknowledged_is_read_on_another_that_lags_behind(galera, stores):
    writing, reading = stores
    assert reading.get_events(EventFilter(Everything()), Page(SIZE)) == []
    with ThreadPoolExecutor() as threads, galera.nodes[1].held_up():
        writing.record_events(batch(1))
        answer = threads.submit(reading.get_events, EventFilter(Everything()), Page(SIZE))
        with pytest.raises(TimeoutError):
            answer.result(timeout=1)
    assert answer.result(timeout=30) == batch(1)


def test_dbsync_started_twice_at_once_through_the_proxy_succeeds_twice(galera, proxy, tmp_path):
    configuration = tmp_path / "panko.conf"
    configuration.write_text(f"[database]\nconnection = {proxy.url(galera.new_database())}\n")
    arguments = [sys.executable, "-m", "panko.cmd.dbsync", "--config-file", str(configuration)]
    both = [subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = sorted((process.communicate(timeout=60) for process in both), key=lambda one: one[0])
    assert [process.returncode for process in both] == [0, 0], said
    assert said[0][0] == f"Database is at revision {newest_revision()}\n"
    assert said[1][0] == f"Database upgraded from no revision to {newest_revision()}\n"
