"""How the traits of many events come into their tables: one statement for each type, one value that holds all rows.

MySQL and MariaDB take the rows as JSON, which costs less than half of writing each value out, on both sides.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import orjson
from sqlalchemy import Connection, insert

from panko.event import TraitType
from panko.storage.sql.content import Row
from panko.storage.sql.rows import chunks
from panko.storage.sql.tables import TRAITS
from panko.storage.sql.types import seconds_since_epoch

ROWS_PER_STATEMENT = 4000  # of the longest names and values they are 8 MiB: half of max_allowed_packet

# ERROR ON ERROR: what does not fit must never become NULL behind a success.
INSERT = (
    "INSERT INTO {table} (event_id, `key`, value) SELECT * FROM JSON_TABLE(%s, '$[*]' COLUMNS ("
    "a BIGINT PATH '$[0]' ERROR ON ERROR, b VARCHAR(255) CHARACTER SET utf8mb4 PATH '$[1]' ERROR ON ERROR, "
    "c {type} PATH '$[2]' ERROR ON ERROR)) AS rows_of_traits"
)
MYSQL_TYPES: Mapping[TraitType, str] = MappingProxyType(
    {
        TraitType.TEXT: "VARCHAR(255) CHARACTER SET utf8mb4",
        TraitType.INTEGER: "BIGINT",
        TraitType.FLOAT: "DOUBLE",
        TraitType.DATETIME: "DECIMAL(20, 6)",
    }
)


def insert_traits(connection: Connection, kind: TraitType, rows: Sequence[Row]) -> None:
    """Insert rows of one type."""
    if connection.dialect.name != "mysql":
        connection.execute(insert(TRAITS[kind]), rows)
        return
    statement = INSERT.format(table=TRAITS[kind].name, type=MYSQL_TYPES[kind])
    plain = PLAIN.get(kind, _as_it_is)
    for chunk in chunks(rows, ROWS_PER_STATEMENT):
        values = [(row["event_id"], row["key"], plain(row["value"])) for row in chunk]
        connection.exec_driver_sql(statement, (orjson.dumps(values).decode(),))


def _as_it_is(value: Any) -> Any:
    return value


def _decimal(value: Any) -> Any:
    """Write a time as text: a number of JSON would be rounded."""
    return None if value is None else str(seconds_since_epoch(value))


PLAIN: Mapping[TraitType, Callable[[Any], Any]] = MappingProxyType({TraitType.DATETIME: _decimal})
