"""On a Galera cluster one of whose nodes dies nothing acknowledged is lost or there twice, and pages are exact."""

import dataclasses
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from panko.errors import StorageUnavailableError
from panko.event import Event, Trait, TraitType
from panko.filters import EventFilter, Everything, Page
from panko.storage.sql import ConnectionSettings, connect
from panko.storage.sql.migrate import upgrade

pytestmark = pytest.mark.timeout(240)

BEGIN = datetime(2026, 11, 22, tzinfo=UTC)
HASTY = ConnectionSettings(
    pool_size=4,
    connect_timeout_seconds=1,
    read_timeout_seconds=3,
    statement_timeout_seconds=2,
    retry_deadline_seconds=3,
)
BATCH = 7
PRODUCERS = 3


@dataclasses.dataclass(slots=True)
class Ledger:
    """Every attempt to store a batch; each batch's events share the batch's name."""

    acknowledged: set[str] = dataclasses.field(default_factory=set)
    unknown: set[str] = dataclasses.field(default_factory=set)


def events_of(batch, number):
    return [
        Event(
            f"{batch}-{index}",
            f"type {number % 5}",
            BEGIN + timedelta(seconds=number),
            (Trait("batch", TraitType.TEXT, batch), Trait("index", TraitType.INTEGER, index)),
        )
        for index in range(BATCH)
    ]


def produce(producer, stores, ledger, over):
    """Store batch after batch through whichever node answers, as HAProxy and a publisher's retries would."""
    number = 0
    while not over.is_set():
        batch = f"{producer}.{number:05}"
        ledger.unknown.add(batch)
        for attempt in range(2 * len(stores)):
            try:
                stores[(producer + attempt) % len(stores)].record_events(events_of(batch, number))
            except StorageUnavailableError:
                continue
            ledger.unknown.discard(batch)
            ledger.acknowledged.add(batch)
            break
        number += 1


def read(stores, ledger, over):
    """Page through everything; what was acknowledged before must be there, in order and once."""
    passes = 0
    while not over.is_set():
        known = set(ledger.acknowledged)
        try:
            ids = all_ids(stores[passes % len(stores)])
        except StorageUnavailableError:
            continue
        finally:
            passes += 1
        assert len(ids) == len(set(ids))
        missing = {f"{batch}-{index}" for batch in known for index in range(BATCH)} - set(ids)
        assert not missing
    return passes


def all_ids(store):
    ids, marker = [], None
    while page := store.get_events(EventFilter(Everything()), Page(200, marker=marker)):
        assert all(len(event.traits) == 2 for event in page)
        ids += [event.message_id for event in page]
        marker = page[-1].message_id
    return ids


def wait_for(ledger, more):
    """Wait until so many more batches are acknowledged: the cluster works."""
    wanted, deadline = len(ledger.acknowledged) + more, time.monotonic() + 60
    while len(ledger.acknowledged) < wanted:
        assert time.monotonic() < deadline, "nothing is acknowledged any more"
        time.sleep(0.05)


def test_nothing_acknowledged_is_lost_while_a_node_dies_and_returns(galera):
    name = galera.new_database()
    upgrade(galera.nodes[0].url(name))
    stores = [connect(node.url(name), HASTY) for node in galera.nodes]
    ledger, over = Ledger(), threading.Event()
    with ThreadPoolExecutor(PRODUCERS + 1) as pool:
        working = [pool.submit(produce, number, stores, ledger, over) for number in range(PRODUCERS)]
        working.append(pool.submit(read, stores, ledger, over))
        try:
            wait_for(ledger, 20)
            galera.nodes[2].stop()
            wait_for(ledger, 20)
            galera.nodes[2].start()
            wait_for(ledger, 20)
        finally:
            over.set()
        for one in working:
            one.result(timeout=60)
    for store in stores:
        stored = all_ids(store)
        assert len(stored) == len(set(stored))
        whole = {batch for batch in ledger.acknowledged | ledger.unknown if f"{batch}-0" in stored}
        assert whole >= ledger.acknowledged
        assert set(stored) == {f"{batch}-{index}" for batch in whole for index in range(BATCH)}
        store.dispose()
