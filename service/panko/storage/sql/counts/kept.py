"""Counts of settled hours, with what is left of the same moment: a statement that adds both up, in one snapshot."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, null, select

from panko.filters import Everything
from panko.filters.counting import Grouping, Keys
from panko.filters.expressions import JUST
from panko.storage.sql.counts import groups, hours, values
from panko.storage.sql.counts.hours import EPOCH, HOUR, SECONDS, Run, whole
from panko.storage.sql.counts.keys import Chosen, chosen, is_known
from panko.storage.sql.counts.outcomes import outcome_of
from panko.storage.sql.counts.sources import Source, by_row
from panko.storage.sql.counts.units import BLOCKS, HOURS, Unit
from panko.storage.sql.engines.expressions import ByRow
from panko.storage.sql.reading.branches import Path
from panko.storage.sql.reading.plan import Plan
from panko.storage.sql.reading.terms import Terms
from panko.storage.sql.rows.tables import COUNT_PROJECT, EVENT, HOURS_OF_A_BLOCK

MOST_RUNS = 300  # of a condition; a store with more gaps has few events in an hour
MOST_AFTER = 100_000  # ids after the mark, which each answer looks through; of more, rows are counted by their own time
MOST_RANGES = 10  # each of which is looked for by itself: not every database follows several at once
PRIMARY = "PRIMARY"
BLOCK = HOURS_OF_A_BLOCK * HOUR


def is_asked(grouping: Grouping, planned: Plan) -> bool:
    """Tell whether what is kept can answer: by types, projects and outcomes, or by values, and by whole hours."""
    field, keys = grouping.field, grouping.keys
    by_known = field is None or field.is_type or field.is_outcome or field.is_project
    by_keys = keys is not None and not keys.valued and by_known and is_known(planned.scope)
    by_value = values.asked(grouping) is not None and isinstance(planned.scope, Everything)
    return (by_keys or by_value) and has_whole_hours(grouping, planned)


def has_whole_hours(grouping: Grouping, planned: Plan) -> bool:
    """Tell whether whole hours are asked for, and told apart by nothing less."""
    first, end = _whole_hours(planned)
    spans = grouping.spans
    return (first is None or end is None or first < end) and (spans is None or not spans.width % HOUR)


@dataclasses.dataclass(frozen=True, slots=True)
class Settled:
    """The hours of a range that are settled, some at least, and up to which id their events are in what is kept."""

    runs: Sequence[Run]
    upto: int


def settled(connection: Connection, planned: Plan) -> Settled | None:
    """Look up what is settled; None where that is of no use. The connection is a snapshot."""
    mark = hours.last_mark(connection)
    if mark is None or hours.last_id(connection) - mark.upto > MOST_AFTER:
        return None
    runs = hours.settled(connection, *_whole_hours(planned))
    return Settled(runs, mark.upto) if 0 < len(runs) <= MOST_RUNS else None


def parts(connection: Connection, terms: Terms, grouping: Grouping, planned: Plan) -> list[Select[Any]] | None:
    """Return what has to be added up; None where what is kept is of no use. The connection is a snapshot."""
    known, keys = settled(connection, planned), grouping.keys
    if known is None or keys is None:
        return None
    counted = _counted(connection, keys, planned, known=known, grouping=grouping)
    outcome = outcome_of(connection, grouping)
    return [*counted, *(groups.of_source(source, grouping, outcome) for source in live(terms, known))]


def _whole_hours(planned: Plan) -> tuple[int | None, int | None]:
    return hours.inside(planned.start, None if planned.end is None else planned.end + JUST)


def live(terms: Terms, known: Settled) -> list[Source]:
    """Return what came after the mark, and all of the hours that are not settled."""
    # Few events came after the mark: no database is to look for them by their time.
    generated = ByRow(EVENT.c.generated)
    after = (EVENT.c.id > known.upto, hours.either(run.holds(generated) for run in known.runs))
    others = [run.of_event for run in hours.between(known.runs)]
    if len(others) > MOST_RANGES:
        others = [hours.either(others)]
    if not terms.time.conditions(EVENT.c.generated):
        others.append(EVENT.c.generated.is_(None))
    conditions = by_row(terms, EVENT.c.generated)
    return [
        Source(EVENT, (*after, *by_row(terms, generated)), PRIMARY, are_few=True),
        *(Source(EVENT, (other, *conditions), Path.TIME.value, are_few=True) for other in others),
    ]


def _counted(
    connection: Connection, keys: Keys, planned: Plan, *, known: Settled, grouping: Grouping
) -> list[Select[Any]]:
    trait = values.asked(grouping)
    if trait is not None:
        pieces = units(connection, planned, known, grouping)
        return [values.counted(trait, unit, run, grouping, keys) for unit, run in pieces]
    wanted = chosen(connection, keys, planned.scope)
    field = grouping.field
    by_project = field is not None and field.is_project
    level = wanted.level(by_type=field is not None and field.is_type, by_project=by_project)
    has_blocks = level in BLOCKS.levels
    pieces = units(connection, planned, known, grouping) if has_blocks else [(HOURS, whole(known.runs))]
    counted = [_of_chosen(wanted, level, unit, run, grouping) for unit, run in pieces]
    return [_with_projects(each) for each in counted] if by_project else counted


def units(connection: Connection, planned: Plan, known: Settled, grouping: Grouping) -> list[tuple[Unit, Run]]:
    """Return by what all of the settled hours are counted: by blocks, and by the hours that are in none."""
    blocks = _blocks(connection, planned, grouping)
    left = hours.without(known.runs, blocks) if blocks else []
    if not blocks or len(left) > MOST_RANGES:
        return [(HOURS, whole(known.runs))]
    return [(BLOCKS, whole(blocks)), *((HOURS, run) for run in left)]


def _blocks(connection: Connection, planned: Plan, grouping: Grouping) -> list[Run]:
    """Return the blocks that are whole in the range and in the spans that are asked for."""
    spans = grouping.spans
    if spans is not None and ((spans.first - EPOCH) % BLOCK or spans.width % BLOCK):
        return []
    return hours.blocks(connection, *_whole_hours(planned))


def _of_chosen(wanted: Chosen, level: int, unit: Unit, run: Run, grouping: Grouping) -> Select[Any]:
    columns = unit.counts.c
    span = groups.span_of(columns.hour * SECONDS, grouping.spans)
    told = _told(grouping, columns)
    counted = groups.grouped(span, told, func.sum(columns.events)).select_from(unit.counts)
    return counted.where(*wanted.conditions(level, columns), run.of(columns.hour))


def _told(grouping: Grouping, columns: Any) -> ColumnElement[Any]:
    field = grouping.field
    told: ColumnElement[Any] = null()
    if field is not None and field.is_type:
        told = columns.event_type_id
    elif field is not None:
        told = columns.outcome if field.is_outcome else columns.project
    return told


def _with_projects(counted: Select[Any]) -> Select[Any]:
    """Return the values instead of the numbers of projects, each of which is looked up once."""
    each = counted.subquery("of_projects")
    value = select(COUNT_PROJECT.c.value).where(COUNT_PROJECT.c.id == each.c[groups.TOLD]).scalar_subquery()
    named = select(each.c[groups.SPAN], value.label(groups.TOLD), each.c[groups.EVENTS]).subquery("named")
    return select(*named.c).where(named.c[groups.TOLD].is_not(None))
