"""How text, numbers and times compare in SQL. Pure: expressions in, expressions out.

On MySQL and MariaDB text compares as in the original: without regard to case, accents and trailing spaces. Identity
and characters beyond the Basic Multilingual Plane, which that collation takes for one and the same, compare by bytes.
PostgreSQL and SQLite compare all text exactly.
"""

import enum
import operator
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, not_, or_

from panko.filters import Comparison
from panko.literals import INT64_MAX, INT64_MIN
from panko.storage.sql.engines.expressions import BeginsWith, LikeOriginal, SameBytes

LAST_OF_BASIC_PLANE = "\uffff"


class Certainty(enum.Enum):
    """What is known about a comparison without looking at the value."""

    ALWAYS = "true for every value but NULL"
    NEVER = "true for no value"


def same_text(column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    """Compare text as the database does, but never take two emoji for the same."""
    return identical(column, text) if _is_beyond_basic_plane(text) else column == text


def one_of(column: ColumnElement[Any], texts: Sequence[str]) -> ColumnElement[bool]:
    """Tell whether a column is the same as one of some texts; for many of them that is one expression to make."""
    if len(texts) == 1:
        return same_text(column, texts[0])
    if any(map(_is_beyond_basic_plane, texts)):
        return or_(*(same_text(column, text) for text in texts))
    return column.in_(texts)


def identical(column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    """Compare text byte by byte, by the index first."""
    return and_(column == text, SameBytes(column, literal(text)))


def begins_with(column: ColumnElement[Any], prefix: str) -> ColumnElement[bool]:
    """Compare the beginning of a text as the database compares texts, but never take two emoji for the same."""
    begins = BeginsWith(column, prefix)
    if not _is_beyond_basic_plane(prefix):
        return begins
    return and_(begins, SameBytes(func.substr(column, 1, len(prefix)), literal(prefix)))


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
