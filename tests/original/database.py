"""A database as the original's last release left it, and what its storage code sends."""

import json
from datetime import UTC, datetime
from decimal import Decimal

from panko.event import Event, Trait, TraitType

NOON = datetime(2020, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)
SECONDS = Decimal("1606046400.123456")

# As the last release of the original made them on MariaDB 10.11, with the trait_int of a database from before Pike.
ORIGINAL = """
CREATE TABLE event_type (id INTEGER NOT NULL AUTO_INCREMENT, `desc` VARCHAR(255), PRIMARY KEY (id), UNIQUE (`desc`));
CREATE TABLE event (id INTEGER NOT NULL AUTO_INCREMENT, message_id VARCHAR(50), `generated` DECIMAL(20, 6), raw TEXT,
    event_type_id INTEGER, PRIMARY KEY (id), UNIQUE (message_id), KEY ix_event_message_id (message_id),
    KEY ix_event_type_id (event_type_id), KEY ix_event_generated (`generated`),
    FOREIGN KEY (event_type_id) REFERENCES event_type (id));
CREATE TABLE trait_text (event_id INTEGER NOT NULL, `key` VARCHAR(255) NOT NULL, value VARCHAR(255),
    PRIMARY KEY (event_id, `key`), KEY ix_trait_text_event_id_key (event_id, `key`),
    FOREIGN KEY (event_id) REFERENCES event (id));
CREATE TABLE trait_int (event_id INTEGER NOT NULL, `key` VARCHAR(255) NOT NULL, value INTEGER,
    PRIMARY KEY (event_id, `key`), KEY ix_trait_int_event_id_key (event_id, `key`),
    FOREIGN KEY (event_id) REFERENCES event (id));
CREATE TABLE trait_float (event_id INTEGER NOT NULL, `key` VARCHAR(255) NOT NULL, value DOUBLE,
    PRIMARY KEY (event_id, `key`), KEY ix_trait_float_event_id_key (event_id, `key`),
    FOREIGN KEY (event_id) REFERENCES event (id));
CREATE TABLE trait_datetime (event_id INTEGER NOT NULL, `key` VARCHAR(255) NOT NULL, value DECIMAL(20, 6),
    PRIMARY KEY (event_id, `key`), KEY ix_trait_datetime_event_id_key (event_id, `key`),
    FOREIGN KEY (event_id) REFERENCES event (id))
"""
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
# How the original deletes.
EXPIRES = (
    "DELETE FROM trait_text WHERE trait_text.event_id IN (7)",
    "DELETE FROM trait_int WHERE trait_int.event_id IN (7)",
    "DELETE FROM trait_float WHERE trait_float.event_id IN (7)",
    "DELETE FROM trait_datetime WHERE trait_datetime.event_id IN (7)",
    "DELETE FROM event WHERE event.id IN (7)",
    (
        "DELETE FROM event_type WHERE NOT (EXISTS (SELECT event.event_type_id FROM event"
        " WHERE event.event_type_id = event_type.id))"
    ),
)


def make(engine):
    with engine.begin() as connection:
        connection.exec_driver_sql(f"ALTER DATABASE {engine.url.database} CHARACTER SET utf8mb3")
    with engine.begin() as connection:
        for statement in (*ORIGINAL.split(";"), *ROWS):
            connection.exec_driver_sql(statement)
