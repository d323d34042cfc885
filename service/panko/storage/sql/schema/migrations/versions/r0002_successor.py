"""What the successor needs of the original's tables. Its readers and writers still find every column.

Every character can be stored, ids have 64 bits, a message_id or event type is compared exactly, raw has no bound of
64 KiB, redundant indexes are gone, and there are indexes by which pages and trait filters end early.

MySQL and MariaDB commit each statement: every step looks what is there already, so an interrupted run is repeated.
New types of columns rewrite a table, once for everything that changes in it; `panko.storage.sql.schema.preflight` asks
first where that takes long. The rest goes on beside readers and writers.
"""

import contextlib
from collections.abc import Iterable

from alembic import context, op
from sqlalchemy import Connection, inspect

from panko.storage.sql.schema.online_ddl import replace_indexes
from panko.storage.sql.schema.progress import reported

revision = "0002"
down_revision = "0001"
phase = "expand"

# Index names by table: what goes and what comes.
REDUNDANT = {
    "event": ("ix_event_message_id", "ix_event_type_id", "ix_event_generated"),
    "trait_text": ("ix_trait_text_event_id_key",),
    "trait_int": ("ix_trait_int_event_id_key",),
    "trait_float": ("ix_trait_float_event_id_key",),
    "trait_datetime": ("ix_trait_datetime_event_id_key",),
}
NEEDED: dict[str, dict[str, tuple[str, ...]]] = {
    "event": {
        "ix_event_generated_message_id": ("generated", "message_id"),
        "ix_event_type_generated_message_id": ("event_type_id", "generated", "message_id"),
    },
    "trait_text": {"ix_trait_text_key_value_event_id": ("key", "value", "event_id")},
    "trait_int": {"ix_trait_int_key_value_event_id": ("key", "value", "event_id")},
    "trait_float": {"ix_trait_float_key_value_event_id": ("key", "value", "event_id")},
    "trait_datetime": {"ix_trait_datetime_key_value_event_id": ("key", "value", "event_id")},
}
FOREIGN_KEYS = {
    "event": ("event_type_id", "event_type"),
    "trait_text": ("event_id", "event"),
    "trait_int": ("event_id", "event"),
    "trait_float": ("event_id", "event"),
    "trait_datetime": ("event_id", "event"),
}

TEXT = "CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci"
KEYED = f"MODIFY event_id BIGINT NOT NULL, MODIFY `key` VARCHAR(255) {TEXT} NOT NULL"
# {exact}: the collation that compares byte by byte and pads nothing; it differs between MariaDB and MySQL.
MYSQL_COLUMNS = {
    "event_type": "MODIFY id BIGINT NOT NULL AUTO_INCREMENT,"
    " MODIFY `desc` VARCHAR(255) CHARACTER SET utf8mb4 COLLATE {exact} NULL",
    "event": "MODIFY id BIGINT NOT NULL AUTO_INCREMENT, MODIFY event_type_id BIGINT NULL,"
    " MODIFY message_id VARCHAR(50) CHARACTER SET utf8mb4 COLLATE {exact} NULL,"
    f" MODIFY raw LONGTEXT {TEXT} NULL",
    "trait_text": f"{KEYED}, MODIFY value VARCHAR(255) {TEXT} NULL",
    "trait_int": f"{KEYED}, MODIFY value BIGINT NULL",
    "trait_float": KEYED,
    "trait_datetime": KEYED,
}
POSTGRESQL_COLUMNS = {
    "event_type": "ALTER id TYPE BIGINT",
    "event": 'ALTER id TYPE BIGINT, ALTER event_type_id TYPE BIGINT, ALTER message_id TYPE VARCHAR(50) COLLATE "C"',
    "trait_text": "ALTER event_id TYPE BIGINT",
    "trait_int": "ALTER event_id TYPE BIGINT, ALTER value TYPE BIGINT",
    "trait_float": "ALTER event_id TYPE BIGINT",
    "trait_datetime": "ALTER event_id TYPE BIGINT",
}


def upgrade() -> None:
    """Change each table in as few passes over it as the database allows."""
    connection = op.get_bind()
    {"mysql": _upgrade_mysql, "postgresql": _upgrade_postgresql, "sqlite": _replace_indexes}[connection.dialect.name](
        connection
    )


def _upgrade_mysql(connection: Connection) -> None:
    # A column that a foreign key needs cannot change its type.
    for table in FOREIGN_KEYS:
        for name in _foreign_keys(connection, table):
            op.execute(f"ALTER TABLE `{table}` DROP FOREIGN KEY `{name}`")
    is_mariadb = bool(getattr(connection.dialect, "is_mariadb", False))
    exact = "utf8mb4_nopad_bin" if is_mariadb else "utf8mb4_0900_bin"
    for table, modify in MYSQL_COLUMNS.items():
        changes = [
            f"DEFAULT {TEXT}",
            "ROW_FORMAT=DYNAMIC",
            modify.format(exact=exact),
            *(f"DROP INDEX `{name}`" for name in _redundant(connection, table)),
            *(f"ADD INDEX `{name}` ({_quoted(columns)})" for name, columns in _missing(connection, table)),
        ]
        with _reported(connection, f"changing the table {table}"):
            op.execute(f"ALTER TABLE `{table}` {', '.join(changes)}")
    # What held before holds still, so that nothing has to be read again: only so it is done in place.
    op.execute("SET foreign_key_checks = 0")
    for table, (column, parent) in FOREIGN_KEYS.items():
        op.execute(f"ALTER TABLE `{table}` ADD FOREIGN KEY (`{column}`) REFERENCES `{parent}` (id), ALGORITHM=INPLACE")
    op.execute("SET foreign_key_checks = 1")


def _upgrade_postgresql(connection: Connection) -> None:
    for table, columns in POSTGRESQL_COLUMNS.items():
        with _reported(connection, f"changing the table {table}"):
            op.execute(f"ALTER TABLE {table} {columns}")
    for table in ("event_type", "event"):
        op.execute(f"ALTER SEQUENCE {table}_id_seq AS BIGINT")
    with op.get_context().autocommit_block():
        _replace_indexes(connection)


def _replace_indexes(connection: Connection) -> None:
    for table, needed in NEEDED.items():
        replace_indexes(
            connection,
            table,
            redundant=REDUNDANT.get(table, ()),
            needed=needed,
            report=context.config.attributes["report"],
        )


def _reported(connection: Connection, what: str) -> contextlib.AbstractContextManager[None]:
    return reported(connection, what, context.config.attributes["report"])


def _redundant(connection: Connection, table: str) -> list[str]:
    return [name for name in REDUNDANT.get(table, ()) if name in _indexes(connection, table)]


def _missing(connection: Connection, table: str) -> list[tuple[str, tuple[str, ...]]]:
    present = _indexes(connection, table)
    return [(name, columns) for name, columns in NEEDED.get(table, {}).items() if name not in present]


def _indexes(connection: Connection, table: str) -> set[str | None]:
    return {index["name"] for index in inspect(connection).get_indexes(table)}


def _foreign_keys(connection: Connection, table: str) -> Iterable[str]:
    return [str(key["name"]) for key in inspect(connection).get_foreign_keys(table)]


def _quoted(columns: Iterable[str]) -> str:
    return ", ".join(f"`{column}`" for column in columns)
