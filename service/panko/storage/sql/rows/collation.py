"""How the database itself compares the names of traits: asked only after it has refused some."""

from collections.abc import Sequence

from sqlalchemy import Connection

from panko.event import Event
from panko.storage.sql import engines
from panko.storage.sql.rows.chunks import chunks

NAMES_PER_STATEMENT = 100


def collation_weights(connection: Connection, events: Sequence[Event]) -> dict[str, str]:
    """Return a text for each name of a trait; texts are equal when the database takes the names for the same."""
    names = sorted({trait.name for event in events for trait in event.traits})
    weights: dict[str, str] = {}
    for chunk in chunks(names, NAMES_PER_STATEMENT):
        weights.update(zip(chunk, engines.of(connection.dialect).weights(connection, chunk), strict=True))
    return weights
