"""How SQLAlchemy itself inserts many rows, where nothing else is quicker; and rows by column, where something is."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, LargeBinary, Table, insert


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


def by_column(
    connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> Iterator[Sequence[Any]]:
    """Yield the values of each column as the driver takes them; bytes are themselves."""
    for name, values in zip(columns, zip(*rows, strict=True), strict=True):
        kind = table.c[name].type
        process = None if isinstance(kind, LargeBinary) else kind.bind_processor(connection.dialect)
        yield tuple(map(process, values)) if process else values
