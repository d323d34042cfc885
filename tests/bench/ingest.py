"""How many events a second are stored: over HTTP, against hand-written executemany of one writer, in turns.

The hand-written statements are the same for the original's tables, which are the measure, and for ours. Each side has
a database of its own, which is new and grows alike.
"""

import base64
import dataclasses
import functools
import itertools
import json
import statistics
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import bcrypt

from bench.client import Client
from bench.handwritten import HandWritten
from bench.inserting import (
    add_event_types,
    add_event_types_to_postgresql,
    insert,
    insert_into_postgresql,
    original_tables,
)
from bench.population import Population
from bench.server import BenchMariaDB
from panko.event import TraitType
from panko.literals import format_timestamp
from panko.storage.sql.schema.migrate import upgrade
from servers.database_server import DatabaseServer
from servers.panko_api import PankoApi
from servers.postgresql import PostgreSQL

SECONDS = 2
TURNS = 3  # after one that is not counted: names of traits are learnt in it
ENOUGH = 20_000  # events of a turn, of which single ones are a quarter
ADMIN = {"X-Roles": "admin", "X-User-Id": "admin", "X-Project-Id": "p"}
PASSWORD = "bench-s3cret"
BASIC = {"Authorization": "Basic " + base64.b64encode(f"bench:{PASSWORD}".encode()).decode()}
# By batch size: how many clients write at once, and as whom.
WRITERS = {
    1: ((1, ADMIN), (2, ADMIN), (8, ADMIN), (8, BASIC)),
    100: ((1, ADMIN), (2, ADMIN)),
    1000: ((1, ADMIN), (2, ADMIN)),
}


@dataclasses.dataclass(frozen=True, slots=True)
class Age:
    """When events were generated: in order of time, on `days` days, the last event `ago`."""

    name: str
    ago: timedelta
    days: int

    def batches(self, size: int, prefix: int) -> list[list]:
        """Return new events."""
        count = ENOUGH if size > 1 else ENOUGH // 4
        begin = datetime.now(UTC) - self.ago - timedelta(days=self.days)
        events = iter(Population(count, seed=prefix, prefix=f"i{prefix}", begin=begin, days=self.days))
        return list(iter(lambda: list(itertools.islice(events, size)), []))


PREFIXES = itertools.count()
Sides = dict[str, Callable[[], float]]
Insert = Callable[[list[list]], float]  # batches, and the events a second
ByHand = Callable[[str, list[list]], float]  # into the database of this URL
AGES = (Age("live", timedelta(0), 1), Age("old", timedelta(days=3), 2))


def run(server: BenchMariaDB) -> None:
    """Measure and print."""

    def by_hand(url: str, batches: list[list]) -> float:
        return insert(HandWritten.connect(url), batches, SECONDS)

    _run(server, by_hand, prepare=lambda url: add_event_types(HandWritten.connect(url)))


def run_postgresql() -> None:
    """Measure and print the same with a PostgreSQL that is as durable as in production."""
    server = BenchPostgreSQL()
    try:
        server.start()
        _run(
            server,
            lambda url, batches: insert_into_postgresql(url, batches, SECONDS),
            prepare=add_event_types_to_postgresql,
        )
    finally:
        server.remove()


class BenchPostgreSQL(PostgreSQL):
    """A server whose cache holds all events."""

    settings: Mapping[str, str] = {"shared_buffers": "1GB", "max_wal_size": "4GB", "max_connections": "50"}


def _run(server: DatabaseServer, insert_by_hand: ByHand, *, prepare: Callable[[str], None]) -> None:
    urls = original, by_hand, over_http = [server.new_database() for _ in range(3)]
    original_tables(original)
    upgrade(by_hand)
    upgrade(over_http)
    prepare(original)
    prepare(by_hand)
    hands = {
        name: functools.partial(insert_by_hand, url) for name, url in (("the original's", original), ("ours", by_hand))
    }
    apis = {strategy: _api(over_http, strategy) for strategy in ("noauth", "keystone")}
    try:
        for api in apis.values():
            api.start()
        ports = {strategy: api.port for strategy, api in apis.items()}
        for age in AGES:
            for batch, who in WRITERS.items():
                _print(age, batch, _sides(age, batch, who, hands=hands, ports=ports))
    finally:
        for api in apis.values():
            api.remove()
        for url in urls:
            server.execute(f"DROP DATABASE {url.rpartition('/')[2]}")


