"""What is asked for: filters and pages, as values.

Pure: front ends in `panko.asking` make these from a request, `panko.storage` answers them.
"""

import dataclasses

from panko.filters.expressions import (
    EVERYTHING_MATCHES,
    And,
    Comparison,
    Expression,
    MessageIdFilter,
    Not,
    Or,
    Since,
    TraitFilter,
    TypeFilter,
    Until,
)
from panko.filters.pages import DEFAULT_SORT, Page, SortField, SortKey
from panko.filters.scopes import Everything, OwnActs, ProjectAndOwnerless, Scope, WholeProject

__all__ = (
    "DEFAULT_SORT",
    "And",
    "Comparison",
    "EventFilter",
    "Everything",
    "Expression",
    "MessageIdFilter",
    "Not",
    "Or",
    "OwnActs",
    "Page",
    "ProjectAndOwnerless",
    "Scope",
    "Since",
    "SortField",
    "SortKey",
    "TraitFilter",
    "TypeFilter",
    "Until",
    "WholeProject",
)


@dataclasses.dataclass(frozen=True, slots=True)
class EventFilter:
    """The events inside of a scope that an expression holds for."""

    scope: Scope
    expression: Expression = EVERYTHING_MATCHES
