"""What compressed pages cost: storing events, and reading those whose pages are not in memory, beside plain ones.

Both are done in turns in one run. For reading the buffer pool gets so small that no table stays in it; what the
operating system keeps of the files stays there, so it is the work of unpacking that is measured, not the disk.
"""

import statistics
import time

from bench import sizes
from bench.server import BenchMariaDB

TURNS = 3
ROUNDS = 7
SMALL_POOL_BYTES = 16 * 1024 * 1024
PAGES = {False: "plain", True: "compressed"}
READS = {
    "texts": "SELECT SUM(LENGTH(value)) FROM {}.trait_text FORCE INDEX (PRIMARY)",
    "events": "SELECT SUM(LENGTH(packed)) FROM {}.event FORCE INDEX (PRIMARY)",
}


def run(server: BenchMariaDB) -> None:
    """Measure and print."""
    stored: dict[bool, list[float]] = {asked: [] for asked in PAGES}
    databases: dict[bool, str] = {}
    for _ in range(TURNS):
        for asked in PAGES:
            if asked in databases:
                server.execute(f"DROP DATABASE {databases[asked]}")
            url = server.new_database()
            databases[asked] = url.rpartition("/")[2]
            began = time.perf_counter()
            sizes.fill_ours(url, compress_pages=asked)
            stored[asked].append(sizes.EVENTS / (time.perf_counter() - began))
    _tell(f"events stored a second, lists of {sizes.BATCH}", stored)
    (pool,) = server.execute("SELECT @@innodb_buffer_pool_size")
    server.execute(f"SET GLOBAL innodb_buffer_pool_size = {SMALL_POOL_BYTES}")
    for what, read in _reads(server, databases).items():
        _tell(f"ms to read all {what} of {sizes.EVENTS} events from outside of the pool", read)
    server.execute(f"SET GLOBAL innodb_buffer_pool_size = {pool[0]}")
    for name in databases.values():
        server.execute(f"DROP DATABASE {name}")


def _reads(server: BenchMariaDB, databases: dict[bool, str]) -> dict[str, dict[bool, list[float]]]:
    read: dict[str, dict[bool, list[float]]] = {what: {asked: [] for asked in PAGES} for what in READS}
    for _ in range(ROUNDS):
        for asked, name in databases.items():
            for what, statement in READS.items():
                began = time.perf_counter()
                server.execute(statement.format(name))
                read[what][asked].append((time.perf_counter() - began) * 1e3)
    return read


def _tell(what: str, of: dict[bool, list[float]]) -> None:
    plain, compressed = (statistics.median(of[asked]) for asked in PAGES)
    print(f"{what}: plain {plain:.0f}, compressed {compressed:.0f} ({compressed / plain:.2f}x)", flush=True)
