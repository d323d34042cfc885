"""What an event is: Panko's own nouns as values.

Pure: no client, clock, environment or randomness.
"""

import dataclasses
import enum
from datetime import datetime
from typing import Any, NamedTuple


class TraitType(enum.IntEnum):
    """The type of a trait, by its number on the wire (`dtype`) and its name in the API."""

    TEXT = 1
    INTEGER = 2
    FLOAT = 3
    DATETIME = 4

    @property
    def api_name(self) -> str:
        """The name that the v2 API uses: string, integer, float or datetime."""
        return "string" if self is TraitType.TEXT else self.name.lower()


TraitValue = str | int | float | datetime | None


class Trait(NamedTuple):
    """One named value of an event. A datetime is aware and in UTC; None prints as the text `None`.

    A page has a thousand of them, and a tuple is made in a third of the time that a frozen dataclass takes.
    """

    name: str
    type: TraitType
    value: TraitValue


@dataclasses.dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in the cloud.

    `generated` is aware and in UTC, exact to the microsecond; None only where the original's Python interface was given
    none. `raw` is any JSON value. `writer` is who handed it in, as `publisher:NAME` or `user:ID@project:ID`: it is kept
    beside the event, is none of its content, and is not read back.
    """

    message_id: str
    event_type: str
    generated: datetime | None
    traits: tuple[Trait, ...] = ()
    raw: Any = dataclasses.field(default_factory=dict)
    writer: str | None = dataclasses.field(default=None, compare=False)

    @property
    def project_id(self) -> str | None:
        """The project whose event this is, as readers are told apart by it: the text of that name among the traits."""
        for trait in self.traits:
            if trait.name == "project_id" and trait.type is TraitType.TEXT:
                return str(trait.value)
        return None
