"""Counts of the events of whole hours: histograms and facets read few rows instead of every event.

Only tables are added, without a row; processes of the API fill them while everybody goes on. What is there of them is
made anew: it was derived from events, and of tables that somebody has dropped it may tell what is gone.
"""

from typing import Any

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
)
from sqlalchemy.dialects.mysql import MEDIUMBLOB

revision = "0007"
down_revision = "0006"
phase = "expand"

ID = BigInteger().with_variant(Integer, "sqlite")
MYSQL: dict[str, Any] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_general_ci",
    "mysql_row_format": "DYNAMIC",
}


def upgrade() -> None:
    """Create the tables."""
    tables().drop_all(op.get_bind())
    tables().create_all(op.get_bind())


def tables() -> MetaData:
    """Return the tables."""
    metadata = MetaData()
    _given(metadata, "event_count_mark", "seq", "upto", "seen", "at")
    Table(
        "event_count_hour",
        metadata,
        Column("id", ID, primary_key=True),
        Column("hour", BigInteger, nullable=False),
        Column("at", BigInteger, nullable=False),
        Index("ix_event_count_hour_hour", "hour", unique=True),
        **MYSQL,
    )
    Table(
        "event_count_block",
        metadata,
        Column("id", ID, primary_key=True),
        Column("hour", BigInteger, nullable=False),
        # An expirer forgets an hour by its row alone, and with it the block of which it is a part.
        *(_reference(f"hour_{number}", "event_count_hour") for number in range(6)),
        Index("ix_event_count_block_hour", "hour", unique=True),
        *(Index(f"ix_event_count_block_hour_{number}", f"hour_{number}") for number in range(6)),
        **MYSQL,
    )
    Table(
        "event_count_project",
        metadata,
        Column("id", ID, primary_key=True),
        Column("key", String(255), nullable=False),
        Column("value", String(255)),  # compares as that of a trait does
        **MYSQL,
    )
    for prefix, owner, owners in (
        ("event", "hour_id", "event_count_hour"),
        ("event_block", "block_id", "event_count_block"),
    ):
        _by_numbers(metadata, f"{prefix}_count", _reference(owner, owners, is_key=True))
        _by_values(metadata, f"{prefix}_value_count", _reference(owner, owners, is_key=True))
        _by_columns(metadata, f"{prefix}_count_column", _reference(owner, owners, is_key=True))
    return metadata


def _by_numbers(metadata: MetaData, name: str, owner: Column[int]) -> None:
    Table(
        name,
        metadata,
        owner,
        Column("seq", BigInteger, primary_key=True, autoincrement=False),
        Column("level", SmallInteger, primary_key=True, autoincrement=False),
        Column("project", BigInteger, primary_key=True, autoincrement=False),
        Column("event_type_id", BigInteger, primary_key=True, autoincrement=False),
        Column("outcome", SmallInteger, primary_key=True, autoincrement=False),
        Column("hour", BigInteger, nullable=False),
        Column("events", Integer, nullable=False),
        Index(f"ix_{name}_level_project_hour", "level", "project", "hour", "event_type_id", "outcome", "events"),
        **MYSQL,
    )


def _by_values(metadata: MetaData, name: str, owner: Column[int]) -> None:
    Table(
        name,
        metadata,
        owner,
        Column("trait", SmallInteger, primary_key=True, autoincrement=False),
        Column("seq", BigInteger, primary_key=True, autoincrement=False),
        # The order within a step. Values are told apart to the byte, which no key of every database does.
        Column("number", Integer, primary_key=True, autoincrement=False),
        Column("value", String(255), nullable=False),  # compares as that of a trait does
        Column("outcome", SmallInteger, nullable=False),
        Column("hour", BigInteger, nullable=False),
        Column("events", Integer, nullable=False),
        Index(f"ix_{name}_trait_value_hour", "trait", "value", "hour", "outcome", "events"),
        **MYSQL,
    )


def _by_columns(metadata: MetaData, name: str, owner: Column[int]) -> None:
    Table(
        name,
        metadata,
        owner,
        Column("place", SmallInteger, primary_key=True, autoincrement=False),
        Column("seq", BigInteger, primary_key=True, autoincrement=False),
        Column("data", LargeBinary().with_variant(MEDIUMBLOB(), "mysql", "mariadb"), nullable=False),
        **MYSQL,
    )


def _reference(name: str, table: str, *, is_key: bool = False) -> Column[int]:
    to = ForeignKey(f"{table}.id", ondelete="CASCADE")
    return Column(name, ID, to, primary_key=is_key, autoincrement=False, nullable=False)


def _given(metadata: MetaData, name: str, key: str, *others: str) -> None:
    """Make a table of numbers, none of which the database counts up."""
    columns = [Column(other, BigInteger, nullable=False) for other in others]
    Table(name, metadata, Column(key, BigInteger, primary_key=True, autoincrement=False), *columns, **MYSQL)
