"""How answers are written as JSON: names, their order and the form of values are those of the original.

Pure. orjson writes UTF-8; what it refuses (integers beyond 64 bits, halves of surrogate pairs in the raw of events that
the original stored) is written by the standard library instead, escaped to ASCII.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import orjson

from panko.event import Event, Trait, TraitType, TraitValue
from panko.literals import format_timestamp

CHUNK_BYTES = 64 * 1024
TYPE_NAMES = {type_: type_.api_name for type_ in TraitType}


def dumps(document: Any) -> bytes:
    """Write any document as JSON."""
    try:
        return orjson.dumps(document)
    except TypeError:
        return json.dumps(document, separators=(",", ":")).encode()


def trait_value(value: TraitValue) -> str:
    """Write a trait's value as text, which it always is in the v2 API."""
    if isinstance(value, datetime):
        return format_timestamp(value)
    return str(value)


def trait(item: Trait) -> dict[str, str]:
    """Write a trait as it stands inside an event."""
    value = item.value
    return {
        "name": item.name,
        "value": value if isinstance(value, str) else trait_value(value),
        "type": TYPE_NAMES[item.type],
    }


def trait_type(name: str, type_: TraitType) -> dict[str, str]:
    """Write a trait's name and type."""
    return {"type": type_.api_name, "name": name}


def moment(at: datetime | None) -> str | None:
    """Write a moment; null where there is none."""
    return None if at is None else format_timestamp(at)


def event(item: Event) -> dict[str, Any]:
    """Write an event."""
    return {
        "message_id": item.message_id,
        "event_type": item.event_type,
        "traits": [trait(each) for each in item.traits],
        "generated": moment(item.generated),
        "raw": item.raw,
    }


def events(page: Iterable[Event]) -> Iterator[bytes]:
    """Write a page of events, one after the other: whatever its length, its objects are not all there at once."""
    return array(event(item) for item in page)


def lines(page: Iterable[Event]) -> Iterator[bytes]:
    """Write a page of events, one a line."""
    return (dumps(event(item)) + b"\n" for item in page)


def array(items: Iterable[Any]) -> Iterator[bytes]:
    """Write a JSON array of any length in pieces of bounded size."""
    buffer = bytearray(b"[")
    separator = b""
    for item in items:
        buffer += separator + dumps(item)
        separator = b","
        if len(buffer) >= CHUNK_BYTES:
            yield bytes(buffer)
            buffer.clear()
    yield bytes(buffer + b"]")
