"""Events put together in groups, as one statement: each source is counted for itself, and counts are added up. Pure."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    func,
    literal_column,
    null,
    select,
    union_all,
)

from panko.filters.counting import Grouping, Spans
from panko.storage import Group
from panko.storage.sql.counts.outcomes import NAMES, TEXT, OutcomeOf
from panko.storage.sql.counts.sources import Source
from panko.storage.sql.engines import planner
from panko.storage.sql.engines.expressions import Quotient, WholeSeconds
from panko.storage.sql.reading.comparisons import like_original
from panko.storage.sql.reading.traits import named_trait
from panko.storage.sql.rows.tables import EVENT, EVENT_TYPE

VALUE = TEXT.alias("counted")
# Names that no column has: a database would take the column.
SPAN, TOLD, EVENTS = "span_of_time", "told_apart", "counted_events"


def of_source(source: Source, grouping: Grouping, outcome: OutcomeOf | None) -> Select[Any]:
    """Count the events of a source; how outcomes are told need be said where it is by them."""
    field, events = grouping.field, source.events
    span = span_of(WholeSeconds(EVENT.c.generated), grouping.spans)
    told: ColumnElement[Any] = null()
    if field is not None and field.is_type:
        told = EVENT.c.event_type_id
    elif outcome is not None:
        events, told = outcome.joined(events), outcome.number
    elif field is not None and source.are_few:
        return of_values(source, field.name, span)
    elif field is not None:
        is_it = and_(named_trait(VALUE.c, field.name), VALUE.c.value.is_not(None))
        events, told = events.join(VALUE, is_it), VALUE.c.value
    return found_by(source, events, grouped(span, told, func.count()))


def of_values(source: Source, name: str, span: ColumnElement[Any]) -> Select[Any]:
    """Count by a trait that each event of a source is asked for: what is joined may be read as a whole."""
    value = planner.by_primary_key(select(TEXT.c.value).where(named_trait(TEXT.c, name)), TEXT)
    told = value.correlate(EVENT).scalar_subquery()
    each = found_by(source, source.events, grouped(span, told, func.count())).subquery("of_values")
    return select(*each.c).where(each.c[TOLD].is_not(None))


def found_by(source: Source, events: FromClause, statement: Select[Any]) -> Select[Any]:
    """Select from the events of a source, with what is joined to them, as the source finds them."""
    found = planner.in_this_order(statement.select_from(events))
    if source.index is not None:
        found = planner.by_index(found, EVENT, source.index)
    return found.where(*source.conditions)


def grouped(span: ColumnElement[Any], told: ColumnElement[Any], events: ColumnElement[Any]) -> Select[Any]:
    """Select groups; what is NULL for all of them tells nothing apart."""
    names = [name for name, column in ((SPAN, span), (TOLD, told)) if not _is_null(column)]
    statement = select(span.label(SPAN), told.label(TOLD), events.label(EVENTS))
    return statement.group_by(*map(literal_column, names)) if names else statement


def _added(parts: Sequence[Select[Any]], grouping: Grouping) -> Select[Any]:
    """Add up what was counted, with the names of types."""
    each = union_all(*(select(part.subquery()) for part in parts)).subquery("each_part")
    told: ColumnElement[Any] = each.c[TOLD]
    group_by: list[ColumnElement[Any]] = [each.c[SPAN]] if grouping.spans else []
    is_type = grouping.field is not None and grouping.field.is_type
    if is_type:
        # Types that a filter takes for the same are counted as one.
        group_by.append(like_original(EVENT_TYPE.c.desc))
        told = func.min(EVENT_TYPE.c.desc)
    elif grouping.field is not None:
        group_by.append(told)
    events = func.sum(each.c[EVENTS])
    source = select(each.c[SPAN] if grouping.spans else null(), told if grouping.field else null(), events)
    if is_type:
        source = source.select_from(each.outerjoin(EVENT_TYPE, EVENT_TYPE.c.id == each.c[TOLD]))
    if group_by:
        source = source.group_by(*group_by)
    return source if grouping.most is None else source.order_by(events.desc(), told).limit(grouping.most)


def of_parts(connection: Connection, parts: Sequence[Select[Any]], grouping: Grouping) -> list[Group]:
    """Add up what was counted, and make groups of it; databases add numbers up to others than they count."""
    rows = connection.execute(_added(parts, grouping)).all() if parts else []
    field = grouping.field
    found = [(span, value, int(count or 0)) for span, value, count in rows]
    is_outcome = field is not None and field.is_outcome
    return [
        Group(None if span is None else int(span), NAMES[int(value)] if is_outcome else value, count)
        for span, value, count in found
        if count
    ]


def span_of(seconds: ColumnElement[int], spans: Spans | None) -> ColumnElement[Any]:
    """Return the number of the span in which a moment is, by its whole seconds; NULL where no spans are told apart."""
    if spans is None:
        return null()
    first, width = int(spans.first.timestamp()), int(spans.width.total_seconds())
    return Quotient(seconds - literal_column(str(first)), literal_column(str(width)))


def _is_null(column: ColumnElement[Any]) -> bool:
    return column is null()
