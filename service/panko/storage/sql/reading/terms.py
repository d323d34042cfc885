"""The terms that a plan leads with as SQL conditions. Pure: filters in, expressions out."""

import dataclasses
import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, not_, select

from panko.event import TraitType
from panko.filters import (
    Comparison,
    Everything,
    Expression,
    OwnActs,
    ProjectAndOwnerless,
    Scope,
    TraitFilter,
    WholeProject,
)
from panko.storage.sql.engines import planner
from panko.storage.sql.engines.expressions import ByRow
from panko.storage.sql.reading.comparisons import Certainty, compare, identical, same_text
from panko.storage.sql.reading.plan import Plan
from panko.storage.sql.rows import owners
from panko.storage.sql.rows.owners import NOBODY, PROJECT, USER, hashed
from panko.storage.sql.rows.tables import EVENT, TRAITS, by_value

TEXT = TRAITS[TraitType.TEXT]

# A type that nobody has stored is looked for like any other inside a scope: somebody else may have stored it.
NO_TYPE = (-1,)

Conditions = tuple[ColumnElement[bool], ...]


class Path(enum.Enum):
    """An index of events in the order of time, after a column that has one value in each branch of a walk."""

    TIME = "ix_event_generated_message_id"
    TYPE = "ix_event_type_generated_message_id"
    PROJECT = "ix_event_project_generated_message_id"
    OWNER = "ix_event_owner_generated_message_id"


