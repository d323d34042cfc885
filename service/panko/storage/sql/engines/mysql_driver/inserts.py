"""How MariaDB and MySQL get rows: as literals of whole columns, and in few round trips."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table

from panko.storage.sql.engines import inserting
from panko.storage.sql.engines.inserting import Children, Parents, Values
from panko.storage.sql.engines.mysql_driver.literals import Rows, Words, rows_of_columns
from panko.storage.sql.engines.mysql_driver.session import BLOCK
from panko.storage.sql.settings import INCREMENT

INSERT = "INSERT INTO {table} ({names}) VALUES %s"
# That a foreign key holds is said in a statement: a look-up for each trait is a good part of the server's work.
UNCHECKED = {
    "mariadb": f"SET STATEMENT foreign_key_checks = 0 FOR {INSERT}",
    "mysql": INSERT.replace("INSERT", "INSERT /*+ SET_VAR(foreign_key_checks = 0) */"),
}
LAST = "IF NOT (SELECT {key} FROM {table} WHERE id = {id}) <=> %s THEN SIGNAL SQLSTATE '45000'; END IF"
BLOCK_BYTES = 30_000  # of rows: more take the server as long in a block as several round trips


def insert_rows(
    connection: Connection,
    table: Table,
    columns: Sequence[str],
    rows: Values,
    returning: Sequence[str] = (),
) -> Sequence[Any]:
    """Insert rows by statements of a MB; what MySQL cannot return its dialect says."""
    statement = _statement(INSERT, connection, table, columns)
    if returning:
        statement += f" RETURNING {_names(connection, returning)}"
    found: list[Any] = []
    for literals in _literals(connection, table, columns, rows):
        result = connection.exec_driver_sql(statement, (literals,))
        found += result.all() if returning else ()
    return found


def insert_in_sequence(connection: Connection, table: Table, columns: Sequence[str], rows: Values) -> int | None:
    """Insert rows where ids are counted by one; Galera's nodes count by their number."""
    if connection.info.get(INCREMENT) != 1:
        return None
    literals = list(_literals(connection, table, columns, rows))
    if len(literals) != 1:
        return None
    first: int = connection.exec_driver_sql(_statement(INSERT, connection, table, columns), (literals[0],)).lastrowid
    return first


def insert_children(connection: Connection, columns: Sequence[str], tables: Mapping[Table, Values]) -> None:
    """Insert rows without a look at their foreign keys."""
    for statement, rows in _unchecked(connection, columns, tables):
        connection.exec_driver_sql(statement, (rows,))


def insert_families(connection: Connection, parents: Parents, columns: Sequence[str], children: Children) -> bool:
    """Insert few rows by one statement, a block of MariaDB's.

    The children refer to the id of the first parent, from which the others' are counted by one; the block looks at the
    last of them, and is refused as by other writers where it is another one's. What fails in a block ends it.
    """
    table, names, rows = parents
    if connection.info.get(INCREMENT) != 1 or not getattr(connection.dialect, "is_mariadb", False):
        return False
    ids = [Words(f"LAST_INSERT_ID()+{place}") for place in range(len(rows))]
    own = [(_statement(INSERT, connection, table, names), each) for each in _literals(connection, table, names, rows)]
    theirs = _unchecked(connection, columns, children(ids))
    if sum(len(each.literal) for _statement, each in own + theirs) > BLOCK_BYTES:
        return False
    last = (LAST.format(table=table.name, key=names[0], id=ids[-1]), rows[-1][0])
    statements, values = zip(*own, *([last] if len(rows) > 1 else []), *theirs, strict=True)
    connection.exec_driver_sql(f"{BLOCK}{'; '.join(statements)}; END", values)
    return True


def _unchecked(
    connection: Connection, columns: Sequence[str], tables: Mapping[Table, Values]
) -> list[tuple[str, Rows]]:
    insert = UNCHECKED["mariadb" if getattr(connection.dialect, "is_mariadb", False) else "mysql"]
    return [
        (_statement(insert, connection, table, columns), literals)
        for table, rows in tables.items()
        for literals in _literals(connection, table, columns, rows)
    ]


def _literals(connection: Connection, table: Table, columns: Sequence[str], rows: Values) -> Iterator[Rows]:
    return rows_of_columns(inserting.by_column(connection, table, columns, rows))


def _statement(template: str, connection: Connection, table: Table, columns: Sequence[str]) -> str:
    return template.format(table=table.name, names=_names(connection, columns))


def _names(connection: Connection, columns: Sequence[str]) -> str:
    return ", ".join(map(connection.dialect.identifier_preparer.quote, columns))
