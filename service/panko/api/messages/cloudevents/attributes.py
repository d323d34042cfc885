"""The attributes of a CloudEvent, and what the specification asks of each. Pure."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from panko.literals import parse_timestamp
from panko.quoting import listed, quote

REQUIRED = ("specversion", "id", "source", "type")
DATA = ("data", "data_base64")
VERSION = "1.0"
INTEGER_MIN, INTEGER_MAX = -(2**31), 2**31 - 1
MOST_NAMES = 10

NAME = re.compile("[a-z0-9]+")
# Control characters, halves of surrogate pairs and what Unicode says is no character.
FORBIDDEN = re.compile(
    "[\\x00-\\x1f\\x7f-\\x9f\\ud800-\\udfff\\ufdd0-\\ufdef"
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(17))
    + "]"
)
URI_REFERENCE = re.compile(r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+")
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
MEDIA_TYPE = re.compile(r"[\w!#$%&'*+.^`|~-]+/[\w!#$%&'*+.^`|~-]+\s*(?:;.*)?", re.ASCII)
RFC_3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)


def reasons(event: Mapping[str, Any]) -> Iterator[str]:
    """Yield every reason why the attributes of an event, without those that are null, are not those of a CloudEvent."""
    wrong = listed((quote(ascii(name)) for name in event if not _is_name(name)), most=MOST_NAMES)
    if wrong:
        yield f"names other than of a-z and 0-9: {wrong}"
    yield from (f"{name} is missing" for name in REQUIRED if name not in event)
    if "time" not in event:
        yield "time is missing: only its producer knows when it happened, and has to say so"
    if all(name in event for name in DATA):
        yield "data and data_base64 exclude each other"
    refused = ((name, _reason(name, value)) for name, value in event.items() if name != "data")
    yield from (f"{quote(name)} {reason}" for name, reason in refused if reason)


def _is_name(name: str) -> bool:
    return name in DATA or NAME.fullmatch(name) is not None


def _reason(name: str, value: Any) -> str | None:
    if isinstance(value, str):
        if FORBIDDEN.search(value):
            return "holds a control character, or what is no character"
        return CHECKS[name](value) if name in CHECKS else None
    if name in CHECKS:
        return "is not a string"
    if isinstance(value, bool):
        return None
    if not isinstance(value, int):
        return "is neither a string, an integer nor a boolean"
    return None if INTEGER_MIN <= value <= INTEGER_MAX else "does not fit into 32 bits"


def _version(value: str) -> str | None:
    return None if value == VERSION else f"is {quote(ascii(value))}; {VERSION} is taken"


def _some(value: str) -> str | None:
    return None if value else "is empty"


def _reference(value: str) -> str | None:
    return None if URI_REFERENCE.fullmatch(value) else "is not a URI-reference (RFC 3986)"


def _uri(value: str) -> str | None:
    return None if SCHEME.match(value) and not _reference(value) else "is not a URI (RFC 3986)"


def _media_type(value: str) -> str | None:
    return None if MEDIA_TYPE.fullmatch(value) else "is not a media type (RFC 2046)"


def _time(value: str) -> str | None:
    try:
        is_time = RFC_3339.fullmatch(value) and parse_timestamp(value.upper())
    except ValueError:
        is_time = None
    return None if is_time else "is not a time of RFC 3339, such as 2026-11-22T14:45:50.123456Z"


def _base64(value: str) -> str | None:
    # By their letters alone: the text is kept as it is.
    return None if BASE64.fullmatch(value) and len(value) % 4 == 0 else "is not base64 (RFC 4648)"


BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")
CHECKS: Mapping[str, Callable[[str], str | None]] = {
    "specversion": _version,
    "id": _some,
    "source": _reference,
    "type": _some,
    "subject": _some,
    "time": _time,
    "datacontenttype": _media_type,
    "dataschema": _uri,
    "data_base64": _base64,
    # Extensions of ours, which say whose the event is.
    "projectid": _some,
    "userid": _some,
}
