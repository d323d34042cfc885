"""What is counted: events by their type, outcome or a trait, and by spans of time. Values only."""

import dataclasses
from collections.abc import Sequence
from datetime import datetime, timedelta

from panko.filters.expressions import Expression

TYPE, OUTCOME, PROJECT = "event_type", "outcome", "project_id"
VALUED = ("host", "service", "state", "user_id")
"""The other text traits by whose values counts are kept, as their places in here: more of them go to the end."""


@dataclasses.dataclass(frozen=True, slots=True)
class Field:
    """By what is counted: the event's type, its outcome, or a text trait of this name."""

    name: str
    is_trait: bool = False

    @property
    def is_type(self) -> bool:
        """Tell whether it is the type."""
        return not self.is_trait and self.name == TYPE

    @property
    def is_outcome(self) -> bool:
        """Tell whether it is the outcome."""
        return not self.is_trait and self.name == OUTCOME

    @property
    def is_project(self) -> bool:
        """Tell whether it is the trait that says whose an event is."""
        return self.is_trait and self.name == PROJECT

    @property
    def is_valued(self) -> bool:
        """Tell whether it is one of the other traits by whose values counts are kept."""
        return self.is_trait and self.name in VALUED


@dataclasses.dataclass(frozen=True, slots=True)
class Valued:
    """What a filter says of one trait of VALUED: a term of its text, or alternatives of such terms.

    Where it is negated, it holds for events without the trait, too.
    """

    name: str
    expression: Expression
    is_negated: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Keys:
    """A filter said by types, projects, outcomes and traits of VALUED alone, each of which has to hold.

    `types` are terms of types, `projects` terms of the trait `project_id`; None and every outcome are no bound.
    """

    types: Expression | None = None
    projects: Expression | None = None
    outcomes: frozenset[str] | None = None
    valued: Sequence[Valued] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Spans:
    """Spans of time of whole seconds, the first of which begins at `first`."""

    first: datetime
    width: timedelta


@dataclasses.dataclass(frozen=True, slots=True)
class Grouping:
    """By what events are put together, and of how many groups the largest are wanted; None of all.

    `keys` are what the filter says, where it is said by these alone. Fields `beside` are counted each for itself.
    """

    field: Field | None = None
    spans: Spans | None = None
    most: int | None = None
    keys: Keys | None = None
    beside: Sequence[Field] = ()

    @property
    def fields(self) -> Sequence[Field | None]:
        """All of the fields; one of None stands for counting all events as one."""
        return (self.field, *self.beside)
