"""Indexes that come and go while everybody reads and writes. For the revisions of the schema only.

Every step looks what is there already, so an interrupted one is repeated. On PostgreSQL the connection must not be in a
transaction.
"""

import contextlib
from collections.abc import Callable, Iterable, Mapping

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from panko.storage.sql.schema.progress import reported

HALF_MADE = (
    "SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid"
    " WHERE NOT indisvalid AND indrelid = to_regclass(:table)"
)


def outside_of_transactions(migration: MigrationContext) -> contextlib.AbstractContextManager[None]:
    """Return what leaves PostgreSQL's transaction for a while, in which no index can be made CONCURRENTLY."""
    if migration.dialect.name != "postgresql":
        return contextlib.nullcontext()
    return migration.autocommit_block()


def replace_indexes(
    connection: Connection,
    table: str,
    *,
    redundant: Iterable[str],
    needed: Mapping[str, tuple[str, ...]],
    report: Callable[[str], None],
) -> None:
    """Drop the indexes of a table that nobody needs, and add those that are missing."""
    kind = connection.dialect.name
    present = {str(index["name"]) for index in inspect(connection).get_indexes(table)}
    for name in present & {*redundant, *_half_made(connection, table)}:
        connection.exec_driver_sql(DROP[kind].format(name=name, table=table))
        present.remove(name)
    for name, columns in needed.items():
        if name not in present:
            quoted = ", ".join(connection.dialect.identifier_preparer.quote(column) for column in columns)
            with reported(connection, f"making the index {name}", report):
                connection.exec_driver_sql(ADD[kind].format(name=name, table=table, columns=quoted))


DROP = {
    "mysql": "ALTER TABLE {table} DROP INDEX {name}, ALGORITHM=INPLACE, LOCK=NONE",
    "postgresql": "DROP INDEX CONCURRENTLY {name}",
    "sqlite": "DROP INDEX {name}",
}
ADD = {
    "mysql": "ALTER TABLE {table} ADD INDEX {name} ({columns}), ALGORITHM=INPLACE, LOCK=NONE",
    "postgresql": "CREATE INDEX CONCURRENTLY {name} ON {table} ({columns})",
    "sqlite": "CREATE INDEX {name} ON {table} ({columns})",
}


def _half_made(connection: Connection, table: str) -> Iterable[str]:
    """Return what an interrupted CREATE INDEX CONCURRENTLY left: indexes that no statement uses."""
    if connection.dialect.name != "postgresql":
        return ()
    return connection.execute(text(HALF_MADE), {"table": table}).scalars().all()
