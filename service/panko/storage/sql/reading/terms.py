"""The terms that a plan leads with as SQL conditions. Pure: filters in, expressions out."""

import dataclasses
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, literal, select

from panko.filters import Everything, Expression, ProjectAndOwnerless
from panko.storage.sql.reading.branches import Branches, Conditions, Path
from panko.storage.sql.reading.plan import Plan
from panko.storage.sql.reading.search.alternatives import AnyOwned, AnyTrait, any_trait
from panko.storage.sql.reading.search.leads import Lead
from panko.storage.sql.reading.search.projects import OneProject, one_project
from panko.storage.sql.reading.traits import OwnedTerm, TraitTerm, counted, trait_term
from panko.storage.sql.reading.visibility import visibility
from panko.storage.sql.rows.tables import EVENT

# A type that nobody has stored is looked for like any other inside a scope: somebody else may have stored it.
NO_TYPE = (-1,)
# Along the index of types; more of them are looked for along time.
MOST_WALKED = 20


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

    def count(self, limit: int) -> ColumnElement[int] | None:
        """Return how many events there are, but count no further than `limit`; None where there is no bound."""
        bounds = self.conditions(EVENT.c.generated)
        return counted(select(EVENT.c.id).where(*bounds).limit(limit)) if bounds else None


@dataclasses.dataclass(frozen=True, slots=True)
class TypeTerm:
    """Events of some types."""

    ids: tuple[int, ...]

    @property
    def is_walked(self) -> bool:
        """Tell whether they are few enough to walk each for itself."""
        return len(self.ids) <= MOST_WALKED

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
        return counted(select(EVENT.c.id).where(self.condition()).limit(limit))


@dataclasses.dataclass(frozen=True, slots=True)
class Terms:
    """All that must hold together; `scope` says in conditions what `branches` says in parts, None for everything.

    `owned` are those of the `traits` that can be looked for among the scope's owners alone, and `unknown` are the
    scope's events whose traits do not have an owner yet; None where such events cannot be told from others'. What is
    the `rest` is said in conditions by `residual`, and `lead` is a way to the events of one of them. `project` are the
    ways to the events of a project that one of the `traits` names, where everything is visible. `is_admins` says that
    who asks may ask for everything.
    """

    message_id: str | None
    time: TimeRange
    traits: tuple[TraitTerm | AnyTrait, ...]
    types: TypeTerm | None
    scope: Conditions
    branches: Branches | None
    owned: tuple[OwnedTerm | AnyOwned, ...] = ()
    unknown: OwnedTerm | None = None
    rest: tuple[Expression, ...] = ()
    lead: Lead | None = None
    project: OneProject | None = None
    is_admins: bool = False

    @property
    def conditions(self) -> Conditions:
        """The conditions on an event by its own columns, but for its type."""
        named = () if self.message_id is None else (EVENT.c.message_id == self.message_id,)
        return (*named, *self.time.conditions(EVENT.c.generated))


def terms(plan: Plan, event_type_ids: tuple[int, ...] | None) -> Terms | None:
    """Return a plan's terms; None when no event of anybody can match. The ids are those of its event types."""
    named = [trait_term(trait) for trait in plan.traits]
    found: list[TraitTerm | AnyTrait | None] = [*named, *map(any_trait, plan.either)]
    wanted = tuple(term for term in found if term is not None)
    if None in found or (event_type_ids == () and isinstance(plan.scope, Everything)):
        return None
    ways = [one_project(trait, term) for trait, term in zip(plan.traits, named, strict=True) if term is not None]
    is_led = isinstance(plan.scope, Everything) and plan.message_id is None
    seen = visibility(plan.scope)
    return Terms(
        plan.message_id,
        TimeRange(plan.start, plan.end),
        wanted,
        None if event_type_ids is None else TypeTerm(_as_many(plan, event_type_ids)),
        scope=seen.conditions,
        branches=seen.branches,
        owned=() if seen.owners is None else tuple(term.of(*seen.owners) for term in wanted if term.is_one_value),
        unknown=seen.unknown,
        rest=plan.rest,
        lead=plan.lead,
        project=next((way for way in ways if way), None) if is_led else None,
        is_admins=isinstance(plan.scope, ProjectAndOwnerless),
    )


def _as_many(plan: Plan, event_type_ids: tuple[int, ...]) -> tuple[int, ...]:
    """Return one id at least for each type that is asked for, or the statement would tell how many there are."""
    return event_type_ids + NO_TYPE * (len(plan.event_types) - len(event_type_ids))
