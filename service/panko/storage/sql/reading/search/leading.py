"""Whether a lead is the shorter way to a page, by counting: a walk along time passes few events where many are wanted.

It is asked for where everything is visible alone, so what is counted tells nobody of what others have stored.
"""

import dataclasses
import math
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, literal, null, select

from panko.storage.sql.reading import pages
from panko.storage.sql.reading.search.alternatives import AnyTrait, any_trait
from panko.storage.sql.reading.search.leads import Lead
from panko.storage.sql.reading.terms import TimeRange, TypeTerm
from panko.storage.sql.rows.tables import EVENT

# About how many events there are: they are numbered as they are stored, and the oldest go first. Each end alone is a
# look into the primary key.
STORED = select(
    select(func.max(EVENT.c.id)).scalar_subquery() - select(func.min(EVENT.c.id)).scalar_subquery() + literal(1)
)


@dataclasses.dataclass(frozen=True, slots=True)
class Led:
    """What leads to a page; `count` is how many events there are of the traits, and `nothing` that there are none."""

    types: TypeTerm | None
    traits: AnyTrait | None
    count: int = 0
    nothing: bool = False


def leading(connection: Connection, lead: Lead, time: TimeRange, *, limit: int, rare: int) -> Led | None:
    """Return what leads to a page of `limit` events; None where a walk along time passes fewer events.

    Of more than what is `rare`, or than a walk would pass on its way to the page if they were spread evenly, nothing
    is counted: the walk is the shorter way then, whatever the number is.
    """
    ids = tuple(connection.execute(pages.ids_of_types(lead.types)).scalars()) if lead.types else ()
    types, traits = TypeTerm(ids) if ids else None, any_trait(lead.traits) if lead.traits else None
    if types is not None and not types.is_walked:
        return None
    events = connection.execute(STORED).scalar_one() or 1
    most = min(rare, math.isqrt(limit * events))
    of_types, of_traits, within = connection.execute(_counts(types, traits, time, most + 1)).one()
    if of_types + of_traits == 0:
        return Led(types, traits, nothing=True)
    walked = limit * events // (of_types + of_traits)
    if within is not None and within <= most:
        walked = within
    if of_traits > most or of_traits + min(of_types, limit * len(ids)) >= walked:
        return None
    return Led(types, traits, of_traits)


def _counts(types: TypeTerm | None, traits: AnyTrait | None, time: TimeRange, most: int) -> Select[Any]:
    """Count events of the types, of the traits and of a range of time. One that has two of the traits counts twice."""
    of_traits = () if traits is None else (term.count(most) for term in traits.terms)
    within = time.count(most)
    columns: tuple[ColumnElement[Any], ...] = (
        literal(0) if types is None else types.count(most),
        sum(of_traits, start=literal(0)),
        null() if within is None else within,
    )
    return select(*(column.label(f"n{place}") for place, column in enumerate(columns)))
