"""The statements that find one page of events. Pure: filters in, statements out.

There are two ways to find a page. A walk follows an index in the order of the page and ends as soon as it is full:
right for what most events satisfy. A drive begins with the events that satisfy one rare trait term and sorts them.
Which is right is decided by counting, with a bound, in the trait index; so it does not depend on the statistics of the
database's optimizer.
"""

import dataclasses
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from panko.filters import Page, Scope, SortField, SortKey
from panko.storage.sql.comparisons import like_original, same_text
from panko.storage.sql.tables import EVENT, EVENT_TYPE
from panko.storage.sql.terms import Terms, TraitTerm, scope_terms

COLUMNS = {SortField.MESSAGE_ID: EVENT.c.message_id, SortField.GENERATED: EVENT.c.generated}


@dataclasses.dataclass(frozen=True, slots=True)
class Position:
    """Where an event stands in any order."""

    generated: datetime
    message_id: str


def total_order(sort: Sequence[SortKey]) -> tuple[SortKey, ...]:
    """Return keys that leave no ties: message_id last, in the direction of the key before it.

    The original left ties, so that pages by marker could skip and repeat events.
    """
    keys: list[SortKey] = []
    for key in sort:
        if key.field not in {earlier.field for earlier in keys}:
            keys.append(key)
        if key.field is SortField.MESSAGE_ID:
            return tuple(keys)
    return (*keys, SortKey(SortField.MESSAGE_ID, descending=bool(keys) and keys[-1].descending))


def event_type_ids(event_type: str) -> Select[int]:
    """Return the ids of the event types that compare equal; spellings that differ in case are types of their own."""
    return select(EVENT_TYPE.c.id).where(same_text(like_original(EVENT_TYPE.c.desc), event_type))


def marker(message_id: str, scope: Scope) -> Select[datetime, str]:
    """Return the position of a marker that is inside the scope."""
    visible = scope_terms(scope)
    return select(EVENT.c.generated, EVENT.c.message_id).where(
        EVENT.c.message_id == message_id, *visible.conditions, *(term.exists() for term in visible.traits)
    )


def rarity(traits: Sequence[TraitTerm], rare_limit: int) -> Select[Any]:
    """Count the events of each term, at most one more than what is still rare."""
    counts: list[ColumnElement[Any]] = [term.count(rare_limit + 1) for term in traits]
    return select(*counts)


def walk(terms: Terms, page: Page, after: Position | None) -> Select[int]:
    """Find a page by following the order."""
    conditions = (*terms.conditions, *(term.exists() for term in terms.traits))
    return _ordered(select(EVENT.c.id).where(*conditions), page, after)


def drive(terms: Terms, page: Page, after: Position | None, *, driving: TraitTerm, count: int) -> Select[int]:
    """Find a page among the `count` events of one rare term."""
    # The limit excludes nothing: it keeps the optimizer from merging the two SELECTs and reordering them.
    rare = driving.event_ids(count).subquery("rare")
    others = (term.exists() for term in terms.traits if term is not driving)
    statement = (
        select(EVENT.c.id)
        .prefix_with("STRAIGHT_JOIN", dialect="mysql")
        .select_from(rare.join(EVENT, EVENT.c.id == rare.c.event_id))
        .where(*terms.conditions, *others)
    )
    return _ordered(statement, page, after)


def _ordered(statement: Select[int], page: Page, after: Position | None) -> Select[int]:
    keys = total_order(page.sort)
    if after is not None:
        statement = statement.where(_beyond(keys, after))
    columns = [(COLUMNS[key.field], key.descending) for key in keys]
    return statement.order_by(*(column.desc() if down else column.asc() for column, down in columns)).limit(page.limit)


def _beyond(keys: Sequence[SortKey], after: Position) -> ColumnElement[bool]:
    """Strictly after a position; the redundant bound on the first key is the one that an index can use."""
    first, *rest = keys
    column, value = COLUMNS[first.field], _value(first, after)
    strictly: ColumnElement[bool] = column < value if first.descending else column > value
    if not rest:
        return strictly
    bound: ColumnElement[bool] = column <= value if first.descending else column >= value
    return and_(bound, or_(strictly, _beyond(rest, after)))


def _value(key: SortKey, after: Position) -> Any:
    return after.generated if key.field is SortField.GENERATED else after.message_id
