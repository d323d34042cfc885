"""Counts of settled hours, with what is left of the same moment: a statement that adds both up, in one snapshot."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, null, select

from panko.filters import Everything
from panko.filters.counting import Grouping, Keys
from panko.filters.expressions import JUST
from panko.storage.sql.counts import groups, hours, values
from panko.storage.sql.counts.hours import HOUR, SECONDS, Run, whole
from panko.storage.sql.counts.keys import Chosen, chosen
from panko.storage.sql.counts.outcomes import OutcomeOf
from panko.storage.sql.counts.sources import Source, by_row
from panko.storage.sql.engines.expressions import ByRow
from panko.storage.sql.reading.branches import Path
from panko.storage.sql.reading.plan import Plan
from panko.storage.sql.reading.terms import Terms
from panko.storage.sql.rows.tables import COUNT_PROJECT, EVENT, EVENT_COUNT

MOST_RUNS = 300  # of a condition; a store with more gaps has few events in an hour
MOST_AFTER = 100_000  # ids after the mark, which each answer looks through; of more, rows are counted by their own time
MOST_RANGES = 10  # each of which is looked for by itself: not every database follows several at once
PRIMARY = "PRIMARY"


def is_asked(grouping: Grouping, planned: Plan) -> bool:
    """Tell whether what is kept can answer: by types, projects and outcomes, or by values, and by whole hours."""
    field, keys, spans = grouping.field, grouping.keys, grouping.spans
    by_known = field is None or field.is_type or field.is_outcome or field.is_project
    is_kept = (keys is not None and keys.valued is None and by_known) or values.asked(grouping) is not None
    first, end = _whole_hours(planned)
    has_hours = first is None or end is None or first < end
    return has_hours and is_kept and (spans is None or not spans.width % HOUR)


def parts(
    connection: Connection, terms: Terms, grouping: Grouping, planned: Plan, outcome: OutcomeOf
) -> list[Select[Any]] | None:
    """Return what has to be added up; None where what is kept is of no use. The connection is a snapshot."""
    mark, keys = hours.last_mark(connection), grouping.keys
    if mark is not None and hours.last_id(connection) - mark.upto > MOST_AFTER:
        return None
    settled = hours.settled(connection, *_whole_hours(planned)) if mark is not None else []
    if mark is None or keys is None or not 0 < len(settled) <= MOST_RUNS:
        return None
    counted = _counted(connection, keys, planned, settled=settled, grouping=grouping)
    if counted is None:
        return None
    live = [groups.of_source(source, grouping, outcome) for source in _live(terms, settled, mark.upto)]
    return [counted, *live]


def _whole_hours(planned: Plan) -> tuple[int | None, int | None]:
    return hours.inside(planned.start, None if planned.end is None else planned.end + JUST)


def _live(terms: Terms, settled: Sequence[Run], upto: int) -> list[Source]:
    """Return what came after the mark, and all of the hours that are not settled."""
    # Few events came after the mark: no database is to look for them by their time.
    generated = ByRow(EVENT.c.generated)
    after = (EVENT.c.id > upto, hours.either(run.holds(generated) for run in settled))
    others = [run.of_event for run in hours.between(settled)]
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
    connection: Connection, keys: Keys, planned: Plan, *, settled: Sequence[Run], grouping: Grouping
) -> Select[Any] | None:
    trait = values.asked(grouping)
    if trait is not None:
        return values.counted(trait, settled, grouping, keys) if isinstance(planned.scope, Everything) else None
    wanted = chosen(connection, keys, planned.scope)
    return None if wanted is None else _of_chosen(wanted, settled, grouping)


def _of_chosen(wanted: Chosen, settled: Sequence[Run], grouping: Grouping) -> Select[Any]:
    columns, field = EVENT_COUNT.c, grouping.field
    by_project = field is not None and field.is_project
    level = wanted.level(by_type=field is not None and field.is_type, by_project=by_project)
    span = groups.span_of(columns.hour * SECONDS, grouping.spans)
    counted = groups.grouped(span, _told(grouping), func.sum(columns.events)).select_from(EVENT_COUNT)
    counted = counted.where(*wanted.conditions(level), whole(settled).of(columns.hour))
    return _with_projects(counted) if by_project else counted


def _told(grouping: Grouping) -> ColumnElement[Any]:
    field = grouping.field
    if field is None:
        return null()
    if field.is_type:
        return EVENT_COUNT.c.event_type_id
    return EVENT_COUNT.c.outcome if field.is_outcome else EVENT_COUNT.c.project


def _with_projects(counted: Select[Any]) -> Select[Any]:
    """Return the values instead of the numbers of projects, each of which is looked up once."""
    each = counted.subquery("of_projects")
    value = select(COUNT_PROJECT.c.value).where(COUNT_PROJECT.c.id == each.c[groups.TOLD]).scalar_subquery()
    named = select(each.c[groups.SPAN], value.label(groups.TOLD), each.c[groups.EVENTS]).subquery("named")
    return select(*named.c).where(named.c[groups.TOLD].is_not(None))
