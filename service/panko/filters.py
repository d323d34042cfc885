"""What is asked for: comparisons, filters, scopes and pages, as values.

Pure: `panko.asking.v2` makes these from a request, `panko.storage` answers them.
"""

import dataclasses
import enum
from datetime import datetime

from panko.event import TraitType, TraitValue


class Comparison(enum.Enum):
    """How a trait's value is compared; the value is the operator's name in the API."""

    LT = "lt"
    LE = "le"
    EQ = "eq"
    NE = "ne"
    GE = "ge"
    GT = "gt"


@dataclasses.dataclass(frozen=True, slots=True)
class TraitFilter:
    """Events that have the trait `name` of this type with a value that compares true.

    An event that lacks the trait never matches, `ne` included.
    """

    name: str
    type: TraitType
    comparison: Comparison
    value: TraitValue


@dataclasses.dataclass(frozen=True, slots=True)
class Everything:
    """The scope of an admin who asked for all projects."""


@dataclasses.dataclass(frozen=True, slots=True)
class ProjectAndOwnerless:
    """The scope of an admin by default: events of one project, and events that have no project_id trait."""

    project_id: str


@dataclasses.dataclass(frozen=True, slots=True)
class OwnActs:
    """The scope of everybody else: events whose project_id and user_id traits are both the caller's."""

    project_id: str
    user_id: str


@dataclasses.dataclass(frozen=True, slots=True)
class WholeProject:
    """The scope of those whom the policy lets see their project: events whose project_id trait is the caller's."""

    project_id: str


Scope = Everything | ProjectAndOwnerless | WholeProject | OwnActs


@dataclasses.dataclass(frozen=True, slots=True)
class EventFilter:
    """All terms hold together. Bounds of time are inclusive, aware and in UTC."""

    scope: Scope
    event_type: str | None = None
    message_id: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    traits: tuple[TraitFilter, ...] = ()


class SortField(enum.Enum):
    """What a page can be sorted by."""

    MESSAGE_ID = "message_id"
    GENERATED = "generated"


@dataclasses.dataclass(frozen=True, slots=True)
class SortKey:
    """One key of a page's order."""

    field: SortField
    descending: bool = False


DEFAULT_SORT = (SortKey(SortField.GENERATED), SortKey(SortField.MESSAGE_ID))


@dataclasses.dataclass(frozen=True, slots=True)
class Page:
    """At most `limit` events in the order of `sort`, strictly after the event `marker`."""

    limit: int
    sort: tuple[SortKey, ...] = DEFAULT_SORT
    marker: str | None = None
