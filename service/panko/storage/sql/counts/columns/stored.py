"""How columns are stored and read: a row for each."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, select

from panko.storage.sql.counts.columns.column import Column, packed, unpacked
from panko.storage.sql.counts.columns.entries import CHANGE, PLACES, Columns
from panko.storage.sql.counts.units import Place, Unit
from panko.storage.sql.engines import planner


def rows(columns: Columns, owner: Place, *, seq: int) -> list[tuple[Any, ...]]:
    """Return the rows that keep what a step has counted of an hour or a block, which may be nothing."""
    return [(owner.id, place, seq, packed(column)) for place, column in columns.items()]


def of_places(
    connection: Connection, unit: Unit, ids: Sequence[int], places: Collection[int]
) -> list[tuple[int, Columns]]:
    """Return these columns of hours or blocks, and what they change, by step, each with the id of whose they are.

    Of a step of which one is missing nothing is returned: whoever adds up its events finds that.
    """
    columns = unit.columns.c
    owner = columns[unit.owner]
    statement = select(owner, columns.seq, columns.place, columns.data).where(
        owner.in_(ids), columns.place.in_(sorted({CHANGE, *places}))
    )
    found: defaultdict[tuple[int, int], dict[int, Column]] = defaultdict(dict)
    for id_, seq, place, data in connection.execute(planner.by_primary_key(statement, unit.columns)):
        found[id_, seq][place] = unpacked(data)
    return [(id_, part) for (id_, _seq), part in found.items() if part.keys() >= set(places)]


def all_of(connection: Connection, unit: Unit, id_: int) -> list[Columns]:
    """Return all columns of an hour or a block, by step."""
    return [part for _id, part in of_places(connection, unit, [id_], PLACES)]