def _sides(age: Age, batch: int, who, *, hands: Mapping[str, Insert], ports: Mapping[str, int]) -> Sides:
    """Return what is measured, by its name: each call stores new events and returns how many a second."""

    def hand(insert_by_hand: Insert) -> Callable[[], float]:
        return lambda: insert_by_hand(age.batches(batch, next(PREFIXES)))

    def http(clients: int, headers: dict[str, str]) -> Callable[[], float]:
        port = ports["keystone" if headers is BASIC else "noauth"]
        return lambda: _over_http(port, age.batches(batch, next(PREFIXES)), clients, headers)

    return {name: hand(insert_by_hand) for name, insert_by_hand in hands.items()} | {
        f"{clients} clients{' with Basic' if headers is BASIC else ''}": http(clients, headers)
        for clients, headers in who
    }


def _print(age: Age, batch: int, sides: Sides) -> None:
    """Measure all sides in turns, so that what slows the machine slows all of them; print medians of ratios."""
    taken: dict[str, list[float]] = {name: [] for name in sides}
    for turn in range(1 + TURNS):
        for name, measure in sides.items():
            rate = measure()
            if turn:
                taken[name].append(rate)
    original, ours, *http = taken
    print(f"{age.name} events, batch {batch}: by hand, {original} tables {_median(taken[original])} events/s;", end=" ")
    print(f"ours {_median(taken[ours])} ({_ratio(taken, ours, original)}x); HTTP against the original's and ours:")
    for name in http:
        ratios = f"{_ratio(taken, name, original)}x {_ratio(taken, name, ours)}x"
        print(f"  {name:22} {_median(taken[name]):>6} events/s {ratios}", flush=True)


def _median(figures: list[float]) -> str:
    return f"{statistics.median(figures):.0f}"


def _ratio(taken: dict[str, list[float]], one: str, other: str) -> str:
    return f"{statistics.median(a / b for a, b in zip(taken[one], taken[other], strict=True)):.2f}"


def _api(url: str, strategy: str) -> PankoApi:
    api = PankoApi(None)
    accounts = Path(api.folder) / "htpasswd"
    accounts.write_text(f"bench:{bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(10)).decode()}\n")
    config = Path(api.folder) / "panko.conf"
    config.write_text(
        f"[api]\nauth_strategy = {strategy}\nhost = 127.0.0.1\nworkers = 2\nhtpasswd_file = {accounts}\n"
        f"[keystone_authtoken]\nauth_type = none\nwww_authenticate_uri = http://127.0.0.1:1\n"
        f"[database]\nconnection = {url}\n"
    )
    api._arguments += ["--config-file", str(config)]
    return api


def _over_http(port: int, batches: list[list], clients: int, headers: dict[str, str]) -> float:
    size = len(batches[0])
    waiting = iter([json.dumps([wire(event) for event in batch]).encode() for batch in batches])
    lock, end, sent = threading.Lock(), [0.0], []

    def client() -> None:
        connection = Client(port)
        while time.perf_counter() < end[0]:
            with lock:
                body = next(waiting, None)
            if body is None:
                return
            connection.post("/v2/events", body, headers)
            sent.append(time.perf_counter())

    for _ in range(4):  # both workers have a connection to the database then, and know the names of traits
        Client(port).post("/v2/events", next(waiting), headers)
    begin = time.perf_counter()
    end[0] = begin + SECONDS
    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(sent) * size / (max(sent) - begin)


def wire(event) -> dict:
    return {
        "message_id": event.message_id,
        "event_type": event.event_type,
        "generated": format_timestamp(event.generated),
        "traits": [
            [
                trait.name,
                int(trait.type),
                format_timestamp(trait.value) if trait.type is TraitType.DATETIME else trait.value,
            ]
            for trait in event.traits
        ],
        "raw": event.raw,
    }
