"""Where a list goes on after its last row: as a condition that an index can follow. Pure."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, or_


@dataclasses.dataclass(frozen=True, slots=True)
class Key:
    """A column that a list is sorted by, and its value in the last row."""

    column: ColumnElement[Any]
    value: Any
    descending: bool = False


def beyond(keys: Sequence[Key]) -> ColumnElement[bool]:
    """Strictly after a row; the redundant bound on the first key is the one that an index can use."""
    first, *rest = keys
    column, value = first.column, first.value
    strictly: ColumnElement[bool] = column < value if first.descending else column > value
    if not rest:
        return strictly
    bound: ColumnElement[bool] = column <= value if first.descending else column >= value
    return and_(bound, or_(strictly, beyond(rest)))
