"""A CloudEvent as an event, in the form that is posted, and an event as a CloudEvent. Pure."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from panko.api.messages import serialize
from panko.api.messages.cloudevents.attributes import VERSION, reasons
from panko.api.messages.media import JSON
from panko.event import Event, TraitType
from panko.literals import parse_timestamp
from panko.validation import TEXT_LENGTH, Unreadable

# Of events that were posted in another form.
SOURCE = "/openstack/event"

NO_TRAITS = frozenset({"specversion", "type", "time", "data", "data_base64"})
# Names of CloudEvents have no underscore; these decide who sees an event.
OWNERS: Mapping[str, str] = {"projectid": "project_id", "userid": "user_id"}
DIGITS = 40
MOST_REASONS = 20  # of an event, which may have a million attributes


def message_id(source: str, id_: str) -> str:
    """Return the message_id of a CloudEvent: of the same source and id, which is what names one, always the same.

    Neither holds a NUL, so that no two pairs are one text.
    """
    return "ce-" + hashlib.sha256(f"{source}\0{id_}".encode(errors="surrogatepass")).hexdigest()[:DIGITS]


def from_cloudevent(document: Any) -> dict[str, Any] | Unreadable:
    """Return an event as it is posted, of which the whole CloudEvent is the raw."""
    if not isinstance(document, dict):
        return Unreadable("a CloudEvent is a JSON object")
    # What is null is not there, by the specification of the format; but data may be null.
    event = {name: value for name, value in document.items() if value is not None or name == "data"}
    problems = list(islice(reasons(event), MOST_REASONS))
    if problems:
        return Unreadable(", ".join(problems))
    return {
        "message_id": message_id(event["source"], event["id"]),
        "event_type": event["type"],
        "generated": event["time"].upper(),
        "traits": list(_traits(event)),
        "raw": event,
    }


def _traits(event: Mapping[str, Any]) -> Iterator[list[Any]]:
    for name, value in event.items():
        if name in NO_TRAITS:
            continue
        if isinstance(value, int) and not isinstance(value, bool):
            yield [name, TraitType.INTEGER.value, value]
            continue
        text = value if isinstance(value, str) else str(value).lower()
        # What is longer than a trait stays in raw alone. Owners are never left out: without one anybody might see it.
        if name in OWNERS or len(text) <= TEXT_LENGTH:
            yield [OWNERS.get(name, name), TraitType.TEXT.value, text]


def to_cloudevent(event: Event) -> dict[str, Any]:
    """Return the CloudEvent that an event was posted as, or else one that says the same as the event."""
    raw = event.raw
    if isinstance(raw, dict) and _is_of(raw, event.message_id) and _says(raw, event):
        return raw
    written = serialize.event(event)
    owners = {trait.name: trait.value for trait in event.traits if trait.type is TraitType.TEXT}
    return {
        "specversion": VERSION,
        "id": event.message_id,
        "source": SOURCE,
        "type": event.event_type,
        **({"time": f"{written['generated']}Z"} if event.generated is not None else {}),
        **{name: owners[trait] for name, trait in OWNERS.items() if owners.get(trait)},
        "datacontenttype": JSON,
        "data": {"traits": written["traits"], "raw": raw},
    }


def _is_of(raw: Mapping[str, Any], event_id: str) -> bool:
    source, id_ = raw.get("source"), raw.get("id")
    if raw.get("specversion") != VERSION or not isinstance(source, str) or not isinstance(id_, str):
        return False
    return event_id.startswith("ce-") and message_id(source, id_) == event_id


def _says(raw: Mapping[str, Any], event: Event) -> bool:
    """Tell whether a CloudEvent says what was stored of the event, and nothing else.

    Anybody can write source and id into the raw of an event that is posted in another form. Publishers are confined,
    and readers are told apart, by what is stored.
    """
    posted = from_cloudevent(raw)
    if isinstance(posted, Unreadable):
        return False
    stored = {(trait.name, trait.type.value, trait.value) for trait in event.traits}
    return (
        posted["event_type"] == event.event_type
        and parse_timestamp(posted["generated"]) == event.generated
        and set(map(tuple, posted["traits"])) == stored
    )


def batch(page: Iterable[Event]) -> Iterator[bytes]:
    """Write a page of events as a batch of CloudEvents."""
    return serialize.array(to_cloudevent(event) for event in page)
