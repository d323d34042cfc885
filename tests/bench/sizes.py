"""How many bytes the same events are in the original's tables and in ours, by table and index, each in a new database.

Counted are the pages of each index as InnoDB counts them after ANALYZE TABLE, the primary key being the table itself:
first as they grew, in batches of a hundred and in the order of time, and again after OPTIMIZE TABLE.
"""

import itertools

from bench.handwritten import HandWritten
from bench.inserting import add_event_types, insert, original_tables
from bench.population import Population
from bench.server import TABLES, BenchMariaDB
from panko.storage.sql import ConnectionSettings, connect
from panko.storage.sql.schema.migrate import upgrade

EVENTS = 50_000
BATCH = 100
PAGE_BYTES = 16 * 1024
Sizes = dict[tuple[str, str], float]  # bytes an event by table and index


def run(server: BenchMariaDB) -> None:
    """Measure and print."""
    grown: dict[str, Sizes] = {}
    rebuilt: dict[str, Sizes] = {}
    for name, fill in (("the original", _fill_original), ("ours", _fill_ours)):
        url = server.new_database()
        fill(url)
        grown[name] = _sizes(server, url, "ANALYZE")
        rebuilt[name] = _sizes(server, url, "OPTIMIZE")
        server.execute(f"DROP DATABASE {url.rpartition('/')[2]}")
    print(f"bytes of each of {EVENTS} events, in batches of {BATCH}; in brackets after OPTIMIZE TABLE")
    for name, sizes in grown.items():
        for (table, index), size in sorted(sizes.items()):
            print(f"  {name:12} {table:16} {index:48} {size:6.0f} ({rebuilt[name][table, index]:5.0f})")
    print(f"  {_ratio(grown)}; after OPTIMIZE TABLE {_ratio(rebuilt)}", flush=True)


def _ratio(sizes: dict[str, Sizes]) -> str:
    original, ours = (sum(of_one.values()) for of_one in sizes.values())
    return f"the original {original:.0f}, ours {ours:.0f} ({ours / original:.2f}x)"


def _batches() -> list[list]:
    events = iter(Population(EVENTS))
    return list(iter(lambda: list(itertools.islice(events, BATCH)), []))


def _fill_original(url: str) -> None:
    original_tables(url)
    hand = HandWritten.connect(url)
    add_event_types(hand)
    insert(hand, _batches())


def _fill_ours(url: str) -> None:
    upgrade(url)
    store = connect(url, ConnectionSettings())
    try:
        for batch in _batches():
            store.record_events(batch)
    finally:
        store.dispose()


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
