"""Pages that MariaDB compresses: asked for at the first upgrade or at a later one, while events are read and stored."""

import re
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from event_model.stores import opened
from original import database
from original.database import ADOPTED, WRITTEN
from panko.errors import ConfigurationError
from panko.event import Event, Trait, TraitType
from panko.filters import EventFilter, Everything, Page
from panko.storage import Recorded
from panko.storage.sql.rows.tables import METADATA
from panko.storage.sql.schema.migrate import check, newest_revision, upgrade
from panko.storage.sql.session.url import normalise
from servers.mariadb import MariaDB

OPERATIONS = Path(__file__).parents[4] / "docs" / "operations.md"
OURS = frozenset(METADATA.tables)
TRAITS = (
    Trait("host", TraitType.TEXT, "compute-1.example.org"),
    Trait("launched_at", TraitType.DATETIME, datetime(2026, 1, 1, tzinfo=UTC)),
    Trait("memory_mb", TraitType.INTEGER, 2048),
    Trait("progress", TraitType.FLOAT, 0.5),
)
BATCH = 50


@pytest.fixture(scope="module")
def server():
    """A server of its own: its variables are changed."""
    own = MariaDB()
    try:
        own.start()
        yield own
    finally:
        own.remove()


def numbered(start, count=BATCH):
    moment = datetime(2026, 11, 1, tzinfo=UTC)
    return [Event(f"{n:06}", "a.type", moment + timedelta(seconds=n), TRAITS) for n in range(start, start + count)]


def compressed(server, url):
    rows = server.execute(f"SHOW TABLE STATUS IN {url.rpartition('/')[2]}")
    return {row[0] for row in rows if "`PAGE_COMPRESSED`='1'" in row[16]}


def disk_bytes(server, url, table):
    """Return how much of the file of a table is on the disk, once every page is there."""
    name = url.rpartition("/")[2]
    server.execute(f"FLUSH TABLES {name}.{table} FOR EXPORT")
    allocated = "SELECT allocated_size FROM information_schema.innodb_sys_tablespaces"
    ((found,),) = server.execute(f"{allocated} WHERE name = '{name}/{table}'")
    return found


def stored(url):
    with opened(url) as store:
        return list(store.get_events(EventFilter(Everything()), Page(10_000)))


def test_a_new_database_takes_less_of_the_disk_and_gives_back_every_event(server):
    urls = {asked: server.new_database() for asked in (True, False)}
    events = numbered(0, 2_000)
    for asked, url in urls.items():
        done = upgrade(url, compress_pages=asked)
        assert done.compressed == (len(OURS) if asked else 0)
        with opened(url) as store:
            assert store.record_events(events) == Recorded(created=len(events), duplicates=0)
        assert stored(url) == events
    assert compressed(server, urls[True]) == OURS
    assert compressed(server, urls[False]) == set()
    for table in ("event", "trait_text", "trait_int"):
        size, plain = (disk_bytes(server, urls[asked], table) for asked in (True, False))
        assert size < 0.6 * plain


def test_tables_that_are_there_are_compressed_while_events_are_stored_and_read(server):
    url = server.new_database()
    upgrade(url)
    with opened(url) as store:
        store.record_events(numbered(0, 5_000))
    ended, sent = threading.Event(), []

    def write():
        with opened(url) as store:
            start = 5_000
            while not ended.is_set() and start < 100_000:
                assert store.record_events(numbered(start)).created == BATCH
                sent.append(start)
                start += BATCH

    writer = threading.Thread(target=write)
    writer.start()
    said = []
    try:
        assert upgrade(url, compress_pages=True, report=said.append).compressed == len(OURS)
        during = len(sent)
        assert len(stored(url)) >= 5_000
    finally:
        ended.set()
        writer.join()
    assert during > 0
    assert "compressing the pages of the table event" in said
    assert compressed(server, url) == OURS
    with opened(url) as store:
        whole = range(0, 5_000 + len(sent) * BATCH, BATCH)
        repeated = [store.record_events(numbered(start)) for start in whole]
    assert set(repeated) == {Recorded(created=0, duplicates=BATCH)}


def test_what_is_compressed_stays_so_and_is_not_made_again(server):
    url = server.new_database()
    upgrade(url, compress_pages=True)
    assert upgrade(url, compress_pages=True).compressed == 0
    assert upgrade(url).compressed == 0
    assert check(url, compress_pages=True).uncompressed == ()
    assert compressed(server, url) == OURS


def test_a_default_of_the_server_is_enough(server):
    server.execute("SET GLOBAL innodb_compression_default = ON")
    try:
        url = server.new_database()
        upgrade(url)
    finally:
        server.execute("SET GLOBAL innodb_compression_default = OFF")
    assert upgrade(url, compress_pages=True).compressed == 0


def test_what_the_original_left_is_compressed_with_what_is_new(server):
    url = server.new_database()
    engine = create_engine(normalise(url))
    database.make(engine)
    engine.dispose()
    assert set(check(url, compress_pages=True).uncompressed) == OURS & {
        "event",
        "event_type",
        *("trait_text", "trait_int", "trait_float", "trait_datetime"),
    }
    done = upgrade(url, compress_pages=True)
    assert (done.filled, done.compressed) == (2, len(OURS))
    assert compressed(server, url) == OURS
    with opened(url) as store:
        store.record_events([WRITTEN])
    assert {event.message_id for event in stored(url)} > {WRITTEN.message_id, ADOPTED.message_id}


def test_a_server_that_compresses_nothing_is_told_what_to_do(server):
    url = server.new_database()
    server.execute("SET GLOBAL innodb_compression_algorithm = none")
    try:
        refused(url)
    finally:
        server.execute("SET GLOBAL innodb_compression_algorithm = zlib")
    assert upgrade(url, compress_pages=True).after == newest_revision()


@pytest.mark.parametrize("new_database", ["postgresql", "sqlite"], indirect=True)
def test_other_databases_are_left_as_they_are(new_database):
    refused(new_database())


def refused(url):
    for asked in (check, upgrade):
        with pytest.raises(ConfigurationError, match=r"Nothing was changed\. Leave out --compress-pages"):
            asked(url, compress_pages=True)
    engine = create_engine(normalise(url))
    assert inspect(engine).get_table_names() == []
    engine.dispose()


def test_there_is_a_way_back_to_whole_pages_and_one_to_compressed_ones_again(server):
    url = server.new_database()
    upgrade(url, compress_pages=True)
    (back,) = re.findall(r"`(ALTER TABLE … PAGE_COMPRESSED=0[^`]*)`", OPERATIONS.read_text())
    for table in OURS:
        server.execute(back.replace("…", f"{url.rpartition('/')[2]}.{table}"))
    assert compressed(server, url) == set()
    assert upgrade(url).compressed == 0
    assert upgrade(url, compress_pages=True).compressed == len(OURS)
    assert compressed(server, url) == OURS
