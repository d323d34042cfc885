"""Events as they are posted, turned into `panko.event.Event`s, or refused with every reason.

Pure. The wire form is ceilometer's: traits are `[name, dtype, value]`. All of a request is looked at before any of it
is stored, so that its sender learns of every bad event at once. What passes here fits into every supported database.
"""

import dataclasses
import functools
import json
import math
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson

from panko.errors import InvalidEventsError, InvalidInputError
from panko.event import Event, Trait, TraitType, TraitValue
from panko.literals import INT64_MAX, INT64_MIN, parse_timestamp, why_unstorable
from panko.quoting import NAMED, listed, quote

MESSAGE_ID_LENGTH = 50
EVENT_TYPE_LENGTH = 255
TRAIT_NAME_LENGTH = 255
TEXT_LENGTH = 255
MAX_EVENTS = 10_000  # of one request
# Lists and objects inside each other in a raw: as many as orjson writes. The standard library's reader and writer,
# which see it later, take fewer the deeper the stack is on which they are called.
MAX_DEPTH = 254
FASTEST_CLOCK = timedelta(days=1)  # what is generated later than that is never old enough to expire
NAMED_IN_AN_EVENT = 10  # wrong keys, and wrong traits
REMEMBERED = 4096  # names of traits: few are used, by every event of a type

# Letters with accents: Latin-1 to Latin Extended-B, and Latin Extended Additional.
LATIN = frozenset(map(chr, (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))))

TIME_FORMAT = "ISO 8601; UTC unless it has a zone"

REQUIRED = ("message_id", "event_type", "generated")
# ceilometer signs what it sends through a message bus; the signature says nothing to a store.
KNOWN = frozenset({*REQUIRED, "traits", "raw", "message_signature"})


class _RefusedError(Exception):
    """A part of an event cannot be stored, for this reason."""


@dataclasses.dataclass(frozen=True, slots=True)
class Unreadable:
    """Stands in the place of a document that is no event at all, for this reason."""

    reason: str


def events(payload: Any, *, max_raw_bytes: int, now: datetime, writer: str | None = None) -> list[Event]:
    """Read one event, or a list, that `writer` sent. Raise InvalidEventsError, which names the first bad ones."""
    return read(items(payload), max_raw_bytes=max_raw_bytes, now=now, writer=writer)


def items(payload: Any) -> list[Any]:
    """Return what a document holds: itself, or what it lists. Raise InvalidInputError when it holds no events."""
    if not isinstance(payload, dict | list):
        raise InvalidInputError("The body must be an event or a list of events, as JSON.")
    listed_items = payload if isinstance(payload, list) else [payload]
    if len(listed_items) > MAX_EVENTS:
        raise InvalidInputError(
            f"The list holds {len(listed_items)} events, {MAX_EVENTS} are the most. Send several requests."
        )
    return listed_items


def read(documents: Iterable[Any], *, max_raw_bytes: int, now: datetime, writer: str | None = None) -> list[Event]:
    """Read events one after the other; see `events`. What does not end is not read any further than it has to be."""
    readers = {
        **ATTRIBUTES,
        "generated": lambda value: _generated(value, now + FASTEST_CLOCK),
        "raw": lambda value: _raw(value, max_raw_bytes),
    }
    accepted: list[Event] = []
    problems: list[tuple[int, str]] = []
    more = 0
    for index, item in enumerate(documents):
        if index == MAX_EVENTS:
            raise InvalidInputError(f"The body holds more than {MAX_EVENTS} events. Send several requests.")
        reasons: list[str] = []
        attributes = _attributes(item, readers, reasons=reasons)
        if not reasons:
            accepted.append(Event(**attributes, writer=writer))
        elif len(problems) < NAMED:
            problems.append((index, ", ".join(reasons)))
        else:
            more += 1
    if problems:
        raise InvalidEventsError(problems, more=more)
    return accepted


