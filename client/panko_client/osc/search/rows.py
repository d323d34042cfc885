"""Documents of the API as rows for people. Pure."""

import unicodedata
from collections.abc import Mapping
from typing import Any, Final

from panko_client.osc.search.outcomes import outcome

EVENT_COLUMNS: Final = ("Time", "Event Type", "Resource", "User", "Outcome", "Message ID")
OPERATION_COLUMNS: Final = ("Time", "What", "State", "Seconds", "Resource", "Request")
# The traits that name a thing and a person, in the order in which the server's sentences take them.
NAMES: Final = (
    *("display_name", "name", "instance_name"),
    *("resource_id", "instance_id", "volume_id", "share_id", "nova_instance_id", "target_id"),
)
PEOPLE: Final = ("initiator_name", "user_name", "user_id", "initiator_id")


def traits_of(document: Mapping[str, Any]) -> dict[str, str]:
    """Return the traits of an event that have a value, by name; of a name that is there twice, the first."""
    found: dict[str, str] = {}
    for trait in document["traits"]:
        if trait["value"] is not None and trait["value"] != "":
            found.setdefault(str(trait["name"]), str(trait["value"]))
    return found


def event_row(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Return an event's row."""
    traits = traits_of(document)
    shown = (
        document["generated"],
        document["event_type"],
        _first(traits, NAMES),
        _first(traits, PEOPLE),
        outcome(str(document["event_type"]), traits),
        document["message_id"],
    )
    return tuple(printable(str(one)) for one in shown)


def operation_row(document: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return an operation's row: the server's sentence, and how it stands."""
    return (
        document["began"] or document["ended"],
        printable(str(document["sentence"])),
        document["state"],
        document["seconds"],
        printable(document["resource_id"] or ""),
        printable(document["request_id"] or ""),
    )


def printable(text: str) -> str:
    """Return a text that does nothing to a terminal: what anybody stored is shown."""
    return "".join(" " if unicodedata.category(one).startswith("C") else one for one in text)


def _first(traits: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((traits[name] for name in names if name in traits), "")
