"""Indexes that come and go while everybody reads and writes. For the revisions of the schema only.

Every step looks what is there already, so an interrupted one is repeated. On PostgreSQL the connection must not be in a
transaction.
"""

import contextlib
from collections.abc import Callable, Iterable, Mapping

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect

from panko.storage.sql import engines
from panko.storage.sql.schema.progress import reported


def outside_of_transactions(migration: MigrationContext) -> contextlib.AbstractContextManager[None]:
    """Return what leaves the transaction for a while, where no index can be made in it while others write."""
    if engines.of(migration.dialect).MAKES_INDEXES_IN_A_TRANSACTION:
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
    engine = engines.of(connection.dialect)
    present = {str(index["name"]) for index in inspect(connection).get_indexes(table)}
    for name in present & {*redundant, *engine.half_made_indexes(connection, table)}:
        connection.exec_driver_sql(engine.DROP_INDEX.format(name=name, table=table))
        present.remove(name)
    for name, columns in needed.items():
        if name not in present:
            quoted = ", ".join(connection.dialect.identifier_preparer.quote(column) for column in columns)
            with reported(connection, f"making the index {name}", report):
                connection.exec_driver_sql(engine.ADD_INDEX.format(name=name, table=table, columns=quoted))
