r"""Rows as MariaDB and MySQL read them inside a statement. Pure.

PyMySQL writes value by value, which was half of what a list of events cost. Here the texts of a column are joined,
escaped by two calls, and taken apart again. Three rows, `(1, "it's")`, `(2, None)` and `(3, "x")`; their texts become:

    it's\0x           joined, by a character that texts hardly ever hold
    it\'s\0x          escaped
    'it\'s'\0'x'      quoted, and taken apart at \0
    (1,'it\'s'),(2,NULL),(3,'x')
"""

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pymysql.converters import encoders, escape_item

BYTES_PER_STATEMENT = 1_000_000
CHARSET = "utf8mb4"
SEPARATOR = "\0"
NULL = "NULL"
SEPARATORS = len("),(")  # of two rows
BYTES = "surrogateescape"  # how PyMySQL has bytes in a text
TEXT, INTEGER, NOTHING = str, int, type(None)


@dataclasses.dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one INSERT as a parameter of it, so that no log and no error shows them as the statement's text."""

    literal: str

    def __repr__(self) -> str:
        return f"<rows of {len(self.literal)} characters>"


class Words(str):
    """A piece of SQL in the place of a value."""

    __slots__ = ()


def rows_of(rows: Sequence[Sequence[Any]], most_bytes: int = BYTES_PER_STATEMENT) -> Iterator[Rows]:
    """Yield rows in chunks of few bytes; a row that is larger is a chunk of its own."""
    return rows_of_columns(zip(*rows, strict=True), most_bytes)


def rows_of_columns(columns: Iterable[Sequence[Any]], most_bytes: int = BYTES_PER_STATEMENT) -> Iterator[Rows]:
    """Yield the rows of columns in chunks of few bytes; a row that is larger is a chunk of its own."""
    rows = list(map(",".join, zip(*map(_column, columns), strict=True)))
    fits = rows and sum(map(len, rows)) + SEPARATORS * len(rows) <= most_bytes
    if fits and all(map(str.isascii, rows)):  # nearly always
        yield _together(rows)
    else:
        yield from _chunks(rows, most_bytes)


def _chunks(rows: Iterable[str], most_bytes: int) -> Iterator[Rows]:
    chunk: list[str] = []
    size = 0
    for row in rows:
        length = SEPARATORS + (len(row) if row.isascii() else len(row.encode(errors=BYTES)))
        size += length
        if chunk and size > most_bytes:
            yield _together(chunk)
            chunk, size = [], length
        chunk.append(row)
    if chunk:
        yield _together(chunk)


def _together(chunk: Sequence[str]) -> Rows:
    return Rows(f"({'),('.join(chunk)})")


def _column(values: Sequence[Any]) -> Iterable[str]:
    """Return the literals of values in their order."""
    kinds = set(map(type, values))
    if kinds == {INTEGER}:
        return map(str, values)
    if kinds == {TEXT}:
        return _texts(values)
    if kinds == {Words}:
        return values
    if kinds == {NOTHING}:
        return [NULL] * len(values)
    if kinds == {TEXT, NOTHING}:
        texts = iter(_texts([value for value in values if value is not None]))
        return [NULL if value is None else next(texts) for value in values]
    return [_quoted(value) if type(value) is TEXT else escape_item(value, CHARSET, encoders) for value in values]


def _texts(values: Sequence[str]) -> list[str]:
    joined = SEPARATOR.join(values)
    if joined.count(SEPARATOR) != len(values) - 1:  # some hold it themselves
        return [_quoted(value) for value in values]
    return _quoted(joined).replace(SEPARATOR, f"'{SEPARATOR}'").split(SEPARATOR)


def _quoted(text: str) -> str:
    """Escape what ends a text in a session whose sql_mode leaves the backslash its meaning, as those of ours do."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
