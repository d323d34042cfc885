"""The statements that find one page of events. Pure: filters in, statements out.

There are two ways to find a page. A walk follows an index in the order of the page and ends as soon as it is full:
right for what most events satisfy. A drive begins with the events that satisfy one rare trait term and sorts them.
Which is right is decided by counting, with a bound, in the trait index; so it does not depend on the statistics of the
database's optimizer. A walk goes along the index that begins with what is known: whose the events are, or of what type.
Either way finds by what `plan` leads with; the rest of a filter is a condition on each event that comes by. Both
at once (`led`) find what failed and what is of one project: a walk along each of some branches, and a drive from the
few events that these have not.

A member of project p, u, asks for the oldest hundred events with state = error. First the two things that can make a
drive right are counted, each a few rows of one index and no row of anybody else's (42 is the number of p and u, see
`owners`; the limit is a tenth of `rare_limit`, and one more)::

    SELECT (SELECT COUNT(*) FROM (SELECT event_id FROM trait_text
                                  WHERE key = 'state' AND value = 'error' AND owner = 42 LIMIT 1001)),
           (SELECT COUNT(*) FROM (SELECT event_id FROM trait_text
                                  WHERE key = 'user_id' AND value = 'u' AND owner IS NULL LIMIT 1001))

The second are u's events whose traits have no owner yet. *8 and 0*: a drive. The eight are read by their ids, those
that p and u may see are sorted, and whole events are read of what is left::

    SELECT event.*
    FROM (SELECT id, generated, message_id
          FROM (SELECT event.id, generated, message_id
                FROM (SELECT event_id FROM trait_text
                      WHERE key = 'state' AND value = 'error' AND owner = 42 LIMIT 1000) AS rare
                JOIN event ON event.id = rare.event_id
                WHERE EXISTS (p owns it) AND EXISTS (u does) AND EXISTS (state = error) LIMIT 1000) AS own
          ORDER BY generated, message_id LIMIT 100) AS found
    JOIN event ON event.id = found.id
    ORDER BY found.generated, found.message_id

*1001 and 0*: a walk. Every few events of u one has state = error, so the index over (owner_hash, generated,
message_id) is followed until a hundred were met. The page is cut from two such parts, because what the original wrote
has no number::

    FROM ((SELECT id, generated, message_id FROM event
           WHERE owner_hash = hash(p, u) AND EXISTS (p owns it) AND EXISTS (u does) AND EXISTS (state = error)
           ORDER BY generated, message_id LIMIT 100)
          UNION ALL
          (SELECT id, generated, message_id FROM event
           WHERE owner_hash IS NULL AND …the same… ORDER BY generated, message_id LIMIT 100))
    ORDER BY generated, message_id LIMIT 100

Two things follow for whoever changes this. The EXISTS are evaluated event by event: a database that is let turn one
into a join reads everything before the first row. And inside a scope nothing may be counted, or be left to an
optimizer's statistics, that depends on events outside of it: the time of an answer would tell of them.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, or_, select, union, union_all

from panko.filters import AboutType, Page, Position, Scope, SortField, SortKey
from panko.storage.sql.engines import planner
from panko.storage.sql.reading import residual
from panko.storage.sql.reading.branches import Branches, Conditions, Path
from panko.storage.sql.reading.keyset import Key, beyond
from panko.storage.sql.reading.residual import is_type, of_type
from panko.storage.sql.reading.search.alternatives import AnyOwned, AnyTrait
from panko.storage.sql.reading.terms import Terms, TypeTerm
from panko.storage.sql.reading.traits import OwnedTerm, TraitTerm
from panko.storage.sql.reading.visibility import visibility
from panko.storage.sql.rows import size
from panko.storage.sql.rows.tables import EVENT, EVENT_TYPE, OF_TYPE

if TYPE_CHECKING:
    from sqlalchemy.sql.base import ReadOnlyColumnCollection

    Columns = ReadOnlyColumnCollection[str, Any]


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


def event_type_ids(*event_types: str) -> Select[int]:
    """Return the ids of the event types that compare equal; spellings that differ in case are types of their own."""
    return select(EVENT_TYPE.c.id).where(or_(*(is_type(event_type) for event_type in event_types)))


def ids_of_types(terms: Sequence[AboutType]) -> Select[int]:
    """Return the ids of the event types that satisfy one of the terms."""
    return select(EVENT_TYPE.c.id).where(or_(*map(of_type, terms)))


def marker(message_id: str, scope: Scope) -> Select[datetime, str]:
    """Return the position of a marker that is inside the scope."""
    return select(EVENT.c.generated, EVENT.c.message_id).where(
        EVENT.c.message_id == message_id, *visibility(scope).conditions
    )


def rarity(terms: Sequence[TraitTerm | TypeTerm | OwnedTerm | AnyTrait | AnyOwned], rare_limit: int) -> Select[Any]:
    """Count the events of each term, at most one more than what is still rare."""
    counts: list[ColumnElement[Any]] = [term.count(rare_limit + 1) for term in terms]
    return select(*counts)


def walk(terms: Terms, page: Page, after: Position | None) -> Select[Any]:
    """Find a page by following the order, inside the scope, or of a type, or of everything."""
    exist = (*(term.exists() for term in terms.traits), *residual.conditions(terms.rest))
    if terms.message_id is not None:
        conditions = (*terms.conditions, *terms.scope, *_of_types(terms), *exist)
        return _whole(_ordered(_positions(page).where(*conditions), page, after), page)
    if terms.types is not None and terms.branches is None and terms.types.is_walked:
        return _parts(terms.types.branches(), (*terms.conditions, *terms.scope, *exist), page, after)
    branches = terms.branches or Branches(Path.TIME, ((),))
    of_types = () if terms.types is None else (terms.types.condition_by_row(),)
    return _parts(branches, (*terms.conditions, *of_types, *exist), page, after)


def drive(
    terms: Terms, page: Page, after: Position | None, *, driving: TraitTerm | AnyTrait, count: int
) -> Select[Any]:
    """Find a page among the events of one rare term, of which there are at most `count`."""
    others = (*(term.exists() for term in terms.traits if term is not driving), *residual.conditions(terms.rest))
    statement = _among(driving.event_ids(count), page)
    return _whole(
        _ordered(statement.where(*terms.conditions, *terms.scope, *_of_types(terms), *others), page, after), page
    )


def led(
    terms: Terms,
    page: Page,
    after: Position | None,
    *,
    branches: Branches | None,
    ids: Select[Any] | CompoundSelect[Any] | None,
) -> Select[Any]:
    """Find a page of what is in one of some branches or has one of some ids: a walk along each, and a drive.

    What these were taken from is compared with each event too, as the rest is. An event may be in several parts.
    """
    others = (*(term.exists() for term in terms.traits), *residual.conditions(terms.rest))
    of_types = () if terms.types is None else (terms.types.condition_by_row(),)
    conditions = (*terms.conditions, *terms.scope, *of_types, *others)
    parts: list[Select[Any]] = []
    if branches is not None:
        walked = planner.by_index(_positions(page), EVENT, branches.path.value)
        parts += [walked.where(*branch) for branch in branches.conditions]
    if ids is not None:
        parts.append(_among(ids, page))
    each = [select(_ordered(part.where(*conditions), page, after).subquery()) for part in parts]
    together = union(*each).subquery("parts")
    return _whole(select(together).order_by(*_order(page, together.c)).limit(page.limit), page)


def drive_inside(
    terms: Terms, page: Page, after: Position | None, *, rare: Sequence[OwnedTerm | AnyOwned], limit: int
) -> Select[Any]:
    """Find a page among events of the scope's owners, no more than `limit` of each term.

    The events are read by their ids alone, and only then compared with what an index of all events knows: no database
    can take that for a better way in, which would lead past events of others.
    """
    parts = [term.event_ids(limit) for term in rare]
    ids = parts[0] if len(parts) == 1 else union_all(*(select(part.subquery()) for part in parts))
    found = ids.subquery("rare")
    columns = select(EVENT.c.id, EVENT.c.generated, EVENT.c.message_id, EVENT.c.event_type_id)
    own = (
        planner.in_this_order(planner.by_primary_key(columns, EVENT))
        .select_from(found.join(EVENT, EVENT.c.id == found.c.event_id))
        .where(*terms.scope, *(term.exists() for term in terms.traits), *residual.conditions(terms.rest))
        .limit(limit * len(parts))
        .subquery("own")
    )
    keys = [own.c[key.field.value] for key in total_order(page.sort)]
    of_types = () if terms.types is None else (terms.types.condition(own.c.event_type_id),)
    statement = select(own.c.id, *keys).where(*terms.time.conditions(own.c.generated), *of_types)
    return _whole(_ordered(statement, page, after, own.c), page)


def _parts(branches: Branches, conditions: Conditions, page: Page, after: Position | None) -> Select[Any]:
    """Walk each branch for a whole page, which is all that the page can hold of it."""
    # Only an index on one value is in the order of time; MySQL would now and then rather sort everything.
    follows_time = total_order(page.sort)[0].field is SortField.GENERATED
    index = branches.path.value if follows_time or branches.path is not Path.TIME else "message_id"
    events = planner.by_index(_positions(page), EVENT, index)
    parts = [_ordered(events.where(*branch, *conditions), page, after) for branch in branches.conditions]
    if len(parts) == 1:
        return _whole(parts[0], page)
    # Each part in a SELECT of its own: SQLite takes no ORDER BY inside of a UNION otherwise.
    together = union_all(*(select(part.subquery()) for part in parts)).subquery("parts")
    return _whole(select(together).order_by(*_order(page, together.c)).limit(page.limit), page)


def _among(ids: Select[Any] | CompoundSelect[Any], page: Page) -> Select[Any]:
    """Begin with some events.

    Their limit excludes nothing: it keeps the optimizer from merging the two SELECTs and reordering them.
    """
    rare = ids.subquery("rare")
    return planner.in_this_order(_positions(page)).select_from(rare.join(EVENT, EVENT.c.id == rare.c.event_id))


def _positions(page: Page) -> Select[Any]:
    """Select the ids of events, and what the page is sorted by."""
    return select(EVENT.c.id, *(EVENT.c[key.field.value] for key in total_order(page.sort)))


def _of_types(terms: Terms) -> Conditions:
    return () if terms.types is None else (terms.types.condition(),)


def _ordered(
    statement: Select[Any], page: Page, after: Position | None, columns: "Columns | None" = None
) -> Select[Any]:
    """Bound a statement to what the page can hold."""
    columns = EVENT.c if columns is None else columns
    if after is not None:
        keys = [Key(columns[key.field.value], _value(key, after), key.descending) for key in total_order(page.sort)]
        statement = statement.where(beyond(keys))
    return statement.order_by(*_order(page, columns)).limit(page.limit)


def _order(page: Page, columns: "Columns") -> list[ColumnElement[Any]]:
    keys = [(columns[key.field.value], key.descending) for key in total_order(page.sort)]
    return [column.desc() if down else column.asc() for column, down in keys]


def _whole(positions: Select[Any], page: Page) -> Select[Any]:
    """Read the events of a page, with their texts as far as they are small, and of nothing that was passed by.

    They are sorted by what was found and not by the table: that would make databases sort whole events, or follow an
    index over all events until each of the few has come by.
    """
    found = positions.subquery("found")
    return (
        planner.in_this_order(select(*size.COLUMNS))
        .select_from(found.join(EVENT, EVENT.c.id == found.c.id).outerjoin(EVENT_TYPE, OF_TYPE))
        .order_by(*_order(page, found.c))
    )


def _value(key: SortKey, after: Position) -> Any:
    return after.generated if key.field is SortField.GENERATED else after.message_id