@dataclasses.dataclass(frozen=True, slots=True)
class Branches:
    """Which events there are, cut into parts that an index has in the order of time each; no event is in two."""

    path: Path
    conditions: tuple[Conditions, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class TraitTerm:
    """Rows of one trait table; an event satisfies the term when it owns one of them."""

    type: TraitType
    condition: ColumnElement[bool]
    condition_by_row: ColumnElement[bool]
    is_one_value: bool = False

    def exists(self) -> ColumnElement[bool]:
        """Return the condition on an event, evaluated event by event, by the event's own traits alone.

        Left to choose, MySQL and PostgreSQL take the index of values where the value is rare: what others stored would
        cost time.
        """
        table = TRAITS[self.type]
        one = planner.by_primary_key(select(literal(1)), table)
        return exists(_unjoined(one.where(table.c.event_id == EVENT.c.id, self.condition_by_row)))

    def event_ids(self, limit: int) -> Select[int]:
        """Return the ids of at most `limit` events, in the order of the index."""
        return select(TRAITS[self.type].c.event_id).where(self.condition).limit(limit)

    def of(self, first: int | None, last: int | None) -> "OwnedTerm":
        """Return the term among the rows of a range of owners; None is for rows that have no owner yet."""
        owner = TRAITS[self.type].c.owner
        among = owner.is_(None) if first is None else owner == first if first == last else owner.between(first, last)
        return OwnedTerm(self.type, and_(self.condition, among))

    def count(self, limit: int) -> ColumnElement[int]:
        """Return how many events there are, but count no further than `limit`."""
        return _count(self.event_ids(limit))


@dataclasses.dataclass(frozen=True, slots=True)
class OwnedTerm:
    """Rows of one trait table that have one value and are one owner's: no other row is read to find them."""

    type: TraitType
    condition: ColumnElement[bool]

    def event_ids(self, limit: int) -> Select[int]:
        """Return the ids of at most `limit` events."""
        table = TRAITS[self.type]
        ids = planner.by_index(select(table.c.event_id), table, by_value(table.name))
        return ids.where(self.condition).limit(limit)

    def count(self, limit: int) -> ColumnElement[int]:
        """Return how many events there are, but count no further than `limit`."""
        return _count(self.event_ids(limit))


@dataclasses.dataclass(frozen=True, slots=True)
class TimeRange:
    """Bounds of time, both inclusive."""

    start: datetime | None
    end: datetime | None

    def conditions(self, generated: ColumnElement[Any]) -> Conditions:
        """Return the conditions on a time."""
        bounds: list[ColumnElement[bool]] = []
        if self.start is not None:
            bounds.append(generated >= self.start)
        if self.end is not None:
            bounds.append(generated <= self.end)
        return tuple(bounds)


@dataclasses.dataclass(frozen=True, slots=True)
class TypeTerm:
    """Events of some types."""

    ids: tuple[int, ...]

    def condition(self, event_type_id: ColumnElement[Any] = EVENT.c.event_type_id) -> ColumnElement[bool]:
        """Return the condition on an event."""
        return event_type_id.in_(self.ids)

    def condition_by_row(self) -> ColumnElement[bool]:
        """Return the condition in a form that no index knows, for a walk that must not leave its own."""
        return (EVENT.c.event_type_id + literal(0)).in_(self.ids)

    def branches(self) -> Branches:
        """Return one branch for each type."""
        return Branches(Path.TYPE, tuple((EVENT.c.event_type_id == id_,) for id_ in self.ids))

    def count(self, limit: int) -> ColumnElement[int]:
        """Return how many events there are, but count no further than `limit`."""
        return _count(select(EVENT.c.id).where(self.condition()).limit(limit))


@dataclasses.dataclass(frozen=True, slots=True)
class Terms:
    """All that must hold together; `scope` says in conditions what `branches` says in parts, None for everything.

    `owned` are those of the `traits` that can be looked for among the scope's owners alone, and `unknown` are the
    scope's events whose traits do not have an owner yet; None where such events cannot be told from others'. What is
    the `rest` is said in conditions by `residual`.
    """

    message_id: str | None
    time: TimeRange
    traits: tuple[TraitTerm, ...]
    types: TypeTerm | None
    scope: Conditions
    branches: Branches | None
    owned: tuple[OwnedTerm, ...] = ()
    unknown: OwnedTerm | None = None
    rest: tuple[Expression, ...] = ()

    @property
    def conditions(self) -> Conditions:
        """The conditions on an event by its own columns, but for its type."""
        named = () if self.message_id is None else (EVENT.c.message_id == self.message_id,)
        return (*named, *self.time.conditions(EVENT.c.generated))


def terms(plan: Plan, event_type_ids: tuple[int, ...] | None) -> Terms | None:
    """Return a plan's terms; None when no event of anybody can match. The ids are those of its event types."""
    found = [trait_term(trait) for trait in plan.traits]
    wanted = tuple(term for term in found if term is not None)
    if None in found or (event_type_ids == () and isinstance(plan.scope, Everything)):
        return None
    whose, unknown = _owners(plan.scope)
    return Terms(
        plan.message_id,
        TimeRange(plan.start, plan.end),
        wanted,
        None if event_type_ids is None else TypeTerm(_as_many(plan, event_type_ids)),
        scope=scope_conditions(plan.scope),
        branches=_branches(plan.scope),
        owned=() if whose is None else tuple(term.of(*whose) for term in wanted if term.is_one_value),
        unknown=unknown,
        rest=plan.rest,
    )


def _as_many(plan: Plan, event_type_ids: tuple[int, ...]) -> tuple[int, ...]:
    """Return one id at least for each type that is asked for, or the statement would tell how many there are."""
    return event_type_ids + NO_TYPE * (len(plan.event_types) - len(event_type_ids))


def scope_conditions(scope: Scope) -> Conditions:
    """Return what makes an event visible, by its traits. Who owns an event is compared exactly."""
    match scope:
        case Everything():
            return ()
        case ProjectAndOwnerless(project_id):
            return (_not_of_another_project(project_id),)
        case WholeProject(project_id):
            return (_owner(PROJECT, project_id).exists(),)
        case OwnActs(project_id, user_id):
            return (_owner(PROJECT, project_id).exists(), _owner(USER, user_id).exists())


def _branches(scope: Scope) -> Branches | None:
    """Return the parts of a scope; the last one is for events whose owner only their traits tell."""
    visible = scope_conditions(scope)
    match scope:
        case Everything():
            return None
        case ProjectAndOwnerless(project_id):
            number = EVENT.c.project_hash
            return Branches(
                Path.PROJECT,
                ((number == hashed(project_id), *visible), (number == NOBODY,), (number.is_(None), *visible)),
            )
        case WholeProject(project_id):
            number = EVENT.c.project_hash
            return Branches(Path.PROJECT, ((number == hashed(project_id), *visible), (number.is_(None), *visible)))
        case OwnActs(project_id, user_id):
            number = EVENT.c.owner_hash
            return Branches(
                Path.OWNER, ((number == hashed(project_id, user_id), *visible), (number.is_(None), *visible))
            )


def _owners(scope: Scope) -> tuple[tuple[int, int] | None, OwnedTerm | None]:
    """Return the first and last owner of a scope, and its events whose traits have none yet.

    Events that are nobody's have no trait by which those that are not known yet could be told from others'.
    """
    match scope:
        case Everything() | ProjectAndOwnerless():
            return None, None
        case WholeProject(project_id):
            number = hashed(project_id)
            return (owners.first_of(number), owners.last_of(number)), _owner(PROJECT, project_id).of(None, None)
        case OwnActs(project_id, user_id):
            both = owners.of_traits(hashed(project_id), hashed(project_id, user_id))
            return (both, both), _owner(USER, user_id).of(None, None)


def trait_term(trait: TraitFilter) -> TraitTerm | None:
    """Return the term of a trait; None when no event of anybody can match."""
    table = TRAITS[trait.type]
    named = same_text(table.c.key, trait.name)
    condition, by_row = (_compared(value, trait) for value in (table.c.value, ByRow(table.c.value)))
    if condition is None or by_row is None:
        return None
    return TraitTerm(trait.type, and_(named, condition), and_(named, by_row), trait.comparison is Comparison.EQ)


def _compared(value: ColumnElement[Any], trait: TraitFilter) -> ColumnElement[bool] | None:
    condition = compare(value, trait.comparison, trait.value)
    if condition is Certainty.NEVER:
        return None
    return value.is_not(None) if condition is Certainty.ALWAYS else condition


def _owner(name: str, value: str) -> TraitTerm:
    named = identical(TEXT.c.key, name)
    condition, by_row = (identical(column, value) for column in (TEXT.c.value, ByRow(TEXT.c.value)))
    return TraitTerm(TraitType.TEXT, and_(named, condition), and_(named, by_row))


def _not_of_another_project(project_id: str) -> ColumnElement[bool]:
    """No project_id trait says otherwise: one look-up by primary key for each event."""
    another = TEXT.c.value.is_(None) | not_(identical(TEXT.c.value, project_id))
    statement = select(literal(1)).where(TEXT.c.event_id == EVENT.c.id, identical(TEXT.c.key, PROJECT), another)
    return not_(exists(_unjoined(statement)))


def _count(ids: Select[Any]) -> ColumnElement[int]:
    return select(func.count()).select_from(ids.subquery()).scalar_subquery()


def _unjoined(statement: Select[Any]) -> Select[Any]:
    return planner.unjoined(statement.correlate(EVENT))
