"""What is left of a filter, as conditions on an event that was found by something else. Pure.

Each is evaluated event by event, by the event's own rows: no index of all events leads to what they say, and no
database may take them for a better way in, or what others stored would cost time. So they stand in a CASE, which no
optimizer looks into for one. It is also what makes them true or false where SQL knows a third.
"""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, case, exists, false, literal_column, not_, or_, select

from panko.filters import And, Expression, MessageIdFilter, Not, Or, Since, TraitFilter, TypeFilter, Until
from panko.filters.expressions import Term
from panko.storage.sql.engines import planner
from panko.storage.sql.reading.branches import Conditions
from panko.storage.sql.reading.comparisons import like_original, same_text
from panko.storage.sql.reading.traits import trait_term
from panko.storage.sql.rows.tables import EVENT, EVENT_TYPE

YES: ColumnElement[int] = literal_column("1")
NO: ColumnElement[int] = literal_column("0")


def conditions(rest: Iterable[Expression]) -> Conditions:
    """Return a condition for each of these expressions, which are in normal form."""
    return tuple(case((_holds(one), YES), else_=NO) == YES for one in rest)


def is_type(event_type: str) -> ColumnElement[bool]:
    """Return the condition on a row of event_type."""
    return same_text(like_original(EVENT_TYPE.c.desc), event_type)


def _holds(expression: Expression) -> ColumnElement[bool]:
    match expression:
        case And(inner):
            return and_(*(_holds(one) for one in inner))
        case Or(inner):
            return or_(*(_holds(one) for one in inner))
        case Not(inner):
            return not_(_holds(inner))
        case term:
            return _term(term)


def _term(term: Term) -> ColumnElement[bool]:
    """Return a condition that is never NULL: its complement would be NULL too."""
    match term:
        case MessageIdFilter(message_id):
            return _known(EVENT.c.message_id, EVENT.c.message_id == message_id)
        case Since(moment):
            return _known(EVENT.c.generated, EVENT.c.generated >= moment)
        case Until(moment):
            return _known(EVENT.c.generated, EVENT.c.generated <= moment)
        case TypeFilter(event_type):
            of_event = select(YES).where(EVENT_TYPE.c.id == EVENT.c.event_type_id, is_type(event_type))
            return exists(planner.unjoined(of_event.correlate(EVENT)))
        case TraitFilter():
            found = trait_term(term)
            return false() if found is None else found.exists()


def _known(column: ColumnElement[object], compared: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(column.is_not(None), compared)
