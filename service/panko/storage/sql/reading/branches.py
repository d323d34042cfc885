"""Events cut into parts, each of which an index has in the order of time. Values only."""

import dataclasses
import enum

from sqlalchemy import ColumnElement

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