def _attributes(item: Any, readers: "Readers", *, reasons: list[str]) -> dict[str, Any]:
    """Return the attributes of an Event, and append every reason to refuse it to `reasons`."""
    if not isinstance(item, dict):
        reasons.append(item.reason if isinstance(item, Unreadable) else "an event is a JSON object")
        return {}
    unknown = sorted(set(item) - KNOWN)
    if unknown:
        reasons.append(f"unknown keys {listed((quote(ascii(key)) for key in unknown), most=NAMED_IN_AN_EVENT)}")
    reasons += [f"{name} is missing" for name in REQUIRED if name not in item]
    attributes: dict[str, Any] = {}
    for name, read in readers.items():
        if name not in item:
            continue
        try:
            attributes[name] = read(item[name])
        except _RefusedError as refusal:
            reasons.append(f"{name} {refusal}")
    return attributes


def _text(value: Any, length: int) -> str:
    if not isinstance(value, str):
        raise _RefusedError("is not a string")
    if len(value) > length:
        raise _RefusedError(f"is {len(value)} characters long, {length} are the most")
    reason = why_unstorable(value)
    if reason:
        raise _RefusedError(f"cannot be stored: {reason}")
    return value


def _name(value: Any, length: int) -> str:
    if not _text(value, length):
        raise _RefusedError("is empty")
    return str(value)


def _time(value: Any) -> datetime:
    try:
        return parse_timestamp(_text(value, TEXT_LENGTH))
    except ValueError:
        raise _RefusedError("is not an ISO 8601 time, such as 2026-11-22T14:45:50.123456") from None


def _generated(value: Any, latest: datetime) -> datetime:
    moment = _time(value)
    if moment > latest:
        raise _RefusedError("is more than a day ahead of this server's clock")
    return moment


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _RefusedError("is not an integer")
    if not INT64_MIN <= value <= INT64_MAX:
        raise _RefusedError("does not fit into 64 bits")
    return value


