"""How many bytes the same events are in the original's tables and in ours, by table and index, each in a new database.

Counted are the pages of each index as InnoDB counts them after ANALYZE TABLE, the primary key being the table itself:
first as they grew, in batches of a hundred and in the order of time, and again after OPTIMIZE TABLE. Between the two
the files are looked at, once everything is in them: how large they are, and how much of that is on the disk, which is
less where the database compresses pages.
"""

import functools
import itertools
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from bench.handwritten import HandWritten
from bench.inserting import add_event_types, insert, original_tables
from bench.population import Population
from bench.server import TABLES, BenchMariaDB
from event_model.stores import opened
from panko.storage.sql.schema.migrate import upgrade

EVENTS = 50_000
BATCH = 100
PAGE_BYTES = 16 * 1024
Sizes = dict[tuple[str, str], float]  # bytes an event by table and index


class Files(NamedTuple):
    """Bytes an event of all files of a database, and those of them that the file system keeps."""

    size: float
    allocated: float


def run(server: BenchMariaDB) -> None:
    """Measure and print."""
    grown: dict[str, Sizes] = {}
    rebuilt: dict[str, Sizes] = {}
    files: dict[str, Files] = {}
    for name, fill in SIDES.items():
        url = server.new_database()
        fill(url)
        grown[name] = _sizes(server, url, "ANALYZE")
        files[name] = _files(server, url)
        rebuilt[name] = _sizes(server, url, "OPTIMIZE")
        server.execute(f"DROP DATABASE {url.rpartition('/')[2]}")
    print(f"bytes of each of {EVENTS} events, in batches of {BATCH}; in brackets after OPTIMIZE TABLE")
    for name, sizes in grown.items():
        for (table, index), size in sorted(sizes.items()):
            print(f"  {name:12} {table:16} {index:48} {size:6.0f} ({rebuilt[name][table, index]:5.0f})")
    print(f"  pages: {_ratios({name: sum(sizes.values()) for name, sizes in grown.items()})}")
    print(f"  pages after OPTIMIZE TABLE: {_ratios({name: sum(sizes.values()) for name, sizes in rebuilt.items()})}")
    print(f"  files: {_ratios({name: of_one.size for name, of_one in files.items()})}")
    print(f"  files on the disk: {_ratios({name: of_one.allocated for name, of_one in files.items()})}", flush=True)


def _ratios(sizes: dict[str, float]) -> str:
    original = next(iter(sizes.values()))
    return ", ".join(f"{name} {size:.0f} ({size / original:.2f}x)" for name, size in sizes.items())


def _batches() -> list[list]:
    events = iter(Population(EVENTS))
    return list(iter(lambda: list(itertools.islice(events, BATCH)), []))


def _fill_original(url: str) -> None:
    original_tables(url)
    hand = HandWritten.connect(url)
    add_event_types(hand)
    insert(hand, _batches())


def fill_ours(url: str, *, compress_pages: bool = False) -> None:
    upgrade(url, compress_pages=compress_pages)
    with opened(url) as store:
        for batch in _batches():
            store.record_events(batch)


SIDES: Final[Mapping[str, Callable[[str], None]]] = {
    "the original": _fill_original,
    "ours": fill_ours,
    "compressed": functools.partial(fill_ours, compress_pages=True),
}


def _files(server: BenchMariaDB, url: str) -> Files:
    """Look at the files once every page is in them, as a flush for an export sees to."""
    database = url.rpartition("/")[2]
    for (table,) in server.execute(f"SHOW TABLES IN {database}"):
        server.execute(f"FLUSH TABLES {database}.{table} FOR EXPORT")
    ((size, allocated),) = server.execute(
        "SELECT SUM(file_size), SUM(allocated_size) FROM information_schema.innodb_sys_tablespaces"
        f" WHERE name LIKE '{database}/%'"
    )
    return Files(float(size) / EVENTS, float(allocated) / EVENTS)


def _sizes(server: BenchMariaDB, url: str, verb: str) -> Sizes:
    database = url.rpartition("/")[2]
    known = {name for (name,) in server.execute(f"SHOW TABLES IN {database}")}
    tables = ", ".join(f"{database}.{table}" for table in TABLES if table in known)
    server.execute(f"{verb} TABLE {tables}")
    if verb != "ANALYZE":
        server.execute(f"ANALYZE TABLE {tables}")
    return {
        (table, index): pages * PAGE_BYTES / EVENTS
        for table, index, pages in server.execute(
            "SELECT table_name, index_name, stat_value FROM mysql.innodb_index_stats"
            f" WHERE database_name = '{database}' AND stat_name = 'size' AND table_name <> 'alembic_version'"
        )
    }
