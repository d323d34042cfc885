"""An event, as the API shows it and as it is stored. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from panko_client import moments
from panko_client.errors import InputError, UnexpectedAnswerError

DTYPES: Final = {"string": 1, "integer": 2, "float": 3, "datetime": 4}
NULL: Final = "None"  # how the API shows a value that is null

Value = str | int | float | datetime | None


@dataclass(frozen=True, slots=True)
class Trait:
    """A named value; `type` is string, integer, float or datetime."""

    name: str
    value: Value
    type: str = "string"

    @classmethod
    def shown(cls, document: Mapping[str, Any]) -> "Trait":
        """Read a trait as the API shows it: its value is a text."""
        kind = str(document["type"])
        return cls(str(document["name"]), _shown(kind, str(document["value"])), kind)

    def wire(self) -> list[Any]:
        """Return the triple that is stored."""
        if self.type not in DTYPES:
            raise InputError(f"The trait {self.name!r} is of no known type; take one of {', '.join(DTYPES)}.")
        value = moments.written(self.value) if isinstance(self.value, datetime) else self.value
        return [self.name, DTYPES[self.type], value]


@dataclass(frozen=True, slots=True)
class Event:
    """What happened: `generated` is in UTC, `raw` is any JSON."""

    message_id: str
    event_type: str
    generated: datetime
    traits: tuple[Trait, ...] = ()
    raw: Any = field(default_factory=dict)

    @classmethod
    def shown(cls, document: Mapping[str, Any]) -> "Event":
        """Read an event as the API shows it."""
        try:
            return cls(
                str(document["message_id"]),
                str(document["event_type"]),
                moments.aware(datetime.fromisoformat(document["generated"])),
                tuple(Trait.shown(one) for one in document["traits"]),
                document.get("raw", {}),
            )
        except (KeyError, OverflowError, TypeError, ValueError) as error:
            raise UnexpectedAnswerError("The answer holds no events; is this the event API?") from error

    def trait(self, name: str) -> Value:
        """Return the value of the first trait of a name, None without one."""
        return next((one.value for one in self.traits if one.name == name), None)

    def wire(self) -> dict[str, Any]:
        """Return what is posted."""
        return {
            "message_id": self.message_id,
            "event_type": self.event_type,
            "generated": moments.written(self.generated),
            "traits": [one.wire() for one in self.traits],
            "raw": dict(self.raw) if isinstance(self.raw, Mapping) else self.raw,
        }


@dataclass(frozen=True, slots=True)
class TraitDescription:
    """A name and a type that traits of an event type have."""

    name: str
    type: str


def encoded(event: Event | Mapping[str, Any]) -> bytes:
    """Return an event as JSON, on one line. Raise InputError for what no JSON can hold."""
    document = event.wire() if isinstance(event, Event) else event
    try:
        return json.dumps(document, allow_nan=False, separators=(",", ":")).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(f"The event cannot be written as JSON ({error}).") from error


def value_of(kind: str, text: str) -> Value:
    """Return the value that a text is as one of a type. Raise ValueError for what is none."""
    if kind == "datetime":
        return moments.aware(datetime.fromisoformat(text))
    if kind == "integer":
        return int(text)
    return float(text) if kind == "float" else text


def _shown(kind: str, text: str) -> Value:
    return None if text == NULL and kind in DTYPES and kind != "string" else value_of(kind, text)


def posted(document: Any) -> Mapping[str, Any]:
    """Return what is posted for an event as it is posted, or as the API shows it. Raise InputError for what is none."""
    if not isinstance(document, dict):
        raise InputError("An event is a JSON object with message_id, event_type, generated, traits and raw.")
    traits = document.get("traits")
    if isinstance(traits, list) and traits and all(isinstance(one, dict) for one in traits):
        try:
            return Event.shown(document).wire()
        except UnexpectedAnswerError as error:
            raise InputError("An event has traits that cannot be read; write [name, dtype, value].") from error
    return document
