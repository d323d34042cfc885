"""The names of the traits of each event type, in a table of their own: listing them reads no event any more."""

from typing import Any

from alembic import context, op
from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, MetaData, SmallInteger, String, Table

from panko.storage.sql.filling import fill_trait_names

revision = "0004"
down_revision = "0003"

ID = BigInteger().with_variant(Integer, "sqlite")
MYSQL: dict[str, Any] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_general_ci",
    "mysql_row_format": "DYNAMIC",
}


def upgrade() -> None:
    """Create the table where it is absent, and fill it from what is stored."""
    connection = op.get_bind()
    _table().create(connection, checkfirst=True)
    fill_trait_names(connection, context.config.attributes["report"])


def _table() -> Table:
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
        Index("ix_event_type_trait_event_type_id_dtype_key_day", "event_type_id", "dtype", "key", "day"),
        Index("ix_event_type_trait_day", "day"),
        **MYSQL,
    )
