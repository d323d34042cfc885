"""How the original's storage code writes an event: the statements that its SQLAlchemy sends, one by one.

Seen on panko 10.0.0. Ceilometer's own `event_dispatchers = database` (until Newton) wrote the same tables by the same
statements, but knew no savepoints.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError

EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - the original knew naive times only
TABLES = {0: "trait_text", 1: "trait_text", 2: "trait_int", 3: "trait_float", 4: "trait_datetime"}


@dataclass(frozen=True, slots=True)
class Writer:
    """An old writer."""

    name: str
    savepoints: bool

    def __str__(self) -> str:
        return self.name

    def record(self, engine: Engine, event: Mapping[str, Any]) -> bool:
        """Write one event in a transaction; return False when it is there already, as the original found out."""
        try:
            with engine.begin() as connection:
                _write(Session(connection, savepoints=self.savepoints), event)
        except IntegrityError:
            return False
        return True


WRITERS = (Writer("ceilometer-newton", savepoints=False), Writer("panko-10.0.0", savepoints=True))


class Session:
    """Sends statements in the spelling of a database: their names in quotes, and their values by name."""

    def __init__(self, connection: Connection, *, savepoints: bool) -> None:
        self._connection = connection
        self.savepoints = savepoints
        self.kind = connection.dialect.name
        if self.kind == "mysql":
            self.send("SET NAMES utf8")
            self.send("SET SESSION sql_mode = 'TRADITIONAL'")
        if self.kind == "sqlite":
            self.send("BEGIN")

    def send(self, statement: str, *values: Mapping[str, Any]) -> Any:
        quoted = statement.replace('"', "`") if self.kind == "mysql" else statement
        if self.kind == "sqlite":
            quoted = quoted.replace("%(", ":").replace(")s", "")
        return self._connection.exec_driver_sql(quoted, list(values) if len(values) > 1 else dict(*values) or None)

    def insert(self, table: str, row: Mapping[str, Any]) -> int:
        """Insert a row and return its id."""
        returning = f" RETURNING {table}.id" if self.kind == "postgresql" else ""
        done = self.send(_insert(table, row) + returning, row)
        return done.scalar_one() if returning else done.lastrowid

    def time(self, moment: datetime | None) -> Any:
        if moment is None:
            return None
        if self.kind == "mysql":
            passed = moment - EPOCH
            return Decimal(passed.days * 86400 + passed.seconds) + Decimal(passed.microseconds).scaleb(-6)
        return moment if self.kind == "postgresql" else moment.isoformat(sep=" ", timespec="microseconds")


def _write(session: Session, event: Mapping[str, Any]) -> None:
    raw = event["raw"]
    row = {
        "message_id": event["message_id"],
        "generated": session.time(event["generated"]),
        "raw": None if raw is None else json.dumps(raw),
        "event_type_id": _event_type(session, event["event_type"]),
    }
    event_id = session.insert("event", row)
    by_type = defaultdict(list)
    for name, dtype, value in event["traits"] or ():
        written = session.time(value) if dtype == 4 else value
        by_type[dtype].append({"event_id": event_id, "key": name, "value": written})
    for dtype, rows in by_type.items():
        session.send(_insert(TABLES[dtype], rows[0]), *rows)


def _event_type(session: Session, name: str) -> int:
    if session.savepoints:
        session.send("SAVEPOINT sa_savepoint_1")
    found = session.send(
        'SELECT event_type.id AS event_type_id, event_type."desc" AS event_type_desc FROM event_type'
        ' WHERE event_type."desc" = %(desc_1)s LIMIT %(param_1)s',
        {"desc_1": name, "param_1": 1},
    ).first()
    type_id = found[0] if found else session.insert("event_type", {"desc": name})
    if session.savepoints:
        session.send("RELEASE SAVEPOINT sa_savepoint_1")
    return type_id


def _insert(table: str, row: Mapping[str, Any]) -> str:
    columns = ", ".join(f'"{column}"' for column in row)
    return f"INSERT INTO {table} ({columns}) VALUES ({', '.join(f'%({column})s' for column in row)})"
