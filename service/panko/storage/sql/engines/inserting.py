"""How SQLAlchemy itself inserts many rows, for the kinds of databases where nothing else is quicker."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table, insert


def insert_rows(
    connection: Connection,
    table: Table,
    columns: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    returning: Sequence[str] = (),
    *,
    parents_are_ours: bool = False,  # noqa: ARG001 - nothing but a lock would spare the look
) -> Sequence[Any]:
    """Insert rows, and return these columns of each."""
    values = [dict(zip(columns, row, strict=True)) for row in rows]
    if not returning:
        connection.execute(insert(table), values)
        return ()
    return connection.execute(insert(table).returning(*(table.c[name] for name in returning)), values).all()


def insert_in_sequence(
    connection: Connection,
    table: Table,
    columns: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
) -> None:
    """Insert nothing: what is inserted can be returned, in no order."""
