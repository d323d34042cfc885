"""What a client costs that sends a stored event again: itself, and those who write beside it in the same process."""

import itertools
import statistics
import threading
import time
from datetime import UTC, datetime

from bench.population import Population
from panko.storage.sql import ConnectionSettings, connect
from panko.storage.sql.schema.migrate import upgrade

WRITERS, SECONDS, ROUNDS = 8, 3, 3
RESENT_A_SECOND = 10


def run(url: str) -> None:
    """Measure and print. The database is empty, and is left as it is."""
    upgrade(url)
    store = connect(url, ConnectionSettings(pool_size=WRITERS + 1))
    events = iter(Population(200_000, seed=5, prefix="again", begin=datetime.now(UTC), days=1))
    lock = threading.Lock()

    def new() -> list:
        with lock:
            return [next(events)]

    try:
        known = new()
        store.record_events(known)
        alone, beside = [], []
        for _ in range(ROUNDS):
            alone.append(_rate(store, new, None))
            beside.append(_rate(store, new, known))
        one, again = _seconds(lambda: store.record_events(new())), _seconds(lambda: store.record_events(known))
        quiet, busy = statistics.median(alone), statistics.median(beside)
        print(
            f"{WRITERS} writers: {quiet:.0f} events/s; beside one who sends a stored event {RESENT_A_SECOND} times a",
            end="",
        )
        print(f" second {busy:.0f} ({busy / quiet:.2f}x); a stored event costs {again / one:.1f} new ones", flush=True)
    finally:
        store.dispose()


def _rate(store, new, known) -> float:
    end, counts = time.perf_counter() + SECONDS, itertools.count()

    def write() -> None:
        while time.perf_counter() < end:
            store.record_events(new())
            next(counts)

    def send_again() -> None:
        while time.perf_counter() < end:
            store.record_events(known)
            time.sleep(1 / RESENT_A_SECOND)

    threads = [threading.Thread(target=write) for _ in range(WRITERS)]
    if known is not None:
        threads.append(threading.Thread(target=send_again))
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return next(counts) / (time.perf_counter() - begin)


def _seconds(do, times: int = 50) -> float:
    taken = []
    for _ in range(times):
        begin = time.perf_counter()
        do()
        taken.append(time.perf_counter() - begin)
    return statistics.median(taken)
