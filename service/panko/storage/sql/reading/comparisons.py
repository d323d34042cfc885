"""How text, numbers and times compare in SQL. Pure: expressions in, expressions out.

On MySQL and MariaDB text compares as in the original: without regard to case, accents and trailing spaces. Identity
and characters beyond the Basic Multilingual Plane, which that collation takes for one and the same, compare by bytes.
PostgreSQL and SQLite compare all text exactly.
"""

import enum
import operator
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import Boolean, ColumnElement, String, and_, literal, not_, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from panko.filters import Comparison
from panko.literals import INT64_MAX, INT64_MIN

LAST_OF_BASIC_PLANE = "\uffff"


class Certainty(enum.Enum):
    """What is known about a comparison without looking at the value."""

    ALWAYS = "true for every value but NULL"
    NEVER = "true for no value"


class SameBytes(FunctionElement[bool]):
    """True when two texts are equal byte by byte; a test in addition to `=`, which can use an index."""

    name = "same_bytes"
    type = Boolean()
    inherit_cache = True


class LikeOriginal(FunctionElement[str]):
    """A text that compares as all text did in the original, whatever its column's collation."""

    name = "like_original"
    type = String()
    inherit_cache = True


class ByRow(FunctionElement[Any]):
    """A value in a form that no index knows, for rows that are found by something else.

    PostgreSQL takes an index over values, and reads what others stored, where it believes a value to be rare.
    """

    name = "by_row"
    inherit_cache = True

    def __init__(self, column: ColumnElement[Any]) -> None:
        super().__init__(column)
        self.type = column.type


@compiles(SameBytes)
def _same_bytes(element: SameBytes, compiler: SQLCompiler, **options: Any) -> str:
    left, right = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{left} = {right}"


@compiles(SameBytes, "mysql")
def _same_bytes_mysql(element: SameBytes, compiler: SQLCompiler, **options: Any) -> str:
    left, right = (compiler.process(clause, **options) for clause in element.clauses)
    return f"CAST({left} AS BINARY) = CAST({right} AS BINARY)"


@compiles(LikeOriginal)
def _like_original(element: LikeOriginal, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses, **options)


@compiles(LikeOriginal, "mysql")
def _like_original_mysql(element: LikeOriginal, compiler: SQLCompiler, **options: Any) -> str:
    return f"({compiler.process(element.clauses, **options)} COLLATE utf8mb4_general_ci)"


@compiles(ByRow)
def _by_row(element: ByRow, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses, **options)


@compiles(ByRow, "postgresql")
def _by_row_postgresql(element: ByRow, compiler: SQLCompiler, **options: Any) -> str:
    value = compiler.process(element.clauses, **options)
    return f"COALESCE({value}, {value})"


def same_text(column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    """Compare text as the database does, but never take two emoji for the same."""
    return identical(column, text) if _is_beyond_basic_plane(text) else column == text


def identical(column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    """Compare text byte by byte, by the index first."""
    return and_(column == text, SameBytes(column, literal(text)))


def like_original(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Make a column compare and sort as all text did in the original."""
    return LikeOriginal(column)


def compare(column: ColumnElement[Any], comparison: Comparison, value: Any) -> ColumnElement[bool] | Certainty:
    """Compare a column; tell where the answer is certain because no column holds so large an integer."""
    if isinstance(value, int) and not INT64_MIN <= value <= INT64_MAX:
        return _beyond_64_bits(comparison, value)
    if value is None:
        return Certainty.NEVER
    if isinstance(value, str) and _is_beyond_basic_plane(value) and comparison in {Comparison.EQ, Comparison.NE}:
        same = SameBytes(column, literal(value))
        return and_(column == value, same) if comparison is Comparison.EQ else not_(same)
    return OPERATORS[comparison](column, value)


def _beyond_64_bits(comparison: Comparison, value: int) -> Certainty:
    true = {Comparison.NE} | ({Comparison.LT, Comparison.LE} if value > INT64_MAX else {Comparison.GT, Comparison.GE})
    return Certainty.ALWAYS if comparison in true else Certainty.NEVER


def _is_beyond_basic_plane(text: str) -> bool:
    return any(character > LAST_OF_BASIC_PLANE for character in text)


def _differs(column: ColumnElement[Any], value: Any) -> ColumnElement[bool]:
    """Two ranges, which an index can walk, instead of `<>`, which it cannot."""
    return or_(column < value, column > value)


OPERATORS: Mapping[Comparison, Callable[[ColumnElement[Any], Any], ColumnElement[bool]]] = MappingProxyType(
    {
        Comparison.LT: operator.lt,
        Comparison.LE: operator.le,
        Comparison.EQ: operator.eq,
        Comparison.NE: _differs,
        Comparison.GE: operator.ge,
        Comparison.GT: operator.gt,
    }
)
