"""The tables of the original, made only where they are absent, so that a database of the original is adopted."""

from typing import Any

from alembic import op
from sqlalchemy import BigInteger, Column, DateTime, Double, ForeignKey, Index, Integer, MetaData, String, Table, Text
from sqlalchemy.dialects.mysql import DECIMAL
from sqlalchemy.types import TypeEngine

revision = "0001"
down_revision = None
phase = "expand"

MYSQL: dict[str, Any] = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb3", "mysql_collate": "utf8mb3_general_ci"}
TIME = DateTime().with_variant(DECIMAL(precision=20, scale=6), "mysql")


def upgrade() -> None:
    """Create what is absent."""
    tables().create_all(op.get_bind(), checkfirst=True)


def tables() -> MetaData:
    """Return the tables as the last release of the original made them."""
    metadata = MetaData()
    Table(
        "event_type",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("desc", String(255), unique=True),
        **MYSQL,
    )
    Table(
        "event",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("message_id", String(50), unique=True),
        Column("generated", TIME),
        Column("raw", Text),
        Column("event_type_id", Integer, ForeignKey("event_type.id")),
        Index("ix_event_message_id", "message_id"),
        Index("ix_event_type_id", "event_type_id"),
        Index("ix_event_generated", "generated"),
        **MYSQL,
    )
    _trait_table(metadata, "trait_text", String(255))
    _trait_table(metadata, "trait_int", BigInteger())
    _trait_table(metadata, "trait_float", Double())
    _trait_table(metadata, "trait_datetime", TIME)
    return metadata


def _trait_table(metadata: MetaData, name: str, value: TypeEngine[Any]) -> None:
    Table(
        name,
        metadata,
        Column("event_id", Integer, ForeignKey("event.id"), primary_key=True, autoincrement=False),
        Column("key", String(255), primary_key=True),
        Column("value", value),
        Index(f"ix_{name}_event_id_key", "event_id", "key"),
        **MYSQL,
    )
