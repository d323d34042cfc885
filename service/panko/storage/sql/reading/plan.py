"""Which parts of a filter an index can serve, and which are left to look at event by event. Pure.

It is decided by what is asked alone, never by what is stored.
"""

import dataclasses
from datetime import datetime

from panko.filters import (
    EventFilter,
    Expression,
    MessageIdFilter,
    Or,
    Scope,
    Since,
    TraitFilter,
    TypeFilter,
    Until,
)
from panko.filters.expressions import NOTHING_MATCHES, conjuncts

# Of more types than that, the walk goes along time and not along each of them.
MOST_TYPES = 10


@dataclasses.dataclass(frozen=True, slots=True)
class Plan:
    """All of this holds together; an event is of one of `event_types`, or of any type when there are none."""

    scope: Scope
    message_id: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    event_types: tuple[str, ...] = ()
    traits: tuple[TraitFilter, ...] = ()
    rest: tuple[Expression, ...] = ()


def plan(event_filter: EventFilter) -> Plan | None:
    """Return how a filter is answered; None when it holds for no event, whatever there is."""
    wanted = conjuncts(event_filter.expression)
    if wanted == (NOTHING_MATCHES,):
        return None
    ids = [one for one in wanted if isinstance(one, MessageIdFilter)]
    types = [one for one in wanted if _event_types(one)]
    return Plan(
        event_filter.scope,
        message_id=ids[0].message_id if ids else None,
        start=max((one.moment for one in wanted if isinstance(one, Since)), default=None),
        end=min((one.moment for one in wanted if isinstance(one, Until)), default=None),
        event_types=_event_types(types[0]) if types else (),
        traits=tuple(one for one in wanted if isinstance(one, TraitFilter)),
        rest=_rest(wanted, [*ids[:1], *types[:1]]),
    )


def _rest(wanted: tuple[Expression, ...], leading: list[Expression]) -> tuple[Expression, ...]:
    """Return what no index is asked for; a second id and a second type are compared with the event of the first."""
    return tuple(
        one
        for one in wanted
        if not isinstance(one, Since | Until | TraitFilter) and not any(one is used for used in leading)
    )


def _event_types(expression: Expression) -> tuple[str, ...]:
    """Return the types of which an event must have one, when that is all that an expression says."""
    alternatives = expression.expressions if isinstance(expression, Or) else (expression,)
    names = tuple(one.event_type for one in alternatives if isinstance(one, TypeFilter))
    return names if len(names) == len(alternatives) and len(names) <= MOST_TYPES else ()
