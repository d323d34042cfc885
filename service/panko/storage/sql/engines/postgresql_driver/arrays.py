r"""Columns of rows as PostgreSQL reads arrays, so that a statement has one parameter for each column. Pure.

A parameter for each value was most of what a list of events cost. The texts of a column are joined and escaped
together; `"it's"`, `None` and `'a\b "c"'` become:

    {"it's",NULL,"a\\b \"c\""}
"""

import functools
from collections.abc import Sequence
from datetime import datetime
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
    return ",".join(map(_element, values))


@functools.singledispatch
def _element(value: Any) -> str:
    raise TypeError(type(value))


@_element.register
def _(_value: None) -> str:
    return NULL


@_element.register
def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


@_element.register
def _(number: int | float) -> str:
    return str(number)


@_element.register
def _(moment: datetime) -> str:
    return _quoted(moment.isoformat())


@_element.register
def _(data: bytes) -> str:
    return _quoted(f"\\x{data.hex()}")
