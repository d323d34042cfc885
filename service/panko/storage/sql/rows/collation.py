"""How the database itself compares the names of traits: asked only after it has refused some."""

from collections.abc import Sequence

from sqlalchemy import Connection

from panko.event import Event
from panko.storage.sql.rows.chunks import chunks

NAMES_PER_STATEMENT = 100
WEIGHT = "HEX(WEIGHT_STRING(CONVERT(%s USING utf8mb4) COLLATE utf8mb4_general_ci))"


def collation_weights(connection: Connection, events: Sequence[Event]) -> dict[str, str]:
    """Return a text for each name of a trait; texts are equal when the database takes the names for the same."""
    names = sorted({trait.name for event in events for trait in event.traits})
    if connection.dialect.name != "mysql":
        return {name: name for name in names}
    weights: dict[str, str] = {}
    for chunk in chunks(names, NAMES_PER_STATEMENT):
        statement = f"SELECT {', '.join([WEIGHT] * len(chunk))}"
        row = connection.exec_driver_sql(statement, tuple(name.rstrip(" ") for name in chunk)).one()
        weights.update(zip(chunk, row, strict=True))
    return weights
