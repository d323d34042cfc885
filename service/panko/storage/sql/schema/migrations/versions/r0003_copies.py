"""A copy of the traits beside an event, and whose it is: what makes a page one statement, and any owner's page quick.

Only columns without a value are added, at once, and indexes, while everybody goes on reading and writing. What the
original writes has no values in them; `panko.storage.sql.schema.backfill` gives them to it.
"""

from alembic import context, op
from sqlalchemy import inspect

from panko.storage.sql.schema.online_ddl import outside_of_transactions, replace_indexes

revision = "0003"
down_revision = "0002"
phase = "expand"

COLUMNS = {
    "mysql": {"traits": "LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL"},
    "postgresql": {"traits": "TEXT"},
    "sqlite": {"traits": "TEXT"},
}
HASHES = {"project_hash": "BIGINT", "owner_hash": "BIGINT"}
INDEXES = {
    "ix_event_project_generated_message_id": ("project_hash", "generated", "message_id"),
    "ix_event_owner_generated_message_id": ("owner_hash", "generated", "message_id"),
}


def upgrade() -> None:
    """Add what is missing."""
    connection = op.get_bind()
    present = {column["name"] for column in inspect(connection).get_columns("event")}
    for name, kind in (COLUMNS[connection.dialect.name] | HASHES).items():
        if name not in present:
            op.execute(f"ALTER TABLE event ADD COLUMN {name} {kind}")
    with outside_of_transactions(op.get_context()):
        replace_indexes(connection, "event", redundant=(), needed=INDEXES, report=context.config.attributes["report"])
