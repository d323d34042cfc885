"""Values as they are kept, and as they are told: what the database takes for the same is one group."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from panko.filters.counting import VALUED, Field, Valued
from panko.storage import Group
from panko.storage.sql.counts import values
from panko.storage.sql.counts.columns.column import Value
from panko.storage.sql.counts.outcomes import NAMES
from panko.storage.sql.counts.several import PLAIN
from panko.storage.sql.counts.units import Unit
from panko.storage.sql.engines import planner
from panko.storage.sql.engines.expressions import Exactly
from panko.storage.sql.rows.chunks import chunks
from panko.storage.sql.rows.collation import weights
from panko.storage.sql.rows.tables import COUNT_PROJECT, EVENT_TYPE

Counted = Counter[tuple[int | None, Value]]  # by span and value


def spellings(connection: Connection, unit: Unit, ids: Sequence[int], valued: Valued) -> frozenset[Value]:
    """Return the values that a filter leaves of one trait, to the byte: each value in columns is counted as well.

    Whole values are found by their index; what begins with something, among the values of these hours or blocks.
    """
    kept = unit.values.c
    holds = values.holds(valued.expression, kept.value)
    statement = select(func.min(kept.value)).where(kept.trait == VALUED.index(valued.name), holds)
    by_value = statement.group_by(Exactly(kept.value))
    if not values.has_prefix(valued.expression):
        return frozenset(connection.execute(by_value).scalars())
    of_owners = planner.by_primary_key(by_value, unit.values)
    found: set[Value] = set()
    for chunk in chunks(ids):
        found.update(connection.execute(of_owners.where(kept[unit.owner].in_(chunk))).scalars())
    return frozenset(found)


def together(connection: Connection, field: Field | None, kept: Counted, rows: Sequence[Group]) -> list[Group]:
    """Add what columns say to what rows do, in groups as rows alone would have made them."""
    added: Counter[tuple[int | None, str | None]] = Counter()
    for (span, value), events in _named(connection, field, kept):
        added[span, value] += events
    for span, value, events in rows:
        added[span, value] += events
    said = {value for _span, value in added if value is not None}
    first = _first_of_same(connection, sorted(said))
    found: Counter[tuple[int | None, str | None]] = Counter()
    for (span, value), events in added.items():
        found[span, None if value is None else first[value]] += events
    return [Group(span, value, events) for (span, value), events in found.items() if events]


def _named(
    connection: Connection, field: Field | None, kept: Counted
) -> Iterable[tuple[tuple[int | None, str | None], int]]:
    """Return what is told instead of numbers; what has no such trait is in no group."""
    if field is None:
        return [((span, None), events) for (span, _value), events in kept.items()]
    if field.is_type:
        names: Mapping[Any, str | None] = _types(connection)
    elif field.is_outcome:
        names = NAMES
    elif field.is_project:
        names = _projects(connection, {value for _span, value in kept})
    else:
        return [((span, str(value)), events) for (span, value), events in kept.items() if value is not None]
    told = [((span, names.get(value)), events) for (span, value), events in kept.items()]
    return told if field.is_type else [one for one in told if one[0][1] is not None]


def _types(connection: Connection) -> dict[Value, str | None]:
    return {row.id: row.desc for row in connection.execute(select(EVENT_TYPE.c.id, EVENT_TYPE.c.desc))}


def _projects(connection: Connection, numbers: set[Value]) -> dict[Value, str | None]:
    found: dict[Value, str | None] = {}
    for chunk in chunks(sorted(int(number) for number in numbers if number is not None)):
        statement = select(COUNT_PROJECT.c.id, COUNT_PROJECT.c.value).where(COUNT_PROJECT.c.id.in_(chunk))
        found |= {row.id: row.value for row in connection.execute(statement)}
    return found


def _first_of_same(connection: Connection, said: Sequence[str]) -> Mapping[str, str]:
    """Return for each text the first of those that the database takes for the same; it is asked where some may be."""
    if all(map(PLAIN.fullmatch, said)) and len({text.lower() for text in said}) == len(said):
        return {text: text for text in said}
    alike: defaultdict[str, list[str]] = defaultdict(list)
    for text, weight in weights(connection, said).items():
        alike[weight].append(text)
    return {text: min(texts) for texts in alike.values() for text in texts}
