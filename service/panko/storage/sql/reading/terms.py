"""The terms of an EventFilter as SQL conditions. Pure: filters in, expressions out."""

import dataclasses
import enum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, not_, select

from panko.event import TraitType
from panko.filters import EventFilter, Everything, OwnActs, ProjectAndOwnerless, Scope, TraitFilter, WholeProject
from panko.storage.sql.reading.comparisons import Certainty, compare, identical, same_text
from panko.storage.sql.rows.owners import NOBODY, PROJECT, USER, hashed
from panko.storage.sql.rows.tables import EVENT, TRAITS

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

    def exists(self) -> ColumnElement[bool]:
        """Return the condition on an event, evaluated event by event, by the event's own traits alone.

        Left to choose, MySQL takes the index of values where the value is rare: what others stored would cost time.
        """
        table = TRAITS[self.type]
        one = select(literal(1)).with_hint(table, "FORCE INDEX (PRIMARY)", "mysql")
        return exists(_unjoined(one.where(table.c.event_id == EVENT.c.id, self.condition)))

    def event_ids(self, limit: int) -> Select[int]:
        """Return the ids of at most `limit` events, in the order of the index."""
        return select(TRAITS[self.type].c.event_id).where(self.condition).limit(limit)

    def count(self, limit: int) -> ColumnElement[int]:
        """Return how many events there are, but count no further than `limit`."""
        return _count(self.event_ids(limit))


@dataclasses.dataclass(frozen=True, slots=True)
class TypeTerm:
    """Events of some types."""

    ids: tuple[int, ...]

    def condition(self) -> ColumnElement[bool]:
        """Return the condition on an event."""
        return EVENT.c.event_type_id.in_(self.ids)

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
    """All that must hold together; `scope` says in conditions what `branches` says in parts, None for everything."""

    conditions: Conditions
    traits: tuple[TraitTerm, ...]
    types: TypeTerm | None
    scope: Conditions
    branches: Branches | None
    by_message_id: bool = False


def terms(event_filter: EventFilter, event_type_ids: tuple[int, ...] | None) -> Terms | None:
    """Return a filter's terms; None when no event of anybody can match. The ids are those of its event type."""
    wanted = [_trait_term(trait) for trait in event_filter.traits]
    if None in wanted or (event_type_ids == () and isinstance(event_filter.scope, Everything)):
        return None
    return Terms(
        _on_event(event_filter),
        tuple(term for term in wanted if term is not None),
        None if event_type_ids is None else TypeTerm(event_type_ids or NO_TYPE),
        scope=scope_conditions(event_filter.scope),
        branches=_branches(event_filter.scope),
        by_message_id=event_filter.message_id is not None,
    )


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


def _on_event(event_filter: EventFilter) -> Conditions:
    conditions: list[ColumnElement[bool]] = []
    if event_filter.message_id is not None:
        conditions.append(EVENT.c.message_id == event_filter.message_id)
    if event_filter.start is not None:
        conditions.append(EVENT.c.generated >= event_filter.start)
    if event_filter.end is not None:
        conditions.append(EVENT.c.generated <= event_filter.end)
    return tuple(conditions)


def _trait_term(trait: TraitFilter) -> TraitTerm | None:
    table = TRAITS[trait.type]
    condition = compare(table.c.value, trait.comparison, trait.value)
    if condition is Certainty.NEVER:
        return None
    if condition is Certainty.ALWAYS:
        condition = table.c.value.is_not(None)
    return TraitTerm(trait.type, and_(same_text(table.c.key, trait.name), condition))


def _owner(name: str, value: str) -> TraitTerm:
    return TraitTerm(TraitType.TEXT, and_(identical(TEXT.c.key, name), identical(TEXT.c.value, value)))


def _not_of_another_project(project_id: str) -> ColumnElement[bool]:
    """No project_id trait says otherwise: one look-up by primary key for each event."""
    another = TEXT.c.value.is_(None) | not_(identical(TEXT.c.value, project_id))
    statement = select(literal(1)).where(TEXT.c.event_id == EVENT.c.id, identical(TEXT.c.key, PROJECT), another)
    return not_(exists(_unjoined(statement)))


def _count(ids: Select[Any]) -> ColumnElement[int]:
    return select(func.count()).select_from(ids.subquery()).scalar_subquery()


def _unjoined(statement: Select[Any]) -> Select[Any]:
    """Keep PostgreSQL from turning the EXISTS into a join, which would read everything before the first event."""
    return statement.correlate(EVENT).suffix_with("OFFSET 0", dialect="postgresql")
