"""How many events a second are archived, and archived and deleted; and what memory that takes."""

import gc
import tempfile
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from bench.handwritten import HandWritten
from bench.inserting import remove_after
from bench.loading import load
from bench.population import BEGIN, Population
from panko.archive.archiver import archived
from panko.archive.directory import Directory
from panko.archive.s3 import S3, Bucket
from panko.archive.target import Target
from panko.cmd.expirer import DEFAULT_BATCH_SIZE
from panko.cmd.expiring import archive_and_expire
from panko.storage.sql import ConnectionSettings, SQLConnection, connect
from servers.s3 import S3Server

EVENTS = 50_000
DAYS = 2


def run(url: str) -> None:
    """Measure and print; what was added is gone afterwards."""
    hand = HandWritten.connect(url)
    ((last,),) = hand.rows("SELECT MAX(id) FROM event")
    load(url, Population(EVENTS, seed=3, prefix="y", begin=BEGIN - timedelta(days=60), days=DAYS))
    store = connect(url, ConnectionSettings(pool_size=1))
    try:
        with _directory() as target:
            print(f"read alone: {_rate(lambda: _read(store))}")
            print(f"archived in a directory: {_rate(lambda: _archive(store, target))}")
        with _bucket() as target:
            print(f"archived in S3 (moto): {_rate(lambda: _archive(store, target))}")
            tracemalloc.start()
            _archive(store, target)
            print(f"memory at most: {tracemalloc.get_traced_memory()[1] / 2**20:.0f} MiB")
            tracemalloc.stop()
        with _directory() as target:
            print(f"archived in a directory and deleted: {_rate(lambda: _expire(store, target))}")
    finally:
        store.dispose()
        remove_after(hand, last)


def _rate(work) -> str:
    gc.collect()
    begin, cpu = time.perf_counter(), time.process_time()
    work()
    microseconds = 1e6 * (time.process_time() - cpu) / EVENTS
    return f"{EVENTS / (time.perf_counter() - begin):.0f} events/s, {microseconds:.0f} µs of CPU each"


def _read(store: SQLConnection) -> None:
    assert sum(1 for _ in store.expired(older_than=BEGIN)) == EVENTS


def _archive(store: SQLConnection, target: Target) -> None:
    parts = archived(target, store.expired(older_than=BEGIN), is_over=lambda: False)
    assert sum(map(len, parts)) == EVENTS


def _expire(store: SQLConnection, target: Target) -> None:
    removed = archive_and_expire(store, BEGIN, target=target, batch_size=DEFAULT_BATCH_SIZE, is_over=lambda: False)
    assert removed == EVENTS


@contextmanager
def _directory() -> Iterator[Target]:
    with tempfile.TemporaryDirectory() as folder:
        yield Directory(Path(folder))


@contextmanager
def _bucket() -> Iterator[Target]:
    server = S3Server()
    try:
        server.wait()
        login = (server.key_id, server.secret)
        yield S3(Bucket(server.new_bucket(), "", "us-east-1", endpoint=server.url, login=login))
    finally:
        server.stop()
