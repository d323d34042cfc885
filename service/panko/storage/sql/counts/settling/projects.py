"""Projects as numbers: a row for each trait that says whose an event is, told apart to the byte."""

from collections.abc import Iterable

from sqlalchemy import Connection, or_, select

from panko.storage.sql import engines
from panko.storage.sql.rows.chunks import chunks
from panko.storage.sql.rows.tables import COUNT_PROJECT

Said = tuple[str, str | None]  # the name of the trait as it is stored, and its value


def numbers(connection: Connection, said: Iterable[Said]) -> dict[Said, int]:
    """Return the number of each, inserting those that are missing. One transaction at a time does so."""
    wanted = set(said)
    found = _known(connection, wanted)
    missing = sorted(wanted - found.keys(), key=lambda one: (one[0], one[1] or ""))
    if missing:
        engines.of(connection.dialect).insert_rows(connection, COUNT_PROJECT, ("key", "value"), missing)
        found |= _known(connection, set(missing))
    return found


def _known(connection: Connection, wanted: set[Said]) -> dict[Said, int]:
    """Look up by values; what a database takes for the same besides is not wanted."""
    columns = COUNT_PROJECT.c
    found: dict[Said, int] = {}
    values = sorted({value for _key, value in wanted if value is not None})
    for chunk in chunks(values) if values else [[]]:
        statement = select(columns.key, columns.value, columns.id).where(
            or_(columns.value.in_(chunk), columns.value.is_(None))
        )
        found |= {(key, value): id_ for key, value, id_ in connection.execute(statement)}
    return {said: id_ for said, id_ in found.items() if said in wanted}
