"""Of what counts are kept: of hours, and of blocks of hours. Pure.

Tables of both have the same columns, but for whose counts they are: `hour` is the first one of a block.
"""

import dataclasses
from collections.abc import Sequence

from sqlalchemy import Table

from panko.storage.sql.counts.keys import BY_PROJECT, BY_TYPE, LEVELS
from panko.storage.sql.rows.tables import (
    BLOCK_COLUMN,
    BLOCK_COUNT,
    BLOCK_VALUE_COUNT,
    EVENT_COUNT,
    EVENT_VALUE_COUNT,
    HOUR_COLUMN,
)


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """What counts are kept of: by which column they are whose, the tables, and the levels that are kept."""

    owner: str
    counts: Table
    values: Table
    columns: Table
    levels: Sequence[int]

    def of(self, id_: int, hour: int) -> "Place":
        """Return one of them."""
        return Place(self, id_, hour)


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """One hour or block: by which id its counts are its own, and when it begins."""

    unit: Unit
    id: int
    hour: int


HOURS = Unit("hour_id", EVENT_COUNT, EVENT_VALUE_COUNT, HOUR_COLUMN, LEVELS)
# By types and projects at once there are nearly as many rows of a block as of its hours.
BLOCKS = Unit("block_id", BLOCK_COUNT, BLOCK_VALUE_COUNT, BLOCK_COLUMN, (0, BY_TYPE, BY_PROJECT))
