"""The copy of an event's traits without their names, and the names once for all events that are alike.

A table and a column without a value are added, at once; nothing is read or rewritten. Copies that are there stay as
they are. An earlier release finds no copy beside what is written from now on, and reads such traits from their tables.
"""

from typing import Any

from alembic import op
from sqlalchemy import Column, Integer, MetaData, Table, Text, inspect
from sqlalchemy.dialects.mysql import LONGTEXT

revision = "0008"
down_revision = "0007"
phase = "expand"

EXACT = "utf8mb4_bin"
MYSQL: dict[str, Any] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": EXACT,
    "mysql_row_format": "DYNAMIC",
}
PACKED = {
    "mysql": f"LONGTEXT CHARACTER SET utf8mb4 COLLATE {EXACT} NULL",
    "postgresql": "TEXT",
    "sqlite": "TEXT",
}


def upgrade() -> None:
    """Add what is missing."""
    connection = op.get_bind()
    table().create(connection, checkfirst=True)
    if "packed" not in {column["name"] for column in inspect(connection).get_columns("event")}:
        op.execute(f"ALTER TABLE event ADD COLUMN packed {PACKED[connection.dialect.name]}")


def table() -> Table:
    """Return the table of shapes, whose numbers are made of the shapes themselves."""
    return Table(
        "trait_shape",
        MetaData(),
        Column("id", Integer, primary_key=True, autoincrement=False),
        Column("shape", Text().with_variant(LONGTEXT, "mysql"), nullable=False),
        **MYSQL,
    )
