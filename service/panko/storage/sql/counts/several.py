"""Counts by several text traits in one reading of the events, each of which is found once and not once for each trait.

Pure, but for reading what a statement finds.
"""

import dataclasses
import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, and_, case, func, literal_column, null, or_, select, union_all

from panko.filters.counting import Field, Grouping
from panko.storage import Group
from panko.storage.sql import engines
from panko.storage.sql.counts import groups
from panko.storage.sql.counts.groups import EVENTS, TOLD, VALUE, found_by, of_values
from panko.storage.sql.counts.outcomes import outcome_of
from panko.storage.sql.counts.sources import Source
from panko.storage.sql.engines import planner
from panko.storage.sql.reading.comparisons import same_text
from panko.storage.sql.rows.tables import EVENT

PLACE, RANK = "place_of_field", "rank_of_value"
PLAIN = re.compile(r"[A-Za-z0-9_.:-]+")  # databases take two such names for the same by their case alone


def able(fields: Sequence[Field]) -> list[Field]:
    """Return the fields that can be counted together: traits whose names no database takes for the same."""
    named = {field.name.lower(): field for field in fields if field.is_trait and PLAIN.fullmatch(field.name)}
    return list(named.values())


def read(connection: Connection, sources: Sequence[Source], grouping: Grouping) -> list[list[Group]]:
    """Return the largest groups of each field, those of traits by one reading where they can be."""
    together = able([field for field in grouping.fields if field is not None]) if grouping.beside else []
    known = dict(zip(together, _of_traits(connection, sources, together, grouping.most), strict=True))
    return [
        known[field] if field in known else _alone(connection, sources, dataclasses.replace(grouping, field=field))
        for field in grouping.fields
    ]


def _alone(connection: Connection, sources: Sequence[Source], grouping: Grouping) -> list[Group]:
    outcome = outcome_of(connection, grouping)
    parts = [groups.of_source(source, grouping, outcome) for source in sources]
    return groups.of_parts(connection, parts, grouping)


def _of_traits(
    connection: Connection, sources: Sequence[Source], fields: Sequence[Field], most: int | None
) -> list[list[Group]]:
    in_order = engines.of(connection.dialect).IN_THIS_ORDER is not None
    found: list[list[Group]] = [[] for _ in fields]
    parts = [part for source in sources for part in _of_source(source, fields, in_order=in_order)] if fields else []
    if parts:
        for place, value, events in connection.execute(_largest(parts, most)):
            found[int(place)].append(Group(None, value, int(events)))
    return found


def _of_source(source: Source, fields: Sequence[Field], *, in_order: bool) -> list[Select[Any]]:
    """Count the events of a source; field by field where the database might begin with the traits of everybody."""
    if source.are_few and not in_order:
        return [_at(place, of_values(source, field.name, null())) for place, field in enumerate(fields)]
    named = [(same_text(VALUE.c.key, field.name), _number(place)) for place, field in enumerate(fields)]
    is_one = and_(VALUE.c.event_id == EVENT.c.id, or_(*(is_it for is_it, _ in named)), VALUE.c.value.is_not(None))
    counted = select(case(*named).label(PLACE), VALUE.c.value.label(TOLD), func.count().label(EVENTS))
    statement = found_by(source, source.events.join(VALUE, is_one), planner.by_primary_key(counted, VALUE))
    return [statement.group_by(literal_column(PLACE), literal_column(TOLD))]


def _at(place: int, counted: Select[Any]) -> Select[Any]:
    each = counted.subquery(f"of_field_{place}")
    return select(_number(place).label(PLACE), each.c[TOLD], each.c[EVENTS])


def _largest(parts: Sequence[Select[Any]], most: int | None) -> Select[Any]:
    """Add up what was counted; of each field the groups with the most events."""
    each = union_all(*(select(part.subquery()) for part in parts)).subquery("each_part")
    place, told, events = each.c[PLACE], each.c[TOLD], func.sum(each.c[EVENTS])
    rank = func.row_number().over(partition_by=place, order_by=(events.desc(), told)).label(RANK)
    added = select(place, told, events.label(EVENTS), rank).group_by(place, told).subquery("added")
    largest = select(added.c[PLACE], added.c[TOLD], added.c[EVENTS])
    return largest if most is None else largest.where(added.c[RANK] <= most)


def _number(place: int) -> Any:
    return literal_column(str(place))
