"""Whose a trait is, beside each trait and in the index over values; and who handed an event in.

What a member asks by a trait is found among the member's own. Only columns without a value are added, at once; rows
get their owners in short transactions, and only then the index over values is made again with them, beside the old one,
which goes with the next revision. Readers and writers go on meanwhile, and an interrupted run is repeated.
"""

import contextlib
from collections.abc import Iterator

from alembic import context, op
from sqlalchemy import Connection, inspect

from panko.storage.sql.schema import trait_owners
from panko.storage.sql.schema.online_ddl import outside_of_transactions, replace_indexes

revision = "0005"
down_revision = "0004"
phase = "expand"

TRAIT_TABLES = ("trait_text", "trait_int", "trait_float", "trait_datetime")
WRITER = {
    "mysql": "VARCHAR(300) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL",
    "postgresql": "VARCHAR(300)",
    "sqlite": "VARCHAR(300)",
}


def upgrade() -> None:
    """Add what is missing."""
    connection = op.get_bind()
    report = context.config.attributes["report"]
    _add_column(connection, "event", "writer", WRITER[connection.dialect.name])
    for table in TRAIT_TABLES:
        _add_column(connection, table, "owner", "BIGINT")
    with outside_of_transactions(op.get_context()):
        trait_owners.fill_all(connection, report, lambda: _transaction(connection))
        for table in TRAIT_TABLES:
            needed = {f"ix_{table}_key_value_owner_event_id": ("key", "value", "owner", "event_id")}
            replace_indexes(connection, table, redundant=(), needed=needed, report=report)


def _add_column(connection: Connection, table: str, name: str, kind: str) -> None:
    if name not in {column["name"] for column in inspect(connection).get_columns(table)}:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind}")


@contextlib.contextmanager
def _transaction(connection: Connection) -> Iterator[None]:
    """Return a transaction of its own, which the drivers begin for none here; SQLite's one is the whole upgrade."""
    if connection.dialect.name == "sqlite":
        yield
        return
    connection.exec_driver_sql("BEGIN")
    try:
        yield
    except BaseException:
        connection.exec_driver_sql("ROLLBACK")
        raise
    connection.exec_driver_sql("COMMIT")