def _float(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _RefusedError("is not a number")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise _RefusedError("is not a finite number")
    return number + 0.0  # databases keep no negative zero


def _value_text(value: Any) -> str:
    if type(value) is str and len(value) <= TEXT_LENGTH and value.isascii() and "\0" not in value:  # nearly always
        return value
    return _text(value, TEXT_LENGTH)


# By dtype: 0 is `none`, which has always been kept as text. The last is what JSON Schema says of a value.
VALUES: tuple[tuple[TraitType, Callable[[Any], TraitValue], Mapping[str, Any]], ...] = (
    (TraitType.TEXT, _value_text, {"type": ["string", "null"], "maxLength": TEXT_LENGTH}),
    (TraitType.TEXT, _value_text, {"type": ["string", "null"], "maxLength": TEXT_LENGTH}),
    (TraitType.INTEGER, _integer, {"type": ["integer", "null"], "minimum": INT64_MIN, "maximum": INT64_MAX}),
    (TraitType.FLOAT, _float, {"type": ["number", "null"]}),
    (TraitType.DATETIME, _time, {"type": ["string", "null"], "description": TIME_FORMAT}),
)


@functools.lru_cache(maxsize=REMEMBERED)
def _known_name(name: str) -> str:
    return _name(name, TRAIT_NAME_LENGTH)


def _trait(item: Any) -> Trait:
    if not isinstance(item, list) or len(item) != len(("name", "dtype", "value")):
        raise _RefusedError("hold something else than [name, dtype, value]")
    name, dtype, value = item
    try:
        _known_name(name) if type(name) is str else _name(name, TRAIT_NAME_LENGTH)  # nothing else can be remembered
    except _RefusedError as refusal:
        raise _RefusedError(f"hold a name that {refusal}") from refusal
    if type(dtype) is not int or not 0 <= dtype < len(VALUES):
        raise _RefusedError(
            f"hold {quote(repr(name))} of an unknown dtype; there are 0 and 1 text, 2 int, 3 float, 4 datetime"
        )
    trait_type, read, _schema = VALUES[dtype]
    try:
        return Trait(name, trait_type, None if value is None else read(value))
    except _RefusedError as refusal:
        raise _RefusedError(f"hold {quote(repr(name))} whose value {refusal}") from refusal


def _traits(value: Any) -> tuple[Trait, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise _RefusedError("is not a list")
    try:
        traits = tuple(map(_trait, value))
    except _RefusedError:
        traits = ()
    # Names that differ are never repeated, whatever their types; to look at those takes longer, as every reason does.
    differ = len({_collated(trait[0]) for trait in traits}) == len(value)
    if len(traits) != len(value) or (not differ and any(_repeated(traits))):
        raise _RefusedError(listed(_refusals(value), most=NAMED_IN_AN_EVENT))
    return traits


def _refusals(items: Sequence[Any]) -> Iterator[str]:
    """Yield every reason to refuse traits."""
    accepted: list[Trait] = []
    for item in items:
        try:
            accepted.append(_trait(item))
        except _RefusedError as refusal:
            yield str(refusal)
    yield from (f"hold {quote(repr(name))} twice as {type_.api_name}" for name, type_ in _repeated(accepted))


def _repeated(traits: Sequence[Trait]) -> Iterator[tuple[str, TraitType]]:
    """Yield traits that a database could not tell apart from an earlier one of the same event."""
    seen: set[tuple[str, int]] = set()
    for trait in traits:
        key = (_collated(trait.name), int(trait.type))
        if key in seen:
            yield trait.name, trait.type
        seen.add(key)


@functools.lru_cache(maxsize=REMEMBERED)
def _collated(name: str) -> str:
    """Fold a name as MySQL's general_ci collations do: case, accents and spaces at the end make no difference.

    Only what is certain: other letters that such a collation takes for one another the database itself refuses.
    """
    folded = name if name.isascii() else "".join(map(_without_accent, name))
    return folded.lower().rstrip(" ")


def _without_accent(character: str) -> str:
    base = unicodedata.normalize("NFD", character)[0]
    return base if base.isascii() and character in LATIN else character


def _raw(value: Any, max_bytes: int) -> Any:
    try:
        size = _json_size(value)
    except ValueError as error:
        raise _RefusedError(f"cannot be stored: it holds {_not_finite(value)}") from error
    if size > max_bytes:
        raise _RefusedError(f"is {size} bytes of JSON, {max_bytes} are the most")
    return value


def _not_finite(value: Any) -> str:
    """Name the first number, of those in a document, that JSON does not have."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, float) and not math.isfinite(item):
            return "NaN, which JSON does not have" if math.isnan(item) else "a number beyond the range of a double"
        waiting += item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
    return "what JSON does not have"


def _json_size(value: Any) -> int:
    """Return bytes of JSON; raise ValueError for numbers beyond a double's range."""
    try:
        encoded = orjson.dumps(value)
    except TypeError:  # too deep, or what only the standard library writes: large integers, halves of surrogate pairs
        if _is_deep(value):
            raise _RefusedError(f"is nested too deeply: {MAX_DEPTH} levels are the most") from None
        return len(json.dumps(value, allow_nan=False, separators=(",", ":")))
    # orjson writes numbers beyond a double's range as null; only then is it worth to look closely.
    if b"null" in encoded:
        json.dumps(value, allow_nan=False)
    return len(encoded)


def _is_deep(value: Any) -> bool:
    """Tell whether a document has more levels than are taken, whatever the depth of the stack that asks."""
    level = [value]
    for _ in range(MAX_DEPTH):
        lists = (item.values() if isinstance(item, dict) else item for item in level if isinstance(item, dict | list))
        level = [item for values in lists for item in values if isinstance(item, dict | list)]
    return bool(level)


# How the attributes of an event are read; generated and raw have bounds from outside, and are added to these.
Readers = dict[str, Callable[[Any], Any]]
ATTRIBUTES: Readers = {
    "message_id": lambda value: _name(value, MESSAGE_ID_LENGTH),
    "event_type": lambda value: _name(value, EVENT_TYPE_LENGTH),
    "traits": _traits,
}
