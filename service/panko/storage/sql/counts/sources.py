"""Where the events of a filter are found to be counted: by the ways that lead to pages, without an order.

Pure but for the look-ups that choose the way.
"""

import dataclasses
import operator
from functools import reduce
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, select, union

from panko.storage.sql.reading import pages, residual
from panko.storage.sql.reading.branches import Branches, Conditions, Path
from panko.storage.sql.reading.reader import SCOPES_ARE_SMALLER, STORED_MEANWHILE
from panko.storage.sql.reading.search.alternatives import AnyTrait
from panko.storage.sql.reading.terms import Terms
from panko.storage.sql.reading.traits import TraitTerm, counted
from panko.storage.sql.rows.tables import EVENT

FOUND_ANYWAY = 10  # times as many events as lead to a page: to be counted each is found, by whatever way


@dataclasses.dataclass(frozen=True, slots=True)
class Source:
    """Events, and what has to hold for them; `index` is by which the table is read. No event is in two of a filter.

    Where they are few, or those of a scope, no database is to begin with the index of the trait by which they are
    counted: everybody's values are in it.
    """

    events: FromClause
    conditions: Conditions
    index: str | None = None
    are_few: bool = False


def of_terms(terms: Terms, found_by: TraitTerm | AnyTrait | None = None) -> Conditions:
    """Return all that has to hold for an event, whoever finds it; of what found it there is no need to ask again."""
    of_types = () if terms.types is None else (terms.types.condition(),)
    return (*terms.conditions, *terms.scope, *of_types, *_exist(terms, found_by))


def by_row(terms: Terms, generated: ColumnElement[Any]) -> Conditions:
    """Return the same for events that are found by something else than their type, with their time as it is said."""
    of_types = () if terms.types is None else (terms.types.condition_by_row(),)
    return (*terms.time.conditions(generated), *terms.scope, *of_types, *_exist(terms))


def sources(connection: Connection, terms: Terms, rare_limit: int) -> list[Source]:
    """Choose how events are found, as a search does: inside of a scope by what the scope holds alone."""
    found = _sources(connection, terms, rare_limit)
    return found if terms.branches is None else [dataclasses.replace(source, are_few=True) for source in found]


def _sources(connection: Connection, terms: Terms, rare_limit: int) -> list[Source]:
    if terms.message_id is not None:
        return [Source(EVENT, of_terms(terms))]
    if terms.branches is None or terms.is_admins:
        found = _by_rare(connection, terms, rare_limit)
    else:
        found = _by_rare_inside(connection, terms, rare_limit // SCOPES_ARE_SMALLER)
    return _walk(terms) if found is None else found


def _walk(terms: Terms) -> list[Source]:
    if terms.types is not None and terms.branches is None and terms.types.is_walked:
        branches, conditions = terms.types.branches(), (*terms.conditions, *_exist(terms))
    else:
        branches = terms.branches or Branches(Path.TIME, ((),))
        of_types = () if terms.types is None else (terms.types.condition_by_row(),)
        conditions = (*terms.conditions, *of_types, *_exist(terms))
    return [Source(EVENT, (*branch, *conditions), branches.path.value) for branch in branches.conditions]


def _by_rare(connection: Connection, terms: Terms, limit: int) -> list[Source] | None:
    if not terms.traits:
        return None
    most = limit if terms.branches else limit * FOUND_ANYWAY
    counts = list(connection.execute(pages.rarity(terms.traits, most)).one())
    fewest = min(counts)
    if fewest > most or (fewest > limit and _are_fewer_walked(connection, terms, fewest)):
        return None
    if fewest == 0:
        return []
    driving = terms.traits[counts.index(fewest)]
    rare = driving.event_ids(fewest + STORED_MEANWHILE).subquery("rare")
    return [Source(rare.join(EVENT, EVENT.c.id == rare.c.event_id), of_terms(terms, driving))]


def are_few(connection: Connection, terms: Terms, most: int, rare_limit: int) -> bool:
    """Tell whether so few events, which `sources` finds, are left by one of the terms or by the scope alone.

    By a trait that more events have than `sources` looks for, it would find none of them.
    """
    rare = min(most, rare_limit * FOUND_ANYWAY)
    limits = [(terms.time.count(most + 1), most), *((term.count(rare + 1), rare) for term in terms.traits)]
    limits += [] if terms.types is None else [(terms.types.count(most + 1), most)]
    if terms.branches is not None:
        limits.append((_count_of(terms.branches, most + 1), most))
    known = [(count, limit) for count, limit in limits if count is not None]
    counts = connection.execute(select(*(count for count, _ in known))).one() if known else ()
    return any(count <= limit for count, (_, limit) in zip(counts, known, strict=True))


def _count_of(branches: Branches, most: int) -> ColumnElement[int]:
    """Count the events of a scope, of each branch no further than to a number."""
    counts = (counted(select(EVENT.c.id).where(*branch).limit(most)) for branch in branches.conditions)
    return reduce(operator.add, counts)


def _are_fewer_walked(connection: Connection, terms: Terms, number: int) -> bool:
    """Tell whether a walk of everybody's events, of a range of time or of types, passes fewer than these."""
    known = (terms.time.count(number), None if terms.types is None else terms.types.count(number))
    counts = [count for count in known if count is not None]
    return bool(counts) and min(connection.execute(select(*counts)).one()) < number


def _by_rare_inside(connection: Connection, terms: Terms, limit: int) -> list[Source] | None:
    if terms.unknown is None or not terms.owned:
        return None
    *counts, left = connection.execute(pages.rarity([*terms.owned, terms.unknown], limit)).one()
    fewest = min(counts)
    if max(fewest, left) > limit:
        return None
    if fewest + left == 0:
        return []
    driving = terms.owned[counts.index(fewest)]
    found = [term.event_ids(limit + STORED_MEANWHILE) for term in (driving, *((terms.unknown,) if left else ()))]
    rare = union(*(one.subquery().select() for one in found)).subquery("rare")
    return [Source(rare.join(EVENT, EVENT.c.id == rare.c.event_id), of_terms(terms))]


def _exist(terms: Terms, found_by: TraitTerm | AnyTrait | None = None) -> Conditions:
    exist = (term.exists() for term in terms.traits if term is not found_by)
    return (*exist, *residual.conditions(terms.rest))
