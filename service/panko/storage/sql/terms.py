"""The terms of an EventFilter as SQL conditions. Pure: filters in, expressions out."""

import dataclasses
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, not_, select

from panko.event import TraitType
from panko.filters import EventFilter, Everything, OwnActs, ProjectAndOwnerless, Scope, TraitFilter, WholeProject
from panko.storage.sql.comparisons import Certainty, compare, identical, same_text
from panko.storage.sql.tables import EVENT, TRAITS

PROJECT, USER = "project_id", "user_id"
TEXT = TRAITS[TraitType.TEXT]


@dataclasses.dataclass(frozen=True, slots=True)
class TraitTerm:
    """Rows of one trait table; an event satisfies the term when it owns one of them."""

    type: TraitType
    condition: ColumnElement[bool]

    def exists(self) -> ColumnElement[bool]:
        """Return the condition on an event, evaluated event by event."""
        table = TRAITS[self.type]
        return exists(_unjoined(select(literal(1)).where(table.c.event_id == EVENT.c.id, self.condition)))

    def event_ids(self, limit: int) -> Select[int]:
        """Return the ids of at most `limit` events, in the order of the index."""
        return select(TRAITS[self.type].c.event_id).where(self.condition).limit(limit)

    def count(self, limit: int) -> ColumnElement[int]:
        """Return how many events there are, but count no further than `limit`."""
        return select(func.count()).select_from(self.event_ids(limit).subquery()).scalar_subquery()


@dataclasses.dataclass(frozen=True, slots=True)
class Terms:
    """All that must hold together: conditions on the event alone, and terms that a trait index can answer too."""

    conditions: tuple[ColumnElement[bool], ...]
    traits: tuple[TraitTerm, ...]
    by_message_id: bool = False


def terms(event_filter: EventFilter, event_type_ids: tuple[int, ...] | None) -> Terms | None:
    """Return a filter's terms; None when no event can match. The ids are those of the filter's event type."""
    wanted = [_trait_term(trait) for trait in event_filter.traits]
    if None in wanted or event_type_ids == ():
        return None
    scope = scope_terms(event_filter.scope)
    return Terms(
        (*_on_event(event_filter, event_type_ids), *scope.conditions),
        (*scope.traits, *(term for term in wanted if term is not None)),
        by_message_id=event_filter.message_id is not None,
    )


def scope_terms(scope: Scope) -> Terms:
    """Return what makes an event visible. Who owns an event is compared exactly."""
    match scope:
        case Everything():
            return Terms((), ())
        case ProjectAndOwnerless(project_id):
            return Terms((_not_of_another_project(project_id),), ())
        case WholeProject(project_id):
            return Terms((), (_owner(PROJECT, project_id),))
        case OwnActs(project_id, user_id):
            return Terms((), (_owner(PROJECT, project_id), _owner(USER, user_id)))


def _on_event(event_filter: EventFilter, event_type_ids: tuple[int, ...] | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if event_filter.message_id is not None:
        conditions.append(EVENT.c.message_id == event_filter.message_id)
    if event_type_ids is not None:
        conditions.append(EVENT.c.event_type_id.in_(event_type_ids))
    if event_filter.start is not None:
        conditions.append(EVENT.c.generated >= event_filter.start)
    if event_filter.end is not None:
        conditions.append(EVENT.c.generated <= event_filter.end)
    return conditions


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


def _unjoined(statement: Select[Any]) -> Select[Any]:
    """Keep PostgreSQL from turning the EXISTS into a join, which would read everything before the first event."""
    return statement.correlate(EVENT).suffix_with("OFFSET 0", dialect="postgresql")
