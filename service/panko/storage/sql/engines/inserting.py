"""How SQLAlchemy itself inserts many rows, where nothing else is quicker; and rows by column, where something is."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, LargeBinary, Table, insert

Values = Sequence[tuple[Any, ...]]
Children = Callable[[Sequence[Any]], Mapping[Table, Values]]  # by the ids of their parents, or what stands for those


class Parents(NamedTuple):
    """Rows to which others will refer, by a primary key `id` that is counted; their first column is a unique text."""

    table: Table
    columns: Sequence[str]
    rows: Values


def insert_rows(
    connection: Connection,
    table: Table,
    columns: Sequence[str],
    rows: Values,
    returning: Sequence[str] = (),
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
    rows: Values,
) -> None:
    """Insert nothing: what is inserted can be returned, in no order."""


def insert_children(connection: Connection, columns: Sequence[str], tables: Mapping[Table, Values]) -> None:
    """Insert the rows of one table after the other."""
    for table, rows in tables.items():
        insert_rows(connection, table, columns, rows)


def insert_families(
    connection: Connection,  # noqa: ARG001 - of the protocol
    parents: Parents,  # noqa: ARG001
    columns: Sequence[str],  # noqa: ARG001
    children: Children,  # noqa: ARG001
) -> bool:
    """Insert nothing: one statement has no way to refer to the rows of another."""
    return False


def by_column(connection: Connection, table: Table, columns: Sequence[str], rows: Values) -> Iterator[Sequence[Any]]:
    """Yield the values of each column as the driver takes them; bytes are themselves."""
    for name, values in zip(columns, zip(*rows, strict=True), strict=True):
        kind = table.c[name].type
        process = None if isinstance(kind, LargeBinary) else kind.bind_processor(connection.dialect)
        yield tuple(map(process, values)) if process else values
