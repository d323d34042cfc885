r"""Columns of rows as PostgreSQL reads arrays, so that a statement has one parameter for each column. Pure.

A parameter for each value was most of what a list of events cost. The texts of a column are joined and escaped
together; `"it's"`, `None` and `'a\b "c"'` become:

    {"it's",NULL,"a\\b \"c\""}
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

SEPARATOR = "\0"  # no text holds it here
NULL = "NULL"
INTEGER, TEXT = int, str


def array_of(values: Sequence[Any]) -> str:
    """Write the values of a column. Raise TypeError for a kind of value that no column has."""
    return f"{{{_elements(values)}}}"


def _elements(values: Sequence[Any]) -> str:
    kinds = set(map(type, values))
    if kinds == {INTEGER}:
        return ",".join(map(str, values))
    if kinds == {TEXT}:
        joined = SEPARATOR.join(values)
        if joined.count(SEPARATOR) == len(values) - 1:  # PostgreSQL itself refuses others, and says why
            return _quoted(joined).replace(SEPARATOR, '","')
    unknown = kinds - WRITTEN.keys()
    if unknown:
        raise TypeError(unknown)
    return ",".join(WRITTEN[type(value)](value) for value in values)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _binary(value: bytes) -> str:
    return _quoted(f"\\x{value.hex()}")


WRITTEN: Mapping[type, Callable[[Any], str]] = MappingProxyType(
    {
        type(None): lambda _none: NULL,
        bytes: _binary,
        datetime: lambda moment: _quoted(moment.isoformat()),
        float: repr,
        int: str,
        str: _quoted,
    }
)
