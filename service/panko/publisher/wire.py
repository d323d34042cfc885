"""Events of ceilometer in the form in which the API takes them, so that both ways store the same. Pure."""

import json
from collections.abc import Mapping
from typing import Any, Protocol

from panko.errors import InvalidInputError
from panko.event import TraitType
from panko.quoting import quote
from panko.validation import KNOWN, TEXT_LENGTH

MESSAGE_ID = "message_id"


class Serializable(Protocol):
    """An event of ceilometer, `ceilometer.event.models.Event`."""

    def serialize(self) -> Mapping[str, Any]:
        """Return what ceilometer's http publisher would post."""


def serialized(event: Serializable | Mapping[str, Any]) -> dict[str, Any]:
    """Return what would be posted for an event, or for what is serialized already.

    Values of traits get their type as in the original, which took `"5"` for an integer and cut long texts. Raise
    InvalidInputError for what cannot be posted.
    """
    whole = event if isinstance(event, Mapping) else _asked(event)
    try:
        known = {name: whole[name] for name in KNOWN if name in whole}
        sent: dict[str, Any] = json.loads(json.dumps(known))
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInputError(f"cannot be written as JSON: {error}") from error
    if isinstance(sent.get("traits"), list):
        sent["traits"] = [_converted(trait) for trait in sent["traits"]]
    return sent


def _asked(event: Serializable) -> Mapping[str, Any]:
    """Return what an event says of itself. One that cannot would come back for ever if its error were passed on."""
    try:
        return event.serialize()
    except Exception as error:
        raise InvalidInputError(f"it cannot be serialized ({type(error).__name__})") from error


def message_id(event: Serializable | Mapping[str, Any]) -> str:
    """Return what names an event in a log, however broken it is."""
    found = event.get(MESSAGE_ID) if isinstance(event, Mapping) else getattr(event, MESSAGE_ID, None)
    return quote(ascii(found))


def _converted(trait: Any) -> Any:
    """Return a trait with its value as of its type; what is no trait is left to validation."""
    if not isinstance(trait, list) or len(trait) != len(("name", "dtype", "value")):
        return trait
    name, dtype, value = trait
    try:
        return [name, dtype or 0, None if value is None else _of_type(dtype, value)]
    except (TypeError, ValueError, OverflowError) as error:  # whose text quotes the value
        raise InvalidInputError(f"trait {quote(ascii(name))} has a value of another type than {dtype}") from error


def _of_type(dtype: Any, value: Any) -> Any:
    if dtype == TraitType.INTEGER:
        return int(value)
    if dtype == TraitType.FLOAT:
        return float(value)
    if dtype == TraitType.DATETIME:
        return value
    return str(value)[:TEXT_LENGTH]
