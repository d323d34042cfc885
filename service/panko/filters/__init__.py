"""What is asked for: filters and pages, as values.

Pure: front ends in `panko.asking` make these from a request, `panko.storage` answers them.
"""

import dataclasses

from panko.filters.expressions import (
    EVERYTHING_MATCHES,
    AboutTrait,
    AboutType,
    And,
    Comparison,
    Expression,
    HasTrait,
    MessageIdFilter,
    Not,
    Or,
    Since,
    TraitFilter,
    TraitPrefix,
    TypeFilter,
    TypePrefix,
    TypeSuffix,
    Until,
)
from panko.filters.pages import DEFAULT_SORT, Page, Position, SortField, SortKey
from panko.filters.scopes import Everything, OwnActs, ProjectAndOwnerless, Scope, WholeProject

__all__ = (
    "DEFAULT_SORT",
    "AboutTrait",
    "AboutType",
    "And",
    "Comparison",
    "EventFilter",
    "Everything",
    "Expression",
    "HasTrait",
    "MessageIdFilter",
    "Not",
    "Or",
    "OwnActs",
    "Page",
    "Position",
    "ProjectAndOwnerless",
    "Scope",
    "Since",
    "SortField",
    "SortKey",
    "TraitFilter",
    "TraitPrefix",
    "TypeFilter",
    "TypePrefix",
    "TypeSuffix",
    "Until",
    "WholeProject",
)


@dataclasses.dataclass(frozen=True, slots=True)
class EventFilter:
    """The events inside of a scope that an expression holds for."""

    scope: Scope
    expression: Expression = EVERYTHING_MATCHES
