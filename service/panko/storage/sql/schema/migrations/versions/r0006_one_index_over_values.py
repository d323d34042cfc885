"""The index over values that knows no owner goes; its successor came with the revision before.

What earlier releases look for is found by the successor too, but slower, and a statement that names the old one fails:
so it goes when none of their pods is left.
"""

from alembic import context, op

from panko.storage.sql.schema.online_ddl import outside_of_transactions, replace_indexes

revision = "0006"
down_revision = "0005"
phase = "contract"

TRAIT_TABLES = ("trait_text", "trait_int", "trait_float", "trait_datetime")


def upgrade() -> None:
    """Drop what is there."""
    report = context.config.attributes["report"]
    with outside_of_transactions(op.get_context()):
        for table in TRAIT_TABLES:
            redundant = (f"ix_{table}_key_value_event_id",)
            replace_indexes(op.get_bind(), table, redundant=redundant, needed={}, report=report)
