"""How many events a second are deleted, and what readers and writers notice: panko-expirer's loop against id ranges."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from bench.client import Client, Figures
from bench.handwritten import HandWritten
from bench.ingest import wire
from bench.inserting import remove_after
from bench.loading import load
from bench.population import BEGIN, Population
from bench.reads import ADMIN, ALL_TENANTS, path
from panko.cmd.expirer import DEFAULT_BATCH_SIZE
from panko.cmd.expiring import expire
from panko.storage.sql import ConnectionSettings, connect

OLD_EVENTS = 20_000
PURGED, PURGED_WITHIN_SECONDS = 50, 60  # transactions
TRAIT_TABLES = ("trait_text", "trait_int", "trait_float", "trait_datetime")


def run(url: str, port: int) -> None:
    """Measure and print; what was added is gone afterwards."""
    hand = HandWritten.connect(url)
    ((last,),) = hand.rows("SELECT MAX(id) FROM event")
    writes = map(json.dumps, map(wire, Population(100_000, seed=2, prefix="x", begin=datetime.now(UTC), days=1)))
    by_hand = _timed(url, "h", lambda: _by_ranges(hand))
    store = connect(url, ConnectionSettings(pool_size=1))

    def product() -> None:
        expire(store, BEGIN, batch_size=DEFAULT_BATCH_SIZE, is_over=lambda: False)

    alone = _timed(url, "a", product)
    _load(url, "b")
    quiet, _seconds = _meanwhile(port, writes, lambda: time.sleep(6))
    busy, seconds = _meanwhile(port, writes, product)
    store.dispose()
    remove_after(hand, last)
    print(
        f"expiry of {OLD_EVENTS}: SQL by id range {by_hand:.0f} events/s; panko-expirer {alone:.0f}"
        f" ({alone / by_hand:.2f}x), with a reader and a writer {OLD_EVENTS / seconds:.0f}"
    )
    for what in quiet:
        print(
            f"p99 of concurrent {what}: {quiet[what].p99:.1f} ms without expiry, {busy[what].p99:.1f} ms during it"
            f" ({busy[what].p99 / quiet[what].p99:.2f}x)"
        )


def _load(url: str, prefix: str) -> None:
    hand = HandWritten.connect(url)
    deadline = time.monotonic() + PURGED_WITHIN_SECONDS
    # What one deletes MariaDB clears away later, at the expense of whoever is measured then.
    while time.monotonic() < deadline:
        ((_name, left),) = hand.rows("SHOW GLOBAL STATUS LIKE 'Innodb_history_list_length'")
        if int(left) < PURGED:
            break
        time.sleep(0.2)
    hand.connection.close()
    load(url, Population(OLD_EVENTS, seed=1, prefix=prefix, begin=BEGIN - timedelta(days=60)))


def _timed(url: str, prefix: str, delete) -> float:
    _load(url, prefix)
    begin = time.perf_counter()
    delete()
    return OLD_EVENTS / (time.perf_counter() - begin)


def _by_ranges(hand: HandWritten) -> None:
    seconds = int(BEGIN.timestamp())
    ((first, last),) = hand.rows(f"SELECT MIN(id), MAX(id) FROM event WHERE `generated` < {seconds}")
    hand.connection.autocommit(False)
    for begin in range(first, last + 1, DEFAULT_BATCH_SIZE):
        end = min(begin + DEFAULT_BATCH_SIZE, last + 1)
        with hand.connection.cursor() as cursor:
            for table in TRAIT_TABLES:
                cursor.execute(f"DELETE FROM {table} WHERE event_id >= {begin} AND event_id < {end}")
            cursor.execute(f"DELETE FROM event WHERE id >= {begin} AND id < {end}")
        hand.connection.commit()
    hand.connection.autocommit(True)


def _meanwhile(port: int, writes: Iterator[str], work: Callable[[], None]) -> tuple[dict[str, Figures], float]:
    """Read pages and write events while `work` runs; return the figures of both, and the seconds that `work` took."""
    over = threading.Event()
    taken: dict[str, list[float]] = {"reads": [], "writes": []}
    calls = {
        "reads": lambda client: client.get(path(ALL_TENANTS, sort="generated:desc"), ADMIN),
        "writes": lambda client: client.post("/v2/events", next(writes).encode(), ADMIN),
    }

    def repeat(what: str) -> None:
        client = Client(port)
        while not over.is_set():
            begin = time.perf_counter()
            calls[what](client)
            taken[what].append(time.perf_counter() - begin)

    threads = [threading.Thread(target=repeat, args=(what,)) for what in calls]
    for thread in threads:
        thread.start()
    begin = time.perf_counter()
    try:
        work()
    finally:
        seconds = time.perf_counter() - begin
        over.set()
        for thread in threads:
            thread.join()
    return {what: Figures.of(seconds_each) for what, seconds_each in taken.items()}, seconds
