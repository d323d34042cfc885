"""How PostgreSQL gets rows: as one array for each column, and those of several tables by one statement."""

import functools
import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Connection, String, Table
from sqlalchemy.dialects import postgresql

from panko.storage.sql.engines import inserting
from panko.storage.sql.engines.inserting import Values
from panko.storage.sql.engines.postgresql_driver.arrays import array_of

DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]  # of SQLAlchemy
INSERT = "INSERT INTO {table} ({names}) SELECT * FROM unnest({arrays})"


def insert_rows(
    connection: Connection,
    table: Table,
    columns: Sequence[str],
    rows: Values,
    returning: Sequence[str] = (),
) -> Sequence[Any]:
    """Insert rows as one array for each column, and return these columns of each."""
    values = tuple(map(array_of, inserting.by_column(connection, table, columns, rows)))
    result = connection.exec_driver_sql(_insert(table, tuple(columns), tuple(returning)), values)
    return result.all() if returning else ()


@functools.cache
def _insert(table: Table, columns: tuple[str, ...], returning: tuple[str, ...]) -> str:
    names, returned = (", ".join(map(DIALECT.identifier_preparer.quote, each)) for each in (columns, returning))
    arrays = ", ".join(f"%s::{_element(table.c[name])}[]" for name in columns)
    insert = INSERT.format(table=table.name, names=names, arrays=arrays)
    return f"{insert} RETURNING {returned}" if returning else insert


def _element(column: Column[Any]) -> str:
    """Return the type of an array's elements: a text is cast to no length, which would cut it."""
    return "TEXT" if isinstance(column.type, String) else column.type.compile(DIALECT)


def insert_children(connection: Connection, columns: Sequence[str], tables: Mapping[Table, Values]) -> None:
    """Insert the rows of all tables by one statement, whose foreign keys nothing but a lock would spare a look."""
    inserts = [_insert(table, tuple(columns), ()) for table in tables]
    parts = [f"part_{number} AS ({insert})" for number, insert in enumerate(inserts[:-1])]
    statement = f"WITH {', '.join(parts)} {inserts[-1]}" if parts else inserts[-1]
    by_column = (inserting.by_column(connection, table, columns, rows) for table, rows in tables.items())
    connection.exec_driver_sql(statement, tuple(map(array_of, itertools.chain.from_iterable(by_column))))
