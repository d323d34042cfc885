"""What writers notice of searches at their budget: their p99 while nobody searches, and while everybody does.

The searches fit no index and are of everything, so each takes `[api] search_seconds` and is broken off; there are more
searchers than there are places, and who finds none comes again at once. Idle and busy take turns in one run.
"""

import contextlib
import http.client
import itertools
import json
import statistics
import threading
import time
import urllib.parse
from collections.abc import Iterator

from bench.client import Client, Figures
from bench.ingest import ADMIN, wire
from bench.population import Population
from bench.server import DATABASE, BenchMariaDB, configuration
from servers.panko_api import PankoApi

TURNS, SECONDS, WARMING_SECONDS = 4, 10, 3
WRITERS, BATCH, EVERY_SECONDS = 2, 10, 0.05
SEARCHERS = 16
BUDGET_SECONDS = 1.0
# Each looks at event after event: nothing of it leads along an index, and nothing is found.
FILTERS = ("-has:service", "-host:compute* -state:*", "-instance_id:0*")
PREFIXES = itertools.count(1)


def run(server: BenchMariaDB) -> None:
    """Measure and print."""
    newest = server.execute(f"SELECT MAX(id) FROM {DATABASE}.event")[0][0]
    api = PankoApi(
        configuration(server.events_url).replace("[database]", f"search_seconds = {BUDGET_SECONDS}\n[database]")
    )
    try:
        api.start()
        _write(api.port, WARMING_SECONDS)
        idle, busy, counts = [], [], Counts()
        for _ in range(TURNS):
            idle.append(_write(api.port, SECONDS))
            with _searching(api.port, counts):
                busy.append(_write(api.port, SECONDS))
    finally:
        api.remove()
        _forget(server, newest)
    _print(idle, busy, counts)


def _forget(server: BenchMariaDB, newest: int) -> None:
    """Leave the events as they were, for others who measure with them."""
    for kind in ("text", "int", "float", "datetime"):
        server.execute(f"DELETE FROM {DATABASE}.trait_{kind} WHERE event_id > {newest}")
    server.execute(f"DELETE FROM {DATABASE}.event WHERE id > {newest}")


class Counts:
    """How searches ended."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.broken_off, self.whole, self.refused = 0, 0, 0


def _print(idle: list[Figures], busy: list[Figures], counts: "Counts") -> None:
    print(f"{WRITERS} writers, {BATCH} events each {EVERY_SECONDS * 1000:.0f} ms; {SEARCHERS} searchers")
    print(f"searches: {counts.broken_off} at their budget, {counts.whole} whole, {counts.refused} had no place")
    for name, turns in (("nobody searches", idle), ("everybody searches", busy)):
        p50, p99 = (statistics.median(getattr(one, part) for one in turns) for part in ("p50", "p99"))
        print(f"  {name:20} POST p50 {p50:7.1f} ms, p99 {p99:7.1f} ms")
    ratios = [after.p99 / before.p99 for before, after in zip(idle, busy, strict=True)]
    print(
        f"  p99 while searched to idle: {statistics.median(ratios):.2f}x, in turns {[round(one, 2) for one in ratios]}"
    )


def _write(port: int, seconds: float) -> Figures:
    """Store events at a steady rate, and return how long that took."""
    taken: list[float] = []
    threads = [threading.Thread(target=_writer, args=(port, seconds, taken)) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Figures.of(taken)


def _writer(port: int, seconds: float, taken: list[float]) -> None:
    client, prefix = Client(port), next(PREFIXES)
    batches = int(seconds / EVERY_SECONDS)
    made = Population(batches * BATCH, seed=time.time_ns(), prefix=f"w{prefix}", days=1)
    events = [wire(event) for event in made]
    begin = time.perf_counter()
    for number in range(batches):
        body = json.dumps(events[number * BATCH : (number + 1) * BATCH]).encode()
        time.sleep(max(0.0, begin + number * EVERY_SECONDS - time.perf_counter()))
        started = time.perf_counter()
        client.post("/v2/events", body, ADMIN)
        taken.append(time.perf_counter() - started)


@contextlib.contextmanager
def _searching(port: int, counts: "Counts") -> Iterator[None]:
    ended = threading.Event()
    threads = [threading.Thread(target=_searcher, args=(port, ended, counts, one)) for one in range(SEARCHERS)]
    for thread in threads:
        thread.start()
    time.sleep(BUDGET_SECONDS)
    try:
        yield
    finally:
        ended.set()
        for thread in threads:
            thread.join()


def _searcher(port: int, ended: threading.Event, counts: "Counts", number: int) -> None:
    asked = {"filter": FILTERS[number % len(FILTERS)], "all_projects": "true", "limit": "100"}
    path = f"/v2/search/events?{urllib.parse.urlencode(asked)}"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    while not ended.is_set():
        connection.request("GET", path, headers=ADMIN)
        answer = connection.getresponse()
        body = answer.read()
        with counts.lock:
            if answer.status != http.client.OK:
                counts.refused += 1
            elif json.loads(body)["exact"]:
                counts.whole += 1
            else:
                counts.broken_off += 1
