"""What is left of a filter, as conditions on an event that was found by something else. Pure.

Each is evaluated event by event, by the event's own rows: no index of all events leads to what they say, and no
database may take them for a better way in, or what others stored would cost time. So they stand in a CASE, which no
optimizer looks into for one. It is also what makes them true or false where SQL knows a third.
"""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, case, exists, false, literal_column, not_, or_, select

from panko.filters import (
    AboutTrait,
    AboutType,
    And,
    Expression,
    HasTrait,
    MessageIdFilter,
    Not,
    Or,
    Since,
    TraitFilter,
    TraitPrefix,
    TypeFilter,
    TypePrefix,
    TypeSuffix,
    Until,
)
from panko.filters.expressions import Term
from panko.storage.sql.engines import planner
from panko.storage.sql.engines.expressions import EndsWith
from panko.storage.sql.reading.branches import Conditions
from panko.storage.sql.reading.comparisons import begins_with, like_original, same_text
from panko.storage.sql.reading.traits import TraitTerm, by_table, trait_terms
from panko.storage.sql.rows.tables import EVENT, EVENT_TYPE

YES: ColumnElement[int] = literal_column("1")
NO: ColumnElement[int] = literal_column("0")


def conditions(rest: Iterable[Expression]) -> Conditions:
    """Return the conditions that these expressions, which are in normal form, hold together."""
    return tuple(sheltered(one) for one in _each(rest))


def sheltered(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return a condition that is evaluated where an event is, and never looked into for a way to find one."""
    return case((condition, YES), else_=NO) == YES


def is_type(event_type: str) -> ColumnElement[bool]:
    """Return the condition on a row of event_type."""
    return same_text(like_original(EVENT_TYPE.c.desc), event_type)


def of_type(term: AboutType) -> ColumnElement[bool]:
    """Return the condition on a row of event_type."""
    match term:
        case TypeFilter(event_type):
            return is_type(event_type)
        case TypePrefix(prefix):
            return begins_with(like_original(EVENT_TYPE.c.desc), prefix)
        case TypeSuffix(suffix):
            return EndsWith(like_original(EVENT_TYPE.c.desc), suffix)


def of_types(expression: Expression) -> ColumnElement[bool]:
    """Return the condition on a row of event_type of an expression that is about types alone."""
    match expression:
        case And(inner):
            return and_(*map(of_types, inner))
        case Or(inner):
            return or_(*map(of_types, inner))
        case Not(inner):
            return not_(of_types(inner))
        case TypeFilter() | TypePrefix() | TypeSuffix():
            return of_type(expression)
        case _:
            raise TypeError(expression)


def _holds(expression: Expression) -> ColumnElement[bool]:
    match expression:
        case And(inner):
            return and_(*_each(inner))
        case Or(inner):
            return _either(inner)
        case Not(inner):
            return not_(_holds(inner))
        case term:
            return _term(term)


def _each(expressions: Iterable[Expression]) -> list[ColumnElement[bool]]:
    """Return a condition for each; an event's traits are read once for all that it must not have."""
    absent: list[Expression] = []
    found: list[ColumnElement[bool]] = []
    for one in expressions:
        if isinstance(one, Not) and isinstance(one.expression, AboutTrait):
            absent.append(one.expression)
        else:
            found.append(_holds(one))
    return [*found, not_(_either(absent))] if absent else found


def _either(expressions: Iterable[Expression]) -> ColumnElement[bool]:
    """Return what holds when one of these does: an event's traits are read once for all of them."""
    traits: list[TraitTerm] = []
    others: list[ColumnElement[bool]] = []
    for one in expressions:
        if isinstance(one, AboutTrait):
            traits += trait_terms(one)
        else:
            others.append(_holds(one))
    return or_(false(), *(term.exists() for term in by_table(traits)), *others)


def _term(term: Term) -> ColumnElement[bool]:
    """Return a condition that is never NULL: its complement would be NULL too."""
    match term:
        case MessageIdFilter(message_id):
            return _known(EVENT.c.message_id, EVENT.c.message_id == message_id)
        case Since(moment):
            return _known(EVENT.c.generated, EVENT.c.generated >= moment)
        case Until(moment):
            return _known(EVENT.c.generated, EVENT.c.generated <= moment)
        case TypeFilter() | TypePrefix() | TypeSuffix():
            of_event = select(YES).where(EVENT_TYPE.c.id == EVENT.c.event_type_id, of_type(term))
            return exists(planner.unjoined(of_event.correlate(EVENT)))
        case TraitFilter() | TraitPrefix() | HasTrait():
            return _either((term,))


def _known(column: ColumnElement[object], compared: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(column.is_not(None), compared)
