"""The names of the traits of each event type, in a table of their own: listing them reads no event any more.

Readers and writers go on meanwhile, and an interrupted run is repeated.
"""

from typing import Any

from alembic import context, op
from sqlalchemy import BigInteger, Column, ForeignKey, Integer, MetaData, SmallInteger, String, Table

from panko.storage.sql.schema.backfill import fill_trait_names
from panko.storage.sql.schema.online_ddl import outside_of_transactions, replace_indexes

revision = "0004"
down_revision = "0003"
phase = "expand"

ID = BigInteger().with_variant(Integer, "sqlite")
MYSQL: dict[str, Any] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_general_ci",
    "mysql_row_format": "DYNAMIC",
}
INDEXES = {
    "ix_event_type_trait_event_type_id_dtype_key_day": ("event_type_id", "dtype", "key", "day"),
    "ix_event_type_trait_day": ("day",),
}


def upgrade() -> None:
    """Create the table where it is absent, and fill it from what is stored."""
    connection = op.get_bind()
    report = context.config.attributes["report"]
    table().create(connection, checkfirst=True)
    with outside_of_transactions(op.get_context()):
        replace_indexes(connection, "event_type_trait", redundant=(), needed=INDEXES, report=report)
        fill_trait_names(connection, report)


def table() -> Table:
    """Return the table without its indexes."""
    metadata = MetaData()
    Table("event_type", metadata, Column("id", ID, primary_key=True))
    return Table(
        "event_type_trait",
        metadata,
        Column("id", ID, primary_key=True),
        # The original's expirer deletes event types, and knows nothing of this table.
        Column("event_type_id", ID, ForeignKey("event_type.id", ondelete="CASCADE"), nullable=False),
        Column("dtype", SmallInteger, nullable=False),
        Column("key", String(255), nullable=False),
        Column("day", Integer, nullable=False),
        **MYSQL,
    )
