"""The tables as statements see them. What makes and changes them is `migrations`.

Names are the original's, so that its readers and writers still find their columns.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    func,
)
from sqlalchemy.types import TypeEngine

from panko.event import TraitType
from panko.storage.sql.engines.types import Id, PreciseTime

METADATA = MetaData()
WRITER_LENGTH = 300
EVENT_COLUMNS = (
    "message_id",
    "generated",
    "raw",
    "event_type_id",
    "traits",
    "project_hash",
    "owner_hash",
    "writer",
    "packed",
)  # but for the id, which the database counts
TRAIT_COLUMNS = ("event_id", "key", "value", "owner")  # of each trait table

EVENT_TYPE = Table(
    "event_type",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("desc", String(255), unique=True),
)

EVENT = Table(
    "event",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("message_id", String(50), unique=True),
    Column("generated", PreciseTime),
    Column("raw", Text),
    Column("event_type_id", Id, ForeignKey(EVENT_TYPE.c.id)),
    Column("traits", Text),  # see `trait_copy`; NULL when the original wrote the event, as the next two
    Column("project_hash", BigInteger),  # see `owners`
    Column("owner_hash", BigInteger),
    Column("writer", String(WRITER_LENGTH)),  # see `panko.event.Event`
    Column("packed", Text),  # instead of `traits`, see `shapes.shape`
    Index("ix_event_generated_message_id", "generated", "message_id"),
    Index("ix_event_type_generated_message_id", "event_type_id", "generated", "message_id"),
    Index("ix_event_project_generated_message_id", "project_hash", "generated", "message_id"),
    Index("ix_event_owner_generated_message_id", "owner_hash", "generated", "message_id"),
)

OF_TYPE = EVENT.c.event_type_id == EVENT_TYPE.c.id
COPY = func.coalesce(EVENT.c.packed, EVENT.c.traits)  # of the traits, of either kind


def by_value(table: str) -> str:
    """Return the name of the index of a trait table by which a value is found, for everybody or for an owner."""
    return f"ix_{table}_key_value_owner_event_id"


def _trait_table(name: str, value: TypeEngine[Any]) -> Table:
    return Table(
        name,
        METADATA,
        Column("event_id", Id, ForeignKey(EVENT.c.id), primary_key=True, autoincrement=False),
        Column("key", String(255), primary_key=True),
        Column("value", value),
        Column("owner", BigInteger),  # see `owners`; NULL when an earlier release or the original wrote the event
        Index(by_value(name), "key", "value", "owner", "event_id"),
    )


TRAITS: Mapping[TraitType, Table] = MappingProxyType(
    {
        TraitType.TEXT: _trait_table("trait_text", String(255)),
        TraitType.INTEGER: _trait_table("trait_int", BigInteger()),
        TraitType.FLOAT: _trait_table("trait_float", Double()),
        TraitType.DATETIME: _trait_table("trait_datetime", PreciseTime()),
    }
)

TRAIT_SHAPE = Table(
    "trait_shape",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),  # made of the shape itself
    Column("shape", Text, nullable=False),
)
SHAPE_COLUMNS = ("id", "shape")

EVENT_TYPE_TRAIT = Table(  # see `trait_names`
    "event_type_trait",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("event_type_id", Id, ForeignKey(EVENT_TYPE.c.id, ondelete="CASCADE"), nullable=False),
    Column("dtype", SmallInteger, nullable=False),
    Column("key", String(255), nullable=False),
    Column("day", Integer, nullable=False),
    Index("ix_event_type_trait_event_type_id_dtype_key_day", "event_type_id", "dtype", "key", "day"),
)

# Counts of the events of whole hours and blocks of them, see `panko.storage.sql.counts`.

HOURS_OF_A_BLOCK = 6


def _owner(name: str, owners: Table) -> Column[int]:
    """Return the column that says whose something is, with whom it goes."""
    return Column(name, Id, ForeignKey(owners.c.id, ondelete="CASCADE"), primary_key=True, autoincrement=False)


def _counts(name: str, owner: str, owners: Table) -> Table:
    """Return a table of counts by numbers, which go with whose they are."""
    return Table(
        name,
        METADATA,
        _owner(owner, owners),
        Column("seq", BigInteger, primary_key=True, autoincrement=False),
        Column("level", SmallInteger, primary_key=True, autoincrement=False),
        Column("project", BigInteger, primary_key=True, autoincrement=False),
        Column("event_type_id", BigInteger, primary_key=True, autoincrement=False),
        Column("outcome", SmallInteger, primary_key=True, autoincrement=False),
        Column("hour", BigInteger, nullable=False),
        Column("events", Integer, nullable=False),
        Index(f"ix_{name}_level_project_hour", "level", "project", "hour", "event_type_id", "outcome", "events"),
    )


def _value_counts(name: str, owner: str, owners: Table) -> Table:
    """Return a table of counts by values, which go with whose they are."""
    return Table(
        name,
        METADATA,
        _owner(owner, owners),
        Column("trait", SmallInteger, primary_key=True, autoincrement=False),  # the place in `counting.VALUED`
        Column("seq", BigInteger, primary_key=True, autoincrement=False),
        Column("number", Integer, primary_key=True, autoincrement=False),
        Column("value", String(255), nullable=False),
        Column("outcome", SmallInteger, nullable=False),
        Column("hour", BigInteger, nullable=False),
        Column("events", Integer, nullable=False),
        Index(f"ix_{name}_trait_value_hour", "trait", "value", "hour", "outcome", "events"),
    )


COUNT_MARK = Table(
    "event_count_mark",
    METADATA,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("upto", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
)
COUNT_HOUR = Table(
    "event_count_hour",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("hour", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("ix_event_count_hour_hour", "hour", unique=True),
)
COUNT_BLOCK = Table(
    "event_count_block",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("hour", BigInteger, nullable=False),
    *(
        Column(f"hour_{number}", Id, ForeignKey(COUNT_HOUR.c.id, ondelete="CASCADE"), nullable=False)
        for number in range(HOURS_OF_A_BLOCK)
    ),
    Index("ix_event_count_block_hour", "hour", unique=True),
)
BLOCK_COLUMNS = tuple(column.name for column in COUNT_BLOCK.c if column.name != "id")
COUNT_PROJECT = Table(
    "event_count_project",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("key", String(255), nullable=False),
    Column("value", String(255)),
)


def _columns(name: str, owner: str, owners: Table) -> Table:
    """Return a table of columns, see `panko.storage.sql.counts.columns`, which go with whose they are."""
    return Table(
        name,
        METADATA,
        _owner(owner, owners),
        Column("place", SmallInteger, primary_key=True, autoincrement=False),
        Column("seq", BigInteger, primary_key=True, autoincrement=False),
        Column("data", LargeBinary, nullable=False),
    )


EVENT_COUNT = _counts("event_count", "hour_id", COUNT_HOUR)
EVENT_VALUE_COUNT = _value_counts("event_value_count", "hour_id", COUNT_HOUR)
BLOCK_COUNT = _counts("event_block_count", "block_id", COUNT_BLOCK)
BLOCK_VALUE_COUNT = _value_counts("event_block_value_count", "block_id", COUNT_BLOCK)
HOUR_COLUMN = _columns("event_count_column", "hour_id", COUNT_HOUR)
BLOCK_COLUMN = _columns("event_block_count_column", "block_id", COUNT_BLOCK)
COUNT_COLUMNS = ("seq", "level", "project", "event_type_id", "outcome", "hour", "events")  # behind whose they are
VALUE_COUNT_COLUMNS = ("trait", "seq", "number", "value", "outcome", "hour", "events")
COLUMN_COLUMNS = ("place", "seq", "data")
