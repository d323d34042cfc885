"""How many events a second are stored: over HTTP, against hand-written executemany of one writer."""

import base64
import itertools
import json
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import bcrypt

from bench.client import Client
from bench.handwritten import HandWritten
from bench.population import EVENT_TYPES, Population
from bench.server import BenchMariaDB
from original.dump import Dump, load
from panko.event import TraitType
from panko.literals import format_timestamp
from panko.storage.sql.rows.encode import raw_text
from panko.storage.sql.schema.migrate import upgrade
from panko.storage.sql.writing.trait_names import EPOCH
from servers.panko_api import PankoApi

SECONDS = 6
ADMIN = {"X-Roles": "admin", "X-User-Id": "admin", "X-Project-Id": "p"}
PASSWORD = "bench-s3cret"
BASIC = {"Authorization": "Basic " + base64.b64encode(f"bench:{PASSWORD}".encode()).decode()}
# By batch size: how many clients write at once, and as whom.
WRITERS = {
    1: ((1, ADMIN), (2, ADMIN), (8, ADMIN), (8, BASIC)),
    100: ((1, ADMIN), (2, ADMIN)),
    1000: ((1, ADMIN), (2, ADMIN)),
}
TABLES = {
    TraitType.TEXT: "trait_text",
    TraitType.INTEGER: "trait_int",
    TraitType.FLOAT: "trait_float",
    TraitType.DATETIME: "trait_datetime",
}


def run(url: str) -> None:
    """Measure, print, and remove what was stored."""
    hand = HandWritten.connect(url)
    ((last,),) = hand.rows("SELECT MAX(id) FROM event")
    prefixes = itertools.count()
    try:
        for batch, who in WRITERS.items():
            by_hand = _by_hand(HandWritten.connect(url), _batches(batch, next(prefixes)))
            figures = []
            for clients, headers in who:
                rate = _over_http(url, batch, clients, headers, next(prefixes))
                how = " with Basic" if headers is BASIC else ""
                figures.append(f"{clients} clients{how} {rate:.0f} ({rate / by_hand:.2f}x)")
            print(f"ingest, batch {batch}: SQL {by_hand:.0f} events/s; HTTP {'; '.join(figures)}", flush=True)
    finally:
        remove_after(hand, last)


def write_cost(server: BenchMariaDB) -> tuple[float, float]:
    """Return the events a second that the same statements insert into new tables: the original's, and ours."""
    rates = []
    for make in (lambda url: load(url, Dump("10.0.0", "mariadb").tables()), upgrade):
        url = server.new_database()
        make(url)
        hand = HandWritten.connect(url)
        with hand.connection.cursor() as cursor:
            cursor.executemany("INSERT INTO event_type (`desc`) VALUES (%s)", [(name,) for name in EVENT_TYPES])
        hand.connection.commit()
        rates.append(_by_hand(hand, _batches(100, 77)))
        server.execute(f"DROP DATABASE {url.rpartition('/')[2]}")
    return rates[0], rates[1]


def _batches(size: int, prefix: int, *, enough: int = 40_000):
    count = enough if size > 1 else enough // 4
    events = iter(Population(count, seed=prefix, prefix=f"i{prefix}", begin=datetime.now(UTC), days=1))
    return list(iter(lambda: list(itertools.islice(events, size)), []))


def _over_http(url: str, size: int, clients: int, headers: dict[str, str], prefix: int) -> float:
    bodies = [json.dumps([wire(event) for event in batch]).encode() for batch in _batches(size, prefix)]
    strategy = "keystone" if headers is BASIC else "noauth"
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
    api.start()
    waiting = iter(bodies)
    lock, end, sent = threading.Lock(), [0.0], []

    def client() -> None:
        connection = Client(api.port)
        while time.perf_counter() < end[0]:
            with lock:
                body = next(waiting, None)
            if body is None:
                return
            connection.post("/v2/events", body, headers)
            sent.append(time.perf_counter())

    try:
        for _ in range(4):  # both workers have a connection to the database then
            Client(api.port).post("/v2/events", next(waiting), headers)
        begin = time.perf_counter()
        end[0] = begin + SECONDS
        threads = [threading.Thread(target=client) for _ in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return len(sent) * size / (max(sent) - begin)
    finally:
        api.remove()


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


def _by_hand(hand: HandWritten, batches) -> float:
    """Insert each batch in a transaction of its own: one executemany for the events, one for each kind of traits."""
    hand.connection.autocommit(False)
    types = dict(hand.rows("SELECT `desc`, id FROM event_type"))
    rows = [_rows(batch) for batch in batches]
    begin, stored = time.perf_counter(), 0
    for events, traits in rows:
        with hand.connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO event (message_id, `generated`, raw, event_type_id) VALUES (%s, %s, %s, %s)",
                [(id_, at, raw, types[name]) for id_, at, raw, name in events],
            )
            first = cursor.lastrowid  # one statement's ids follow each other, and nobody else writes
            for table, values in traits.items():
                cursor.executemany(
                    f"INSERT INTO {table} (event_id, `key`, value) VALUES (%s, %s, %s)",
                    [(first + number, name, value) for number, name, value in values],
                )
        hand.connection.commit()
        stored += len(events)
        if time.perf_counter() - begin > SECONDS:
            break
    return stored / (time.perf_counter() - begin)


def _rows(batch):
    events = [(e.message_id, _seconds(e.generated), raw_text(e.raw), e.event_type) for e in batch]
    traits = {table: [] for table in TABLES.values()}
    for number, event in enumerate(batch):
        for trait in event.traits:
            value = _seconds(trait.value) if trait.type is TraitType.DATETIME else trait.value
            traits[TABLES[trait.type]].append((number, trait.name, value))
    return events, {table: rows for table, rows in traits.items() if rows}


def _seconds(at) -> str:
    return f"{(at - EPOCH).total_seconds():.6f}"


def remove_after(hand: HandWritten, last: int) -> None:
    hand.connection.autocommit(True)
    for table in (*TABLES.values(), "event"):
        column = "id" if table == "event" else "event_id"
        while hand.rows(f"SELECT 1 FROM {table} WHERE {column} > {last} LIMIT 1"):
            with hand.connection.cursor() as cursor:
                cursor.execute(f"DELETE FROM {table} WHERE {column} > {last} ORDER BY {column} LIMIT 20000")
