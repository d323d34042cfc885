"""How the database itself compares texts: asked only where some may be the same to it."""

from collections import Counter
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from panko.event import Event
from panko.storage.sql import engines
from panko.storage.sql.rows.chunks import chunks

NAMES_PER_STATEMENT = 100


def collation_weights(connection: Connection, events: Sequence[Event]) -> dict[str, str]:
    """Return a text for each name of a trait; texts are equal when the database takes the names for the same."""
    return weights(connection, sorted({trait.name for event in events for trait in event.traits}))


def weights(connection: Connection, texts: Sequence[str]) -> dict[str, str]:
    """Return a text for each of some others; two are equal when the database takes the others for the same."""
    found: dict[str, str] = {}
    for chunk in chunks(texts, NAMES_PER_STATEMENT):
        found.update(zip(chunk, engines.of(connection.dialect).weights(connection, chunk), strict=True))
    return found


def name_collisions(events: Sequence[Event], weights: Mapping[str, str]) -> dict[str, str]:
    """Say, by message_id, which events have trait names that are one name to the database: their weights are equal."""
    reasons = {}
    for event in events:
        seen = Counter((trait.type, weights[trait.name]) for trait in event.traits)
        names = sorted({trait.name for trait in event.traits if seen[trait.type, weights[trait.name]] > 1})
        if names:
            reasons[event.message_id] = f"the trait names {', '.join(names)} are one name to the database; rename them"
    return reasons
