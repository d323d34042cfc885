"""The index over the days of names of traits goes: the expirer alone looked by it, once a run, through few rows.

Releases before look by it too, and are slower without: so it goes when none of their pods is left.
"""

from alembic import context, op

from panko.storage.sql.schema.online_ddl import outside_of_transactions, replace_indexes

revision = "0009"
down_revision = "0008"
phase = "contract"


def upgrade() -> None:
    """Drop what is there."""
    report = context.config.attributes["report"]
    with outside_of_transactions(op.get_context()):
        redundant = ("ix_event_type_trait_day",)
        replace_indexes(op.get_bind(), "event_type_trait", redundant=redundant, needed={}, report=report)
