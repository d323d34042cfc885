"""What a filter by types, projects and outcomes says of counts that are kept, as numbers of types and projects."""

import dataclasses
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, not_, or_, select

from panko.filters import (
    And,
    Comparison,
    Everything,
    Expression,
    Not,
    Or,
    ProjectAndOwnerless,
    Scope,
    TraitFilter,
    TraitPrefix,
    TypeFilter,
    TypePrefix,
    TypeSuffix,
)
from panko.filters.counting import Keys
from panko.storage.sql.counts.outcomes import numbers
from panko.storage.sql.reading.comparisons import begins_with, identical, same_text
from panko.storage.sql.reading.residual import of_type, sheltered
from panko.storage.sql.rows.owners import PROJECT
from panko.storage.sql.rows.tables import COUNT_PROJECT, EVENT_TYPE

NONE = 0  # the number of no type, and of no project
EVERY = -1  # in a level that does not tell types or projects apart
BY_TYPE, BY_PROJECT = 1, 2  # bits of a level
LEVELS = range(4)


@dataclasses.dataclass(frozen=True, slots=True)
class Chosen:
    """The numbers that a filter leaves; None is no bound."""

    types: tuple[int, ...] | None
    projects: tuple[int, ...] | None
    outcomes: tuple[int, ...] | None

    def level(self, *, by_type: bool, by_project: bool) -> int:
        """Return the level that tells apart what has to be."""
        of_types = BY_TYPE if by_type or self.types is not None else 0
        return of_types | (BY_PROJECT if by_project or self.projects is not None else 0)

    def conditions(self, level: int, columns: Any) -> list[ColumnElement[bool]]:
        """Return the conditions on what is kept of a level, in a table with these columns."""
        found = [columns.level == level]
        if not level & BY_PROJECT:
            found.append(columns.project == EVERY)  # the next column of the index
        named = (
            (columns.project, self.projects),
            (columns.event_type_id, self.types),
            (columns.outcome, self.outcomes),
        )
        return [*found, *(column.in_(numbers) for column, numbers in named if numbers is not None)]


def is_known(scope: Scope) -> bool:
    """Tell whether the counts of a scope are kept: admins' alone.

    How long it took to read what is kept would tell anybody else of others' events.
    """
    return isinstance(scope, Everything | ProjectAndOwnerless)


def chosen(connection: Connection, keys: Keys, scope: Scope) -> Chosen:
    """Look the numbers up, for a scope whose counts are kept."""
    outcomes = None if keys.outcomes is None else numbers(keys.outcomes)
    return Chosen(_types(connection, keys.types), _projects(connection, keys.projects, scope), outcomes)


def _types(connection: Connection, expression: Expression | None) -> tuple[int, ...] | None:
    if expression is None:
        return None
    rows = connection.execute(select(EVENT_TYPE.c.id).where(_holds(expression)))
    return (*rows.scalars(), *((NONE,) if _holds_of_none(expression) else ()))


def _projects(connection: Connection, expression: Expression | None, scope: Scope) -> tuple[int, ...] | None:
    conditions = [] if expression is None else [_holds(expression)]
    if isinstance(scope, ProjectAndOwnerless):
        is_said = sheltered(identical(COUNT_PROJECT.c.key, PROJECT))
        is_own = sheltered(identical(COUNT_PROJECT.c.value, scope.project_id))
        conditions.append(or_(not_(is_said), is_own))
    if not conditions:
        return None
    rows = connection.execute(select(COUNT_PROJECT.c.id).where(*conditions))
    return (*rows.scalars(), *((NONE,) if expression is None or _holds_of_none(expression) else ()))


def _holds(expression: Expression) -> ColumnElement[bool]:
    match expression:
        case And(inner):
            return and_(True, *(_holds(one) for one in inner))
        case Or(inner):
            return or_(False, *(_holds(one) for one in inner))
        case Not(inner):
            return not_(_holds(inner))
        case TypeFilter() | TypePrefix() | TypeSuffix():
            return sheltered(of_type(expression))
        case TraitFilter(_name, _type, Comparison.EQ, str(value)):
            return sheltered(same_text(COUNT_PROJECT.c.value, value))
        case TraitPrefix(_name, prefix):
            return sheltered(begins_with(COUNT_PROJECT.c.value, prefix))
        case _:
            raise AssertionError(expression)


def _holds_of_none(expression: Expression) -> bool:
    """Tell whether an expression holds for what has no type, or no project."""
    match expression:
        case And(inner):
            return all(_holds_of_none(one) for one in inner)
        case Or(inner):
            return any(_holds_of_none(one) for one in inner)
        case Not(inner):
            return not _holds_of_none(inner)
        case _:
            return False
