"""The inserts that a person would write by hand: executemany, into the original's tables and into ours alike."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import psycopg

from bench.handwritten import HandWritten
from bench.population import EVENT_TYPES
from original.dump import Dump, load
from panko.event import Event, TraitType
from panko.storage.sql.rows.encode import raw_text
from panko.storage.sql.writing.trait_names import EPOCH

TABLES = {
    TraitType.TEXT: "trait_text",
    TraitType.INTEGER: "trait_int",
    TraitType.FLOAT: "trait_float",
    TraitType.DATETIME: "trait_datetime",
}
ENDLESS = float("inf")

Events = Sequence[tuple[str, Any, str | None, str]]  # message_id, generated, raw, event_type
Traits = Mapping[str, Sequence[tuple[int, str, Any]]]  # by table: the place of the event, key, value


def original_tables(url: str) -> None:
    """Make the tables of the original's last release in an empty database."""
    if url.startswith("postgresql"):
        load(url, Dump("10.0.0", "postgresql").sql())
        with psycopg.connect(url) as connection:
            connection.execute("TRUNCATE event_type, event CASCADE")
    else:
        load(url, Dump("10.0.0", "mariadb").tables())


def add_event_types(hand: HandWritten) -> None:
    """Store the types of all events of the benchmark."""
    with hand.connection.cursor() as cursor:
        cursor.executemany("INSERT INTO event_type (`desc`) VALUES (%s)", [(name,) for name in EVENT_TYPES])
    hand.connection.commit()


def add_event_types_to_postgresql(url: str) -> None:
    """Do the same in PostgreSQL."""
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.executemany('INSERT INTO event_type ("desc") VALUES (%s)', [(name,) for name in EVENT_TYPES])


def insert(hand: HandWritten, batches: Sequence[Sequence[Event]], seconds: float = ENDLESS) -> float:
    """Insert each batch in a transaction of its own, for some time, and return the events a second.

    One executemany for the events, one for each kind of traits.
    """
    hand.connection.autocommit(False)
    types = dict(hand.rows("SELECT `desc`, id FROM event_type"))

    def store(events: Events, traits: Traits) -> None:
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

    return _timed(store, [_rows(batch, _seconds) for batch in batches], seconds)


def insert_into_postgresql(url: str, batches: Sequence[Sequence[Event]], seconds: float = ENDLESS) -> float:
    """Do the same in PostgreSQL, where psycopg sends what executemany is given without waiting for each answer."""
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        types = dict(cursor.execute('SELECT "desc", id FROM event_type').fetchall())
        connection.commit()

        def store(events: Events, traits: Traits) -> None:
            cursor.executemany(
                "INSERT INTO event (message_id, generated, raw, event_type_id) VALUES (%s, %s, %s, %s) RETURNING id",
                [(id_, at, raw, types[name]) for id_, at, raw, name in events],
                returning=True,
            )
            ids = [row[0] for result in cursor.results() for row in result.fetchall()]
            for table, values in traits.items():
                cursor.executemany(
                    f"INSERT INTO {table} (event_id, key, value) VALUES (%s, %s, %s)",
                    [(ids[number], name, value) for number, name, value in values],
                )
            connection.commit()

        return _timed(store, [_rows(batch, _naive) for batch in batches], seconds)


def _timed(store: Callable[[Events, Traits], None], rows: Sequence[tuple[Events, Traits]], seconds: float) -> float:
    begin, stored = time.perf_counter(), 0
    for events, traits in rows:
        store(events, traits)
        stored += len(events)
        if time.perf_counter() - begin > seconds:
            break
    return stored / (time.perf_counter() - begin)


def _rows(batch: Sequence[Event], instant: Callable[[Any], Any]) -> tuple[Events, Traits]:
    events = [(e.message_id, instant(e.generated), raw_text(e.raw), e.event_type) for e in batch]
    traits: dict[str, list] = {table: [] for table in TABLES.values()}
    for number, event in enumerate(batch):
        for trait in event.traits:
            value = instant(trait.value) if trait.type is TraitType.DATETIME else trait.value
            traits[TABLES[trait.type]].append((number, trait.name, value))
    return events, {table: rows for table, rows in traits.items() if rows}


def _seconds(at) -> str:
    return f"{(at - EPOCH).total_seconds():.6f}"


def _naive(at):
    return at.replace(tzinfo=None)


def remove_after(hand: HandWritten, last: int) -> None:
    """Remove what was stored after an id."""
    hand.connection.autocommit(True)
    for table in (*TABLES.values(), "event"):
        column = "id" if table == "event" else "event_id"
        while hand.rows(f"SELECT 1 FROM {table} WHERE {column} > {last} LIMIT 1"):
            with hand.connection.cursor() as cursor:
                cursor.execute(f"DELETE FROM {table} WHERE {column} > {last} ORDER BY {column} LIMIT 20000")
