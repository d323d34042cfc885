"""Which parts of a filter an index can serve, and which are left to look at event by event. Pure.

It is decided by what is asked alone, never by what is stored.
"""

import dataclasses
from datetime import datetime
from typing import TypeVar

from panko.filters import (
    AboutTrait,
    AboutType,
    EventFilter,
    Everything,
    Expression,
    HasTrait,
    MessageIdFilter,
    Scope,
    Since,
    TraitFilter,
    TraitPrefix,
    TypeFilter,
    TypePrefix,
    TypeSuffix,
    Until,
)
from panko.filters.expressions import NOTHING_MATCHES, alternatives, conjuncts
from panko.storage.sql.reading.search.leads import Lead, lead

# Of more alternatives than that the index is not asked for each.
MOST_ALTERNATIVES = 80
# Of more types than that, the walk goes along time and not along each of them.
MOST_TYPES = 10

T = TypeVar("T")


@dataclasses.dataclass(frozen=True, slots=True)
class Plan:
    """All of this holds together; an event is of one of `event_types`, or of any type when there are none.

    The same is so for `type_terms`, which name types in other ways; there are not both of them. Of each of `either` one
    has to hold. `lead` is a way to the events of one of the `rest`, where no type leads.
    """

    scope: Scope
    message_id: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    event_types: tuple[str, ...] = ()
    traits: tuple[TraitFilter, ...] = ()
    rest: tuple[Expression, ...] = ()
    either: tuple[tuple[AboutTrait, ...], ...] = ()
    type_terms: tuple[AboutType, ...] = ()
    lead: Lead | None = None


def plan(event_filter: EventFilter) -> Plan | None:
    """Return how a filter is answered; None when it holds for no event, whatever there is."""
    wanted = conjuncts(event_filter.expression)
    if wanted == (NOTHING_MATCHES,):
        return None
    ids = [one for one in wanted if isinstance(one, MessageIdFilter)]
    types = [one for one in wanted if _event_types(one)]
    # Inside of a scope the types that there are would tell of what others have stored.
    everything = isinstance(event_filter.scope, Everything)
    others = [one for one in wanted if _type_terms(one)] if everything and not types else []
    either = [one for one in wanted if _traits(one)]
    rest = _rest(wanted, [*ids[:1], *types[:1], *others[:1], *either])
    return Plan(
        event_filter.scope,
        message_id=ids[0].message_id if ids else None,
        start=max((one.moment for one in wanted if isinstance(one, Since)), default=None),
        end=min((one.moment for one in wanted if isinstance(one, Until)), default=None),
        event_types=_event_types(types[0]) if types else (),
        traits=tuple(one for one in wanted if isinstance(one, TraitFilter)),
        rest=rest,
        either=tuple(map(_traits, either)),
        type_terms=_type_terms(others[0]) if others else (),
        lead=_lead(rest) if everything and not (ids or types or others) else None,
    )


def _rest(wanted: tuple[Expression, ...], leading: list[Expression]) -> tuple[Expression, ...]:
    """Return what no index is asked for; a second id and a second type are compared with the event of the first."""
    return tuple(
        one
        for one in wanted
        if not isinstance(one, Since | Until | TraitFilter) and not any(one is used for used in leading)
    )


def _lead(rest: tuple[Expression, ...]) -> Lead | None:
    """Return the shortest way to the events of one of these; inside of a scope it would lead past events of others."""
    found = [way for way in map(lead, rest) if way is not None and len(way) <= MOST_ALTERNATIVES]
    return min(found, key=len, default=None)


def _event_types(expression: Expression) -> tuple[str, ...]:
    """Return the types of which an event must have one, when that is all that an expression says."""
    return tuple(one.event_type for one in _alternatives(expression, (TypeFilter,), most=MOST_TYPES))


def _type_terms(expression: Expression) -> tuple[AboutType, ...]:
    """Return the terms of which an event's type must satisfy one, when that is all that an expression says."""
    return _alternatives(expression, (TypeFilter, TypePrefix, TypeSuffix), most=MOST_TYPES)


def _traits(expression: Expression) -> tuple[AboutTrait, ...]:
    """Return the terms of traits of which an event must satisfy one, when that is all that an expression says.

    A comparison alone is none of these: it leads by itself.
    """
    if isinstance(expression, TraitFilter):
        return ()
    return _alternatives(expression, (TraitFilter, TraitPrefix, HasTrait), most=MOST_ALTERNATIVES)


def _alternatives(expression: Expression, kinds: tuple[type[T], ...], *, most: int) -> tuple[T, ...]:
    """Return the terms that an expression consists of; none when one is of another kind, or when there are too many."""
    every = alternatives(expression)
    found = tuple(one for one in every if isinstance(one, kinds))
    return found if len(found) == len(every) <= most else ()
