"""Whether the tables of a revision are there: somebody may have dropped one. Nothing that was lost is made up.

What is derived from events is made again, and so is all of a schema of which nothing is left.
"""

from typing import Final

from sqlalchemy import Connection, inspect, text

from panko.errors import PankoError
from panko.storage.sql.schema import floor

TABLES: Final = ("event_type", "event", "trait_text", "trait_int", "trait_float", "trait_datetime")
# By what is derived, the revision before the one that makes it again. Names of traits are found in the events; an event
# whose shape is gone is read from the tables of its traits.
DERIVED: Final = {
    "event_type_trait": "0003",
    **dict.fromkeys(
        (
            *("event_count_mark", "event_count_hour", "event_count_block", "event_count_project"),
            *("event_count", "event_value_count", "event_block_count", "event_block_value_count"),
            *("event_count_column", "event_block_count_column"),
        ),
        "0006",
    ),
    "trait_shape": "0006",
}


class TablesMissingError(PankoError):
    """Some tables are gone, and with them what they held."""

    def __init__(self, names: list[str], revision: str) -> None:
        are = "is" if len(names) == 1 else "are"
        super().__init__(
            f"{', '.join(names)} {are} gone from the database, though its schema is of revision {revision}. Nothing "
            "was changed. Restore what is gone from a backup; no upgrade can make up what it held."
        )
        self.names = names


def usable(connection: Connection, revision: str | None) -> str | None:
    """Return the known revision from which an upgrade goes on: the present one, or one before what is made again.

    Raise TablesMissingError for what cannot be made again.
    """
    if revision is None:
        return None
    present = set(inspect(connection).get_table_names())
    gone = [name for name in TABLES if name not in present]
    if len(gone) == len(TABLES):
        return None
    if gone:
        raise TablesMissingError(gone, revision)
    return min([revision, *(before for name, before in DERIVED.items() if name not in present)])


def stamp(connection: Connection, revision: str | None) -> None:
    """Note a revision as the present one, unless it is; the caller commits."""
    if floor.current(connection) == revision:
        return
    connection.execute(text("DELETE FROM alembic_version"))
    if revision is not None:
        connection.execute(text("INSERT INTO alembic_version (version_num) VALUES (:revision)"), {"revision": revision})
