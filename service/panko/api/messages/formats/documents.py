"""Reads JSON, and says where a text stops being that. Pure.

NaN, which is no JSON, is read as well: who reads the document refuses it, and can say where it stands. orjson would be
no quicker by much, and cannot do it: it makes a float of an integer beyond 64 bits, and of two equal keys the last one.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from panko.errors import UnreadableBodyError
from panko.quoting import quote


class RepeatedKeyError(ValueError):
    """One object has a key twice: whichever of the values was kept, the other one would be lost."""


def parse(content: bytes) -> Any:
    """Return a document, of which no object has a key twice; raise UnreadableBodyError."""
    return _read(content, object_pairs_hook=_unique)


def parse_leniently(content: bytes) -> Any:
    """Return a document, with the last value of a key that an object has twice; raise UnreadableBodyError."""
    return _read(content)


def _read(content: bytes, **how: Any) -> Any:
    try:
        return json.loads(content, **how)
    # UnicodeDecodeError and too long integers are ValueErrors; too deep nesting is a RecursionError.
    except (ValueError, RecursionError) as error:
        raise UnreadableBodyError(f"Request is not in valid JSON format: {place(error)}") from error


def place(error: Exception, *, of_a_line: bool = False) -> str:
    """Say where a document stops being JSON, and why."""
    match error:
        case RepeatedKeyError():
            return str(error)
        case json.JSONDecodeError():
            line = "" if of_a_line else f"line {error.lineno}, "
            return f"{error.msg}, in {line}column {error.colno}"
        case UnicodeDecodeError():
            return f"byte {error.start} is not {error.encoding.upper()}"
        case RecursionError():
            return "it is nested too deeply"
    return "it holds a number that is too long"


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise RepeatedKeyError(f"an object has the key {quote(ascii(next(_repeated(pairs))))} twice")
    return document


def _repeated(pairs: Iterable[tuple[str, Any]]) -> Iterator[str]:
    seen: set[str] = set()  # of a million keys, perhaps
    for key, _value in pairs:
        if key in seen:
            yield key
        seen.add(key)


DECODER = json.JSONDecoder(object_pairs_hook=_unique)
