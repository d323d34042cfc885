"""A small database of the original on MariaDB, and the statements that its storage code sends."""

import json
from datetime import UTC, datetime
from decimal import Decimal

from original import dump
from panko.event import Event, Trait, TraitType

NOON = datetime(2020, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)
SECONDS = Decimal("1606046400.123456")

RAW = json.dumps({"snow": "☃"}).replace("\\", "\\\\")  # SQL takes a backslash away
ROWS = (
    "INSERT INTO event_type (id, `desc`) VALUES (3, 'compute.instance.create.end')",
    f"INSERT INTO event VALUES (7, 'abc', {SECONDS}, '{RAW}', 3), (8, 'def', {SECONDS}, NULL, 3)",
    "INSERT INTO trait_text VALUES (7, 'project_id', 'p1'), (7, 'user_id', 'u1'), (7, 'name', 'Ünïcode')",
    "INSERT INTO trait_int VALUES (7, 'memory_mb', 512)",
    "INSERT INTO trait_float VALUES (7, 'elapsed', 0.1)",
    f"INSERT INTO trait_datetime VALUES (7, 'launched_at', {SECONDS})",
)
ADOPTED = Event(
    "abc",
    "compute.instance.create.end",
    NOON,
    (
        Trait("elapsed", TraitType.FLOAT, 0.1),
        Trait("launched_at", TraitType.DATETIME, NOON),
        Trait("memory_mb", TraitType.INTEGER, 512),
        Trait("name", TraitType.TEXT, "Ünïcode"),
        Trait("project_id", TraitType.TEXT, "p1"),
        Trait("user_id", TraitType.TEXT, "u1"),
    ),
    {"snow": "☃"},
)

# What the original sends for one event.
WRITES = (
    "SAVEPOINT sa_savepoint_1",
    (
        "SELECT event_type.id AS event_type_id, event_type.`desc` AS event_type_desc FROM event_type"
        " WHERE event_type.`desc` = 'volume.create.end' LIMIT 1"
    ),
    "INSERT INTO event_type (`desc`) VALUES ('volume.create.end')",
    (
        "INSERT INTO event (message_id, `generated`, raw, event_type_id)"
        f" VALUES ('old', {SECONDS}, '{{}}', (SELECT id FROM event_type WHERE `desc` = 'volume.create.end'))"
    ),
    (
        "INSERT INTO trait_text (event_id, `key`, value) VALUES (LAST_INSERT_ID(), 'project_id', 'p1'),"
        " (LAST_INSERT_ID(), 'user_id', 'u1')"
    ),
    "INSERT INTO trait_int (event_id, `key`, value) SELECT id, 'size', 5 FROM event WHERE message_id = 'old'",
    "RELEASE SAVEPOINT sa_savepoint_1",
)
WRITTEN = Event(
    "old",
    "volume.create.end",
    NOON,
    (
        Trait("project_id", TraitType.TEXT, "p1"),
        Trait("size", TraitType.INTEGER, 5),
        Trait("user_id", TraitType.TEXT, "u1"),
    ),
)


def expires(event_ids):
    """Return the statements by which the original deletes events, and then event types that have none."""
    of = f"IN ({', '.join(map(str, event_ids))})"
    tables = ("trait_text", "trait_int", "trait_float", "trait_datetime")
    return (
        *(f"DELETE FROM {table} WHERE {table}.event_id {of}" for table in tables),
        f"DELETE FROM event WHERE event.id {of}",
        (
            "DELETE FROM event_type WHERE NOT (EXISTS (SELECT event.event_type_id FROM event"
            " WHERE event.event_type_id = event_type.id))"
        ),
    )


def make(engine):
    dump.load(engine.url, dump.BEFORE_QUEENS.tables())
    with engine.begin() as connection:
        for statement in ROWS:
            connection.exec_driver_sql(statement)
