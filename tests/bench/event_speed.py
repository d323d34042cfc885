"""Print how fast the event API is: HTTP through two workers against hand-written SQL, on the same rows, in one run.

`PYTHONPATH=tests .venv/bin/python -m bench.event_speed --events 100000`. Figures, never a verdict. The events are made
once, and kept in ~/.cache/panko/bench (about 3 GB for a million).
"""

import argparse
import sys
from collections.abc import Callable

from bench import (
    archiving,
    collecting,
    compressing,
    counting,
    expiry,
    growth,
    hostile,
    ingest,
    paging,
    publishing,
    reads,
    resending,
    searching,
    server,
    sizes,
    victorialogs,
)
from bench.handwritten import HandWritten
from servers.panko_api import PankoApi, peak_mebibytes

SMALL = 100_000


def main() -> int:
    """Measure and print."""
    options = _parse()
    database = server.filled(options.events)
    api = PankoApi(server.configuration(database.events_url))
    try:
        api.start()
        for part in options.only or RUN:
            (RUN | BESIDE)[part](options, database, api)
    finally:
        api.remove()
        database.stop()
    return 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Print figures of the event API's speed.")
    parser.add_argument("--events", type=int, default=100_000, help="how many events are stored")
    parser.add_argument("--rounds", type=int, default=100, help="how often each read is measured")
    parser.add_argument("--match", default="", help="measure only reads whose name holds this")
    parser.add_argument("--only", action="append", choices=[*RUN, *BESIDE], help="measure only this part")
    return parser.parse_args()


def _reads(options: argparse.Namespace, database: server.BenchMariaDB, api: PankoApi) -> None:
    hand = HandWritten.connect(database.events_url)
    print(f"{'milliseconds':28} {'HTTP p50':>9} {'p99':>8} {'SQL p50':>9} {'p99':>8} {'p50':>7} {'p99':>7}")
    for work in reads.works(hand, options.events):
        if options.match not in work.name:
            continue
        http, sql = reads.measure(work, api.port, hand, rounds=options.rounds)
        print(
            f"{work.name:28} {http.p50:9.2f} {http.p99:8.2f} {sql.p50:9.2f} {sql.p99:8.2f}"
            f" {http.p50 / sql.p50:6.2f}x {http.p99 / sql.p99:6.2f}x",
            flush=True,
        )
    if not options.match:
        over_http, by_hand = reads.pages_per_second(api.port, database.events_url, seconds=5)
        print(f"default pages a second: HTTP, two clients {over_http:.0f}; SQL, one {by_hand:.0f}")
        for worker in api.workers():
            print(f"memory of a worker: {peak_mebibytes(worker):.0f} MiB")


def _counts(options: argparse.Namespace, database: server.BenchMariaDB, api: PankoApi) -> None:
    counting.run(database.events_url, api.port, rounds=options.rounds)


def _growth(options: argparse.Namespace, database: server.BenchMariaDB, api: PankoApi) -> None:
    if options.events > SMALL:
        growth.run(database, api, events=options.events, small_events=SMALL, rounds=options.rounds)


def _ingest(_options: argparse.Namespace, database: server.BenchMariaDB, _api: PankoApi) -> None:
    ingest.run(database)


def _postgresql(_options: argparse.Namespace, _database: server.BenchMariaDB, _api: PankoApi) -> None:
    ingest.run_postgresql()


def _expiry(options: argparse.Namespace, database: server.BenchMariaDB, api: PankoApi) -> None:
    expiry.run(database.events_url, api.port)


def _archive(_options: argparse.Namespace, database: server.BenchMariaDB, _api: PankoApi) -> None:
    archiving.run(database.events_url)


def _sizes(_options: argparse.Namespace, database: server.BenchMariaDB, _api: PankoApi) -> None:
    sizes.run(database)


def _compressed(_options: argparse.Namespace, database: server.BenchMariaDB, _api: PankoApi) -> None:
    compressing.run(database)


def _resending(_options: argparse.Namespace, database: server.BenchMariaDB, _api: PankoApi) -> None:
    _in_empty_database(database, resending.run)


def _hostile(_options: argparse.Namespace, database: server.BenchMariaDB, _api: PankoApi) -> None:
    _in_empty_database(database, hostile.run)


def _publishing(_options: argparse.Namespace, database: server.BenchMariaDB, _api: PankoApi) -> None:
    _in_empty_database(database, publishing.run)


def _collector(_options: argparse.Namespace, database: server.BenchMariaDB, _api: PankoApi) -> None:
    _in_empty_database(database, collecting.run)


def _searching(_options: argparse.Namespace, database: server.BenchMariaDB, _api: PankoApi) -> None:
    searching.run(database)


def _paging(options: argparse.Namespace, database: server.BenchMariaDB, _api: PankoApi) -> None:
    paging.run(database.events_url, rounds=options.rounds)


def _victorialogs(options: argparse.Namespace, database: server.BenchMariaDB, api: PankoApi) -> None:
    counting.settle(database.events_url)
    victorialogs.run(api.port, events=options.events, rounds=options.rounds)


def _in_empty_database(database: server.BenchMariaDB, run: Callable[[str], None]) -> None:
    url = database.new_database()
    try:
        run(url)
    finally:
        database.execute(f"DROP DATABASE {url.rpartition('/')[2]}")


RUN = {
    "reads": _reads,
    "counts": _counts,
    "growth": _growth,
    "ingest": _ingest,
    "postgresql": _postgresql,
    "expiry": _expiry,
    "archive": _archive,
    "sizes": _sizes,
    "compressed": _compressed,
    "resending": _resending,
    "hostile": _hostile,
    "publishing": _publishing,
    "collector": _collector,
    "searching": _searching,
    "paging": _paging,
}
BESIDE = {"victorialogs": _victorialogs}  # only when it is asked for: another program is built and filled for it


if __name__ == "__main__":
    sys.exit(main())
