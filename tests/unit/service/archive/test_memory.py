"""However large events are, and however many, the memory that archiving them takes has a bound."""

import random
import tracemalloc
from datetime import UTC, datetime, timedelta

import pytest

from panko.archive.archiver import archived
from panko.archive.directory import Directory
from panko.event import Event
from panko.storage.sql import ConnectionSettings, connect
from panko.storage.sql.schema.migrate import upgrade

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
EVENTS = 90
MEBIBYTE = 1024 * 1024


@pytest.fixture
def store(tmp_path):
    """A store of events of a mebibyte each, of which a half is left when it is packed."""
    url = f"sqlite:///{tmp_path}/panko.sqlite"
    upgrade(url)
    store = connect(url, ConnectionSettings(pool_size=1))
    dice = random.Random(1)
    for number in range(EVENTS):
        raw = dice.randbytes(MEBIBYTE // 2).hex()
        store.record_events([Event(f"m{number}", "t", NOON + timedelta(seconds=number), (), raw)])
    yield store
    store.dispose()


def test_large_events_are_archived_in_bounded_memory(store, tmp_path):
    folder = tmp_path / "archive"
    folder.mkdir()
    tracemalloc.start()
    parts = archived(Directory(folder), store.expired(older_than=NOON + timedelta(days=1)), is_over=lambda: False)
    assert sum(map(len, parts)) == EVENTS
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sum(path.stat().st_size for path in folder.rglob("part-*")) > EVENTS * MEBIBYTE // 2
    assert peak < 64 * MEBIBYTE
