"""Shapes of traits that events need: inserted in the transaction that stores the first event of a shape.

There are few: as many as publishers have ways to name traits. Whoever would make ever new ones finds an end of it, and
such events name their traits themselves, in all that follows.
"""

import itertools
from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy import Connection, func, select

from panko.storage.sql import engines
from panko.storage.sql.rows.encode import Laid
from panko.storage.sql.rows.shapes.known import Shapes, texts_of
from panko.storage.sql.rows.shapes.shape import Texts
from panko.storage.sql.rows.tables import SHAPE_COLUMNS, TRAIT_SHAPE

MOST_SHAPES: Final = 10_000


def wanted_by(laid: Iterable[Laid]) -> Texts:
    """Return the shapes of events."""
    shapes = {one.layout: one.layout.shape for one in laid}.values()
    return {shape.number: shape.text for shape in shapes if shape is not None}


def complete(connection: Connection, wanted: Texts, memory: Shapes) -> Texts:
    """See to it that shapes are there as far as there is room, and return what the database has under their numbers.

    What it returns may be remembered once this is committed. Writers that add the same one meet at its number; the one
    that comes late begins again, and finds it.
    """
    there = memory.stored(wanted.keys())
    missing = wanted.keys() - there.keys()
    if not missing:
        return there
    there |= texts_of(connection, missing)
    new = {number: wanted[number] for number in sorted(missing - there.keys())}
    return there | _added(connection, new, memory) if new and not memory.is_full else there


def _added(connection: Connection, new: Mapping[int, str], memory: Shapes) -> dict[int, str]:
    present = connection.execute(select(func.count()).select_from(TRAIT_SHAPE)).scalar_one()
    memory.is_full = present >= MOST_SHAPES
    fitting = dict(itertools.islice(new.items(), max(0, MOST_SHAPES - present)))
    if fitting:
        insert_rows = engines.of(connection.dialect).insert_rows
        insert_rows(connection, TRAIT_SHAPE, SHAPE_COLUMNS, list(fitting.items()))
    return fitting
