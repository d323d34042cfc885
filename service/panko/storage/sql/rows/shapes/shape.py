"""A shape is the names and types of an event's traits without their values. Pure.

Half of the copy of an event's traits were names, the same ones for all events of a publisher. So a copy is the values
alone, in the order in which they are served, after the number of their shape::

    trait_shape    1207959553    [["host",1],["size",2],["state",1]]
    event          [1207959553,"compute-1",512,"active"]

A number is made of the shape itself: whoever makes the table again gives no number to another shape. A copy whose shape
is not there is no copy, and such an event's traits are read from their own tables.
"""

import dataclasses
import functools
import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence

import orjson

from panko.event import Trait, TraitType, TraitValue
from panko.storage.sql.rows import trait_copy
from panko.storage.sql.rows.trait_copy import NUMBERS, TYPES

# Of a shape: what events are in memory, and to who reads them, is bounded by what they are in the database.
MOST_BYTES = 600
NUMBER_BYTES = 4  # less a bit: a number is positive in 32 bits
COMMA = ","

Texts = Mapping[int, str]  # of shapes, by their numbers

_trait = functools.partial(tuple.__new__, Trait)  # what Trait._make does, in a third of the time


@dataclasses.dataclass(frozen=True, slots=True)
class Shape:
    """Names and types in the order in which traits are served; `times` and `floats` are the places of such values."""

    text: str
    number: int
    names: tuple[str, ...]
    types: tuple[TraitType, ...]
    times: tuple[int, ...]
    floats: tuple[int, ...]

    @classmethod
    def of(cls, pairs: Sequence[tuple[str, int]]) -> "Shape":
        """Return the shape of names and types in the order in which they are served."""
        text = orjson.dumps(pairs)
        types = tuple(TYPES[number] for _name, number in pairs)
        return cls(
            text.decode(),
            int.from_bytes(hashlib.sha256(text).digest()[:NUMBER_BYTES]) >> 1,
            tuple(name for name, _number in pairs),
            types,
            _places(types, TraitType.DATETIME),
            _places(types, TraitType.FLOAT),
        )

    @classmethod
    def read(cls, text: str) -> "Shape":
        """Return the shape that was stored."""
        return cls.of([(name, number) for name, number in orjson.loads(text)])

    def copy(self, values: Sequence[TraitValue]) -> str | None:
        """Write values in the order in which they are served; None when JSON has no word for one."""
        for place in self.floats:
            value = values[place]
            if type(value) is float and not math.isfinite(value):
                return None
        written: list[TraitValue] = [self.number, *values]
        for place in self.times:
            value = values[place]
            if value:
                written[place + 1] = trait_copy.plain(value)
        return orjson.dumps(written).decode()

    def traits(self, copy: str) -> tuple[Trait, ...]:
        """Read a copy of this shape back, to the last bit."""
        _number, *values = orjson.loads(copy)
        for place in self.times:
            if values[place]:
                values[place] = trait_copy.instant(values[place])
        return tuple(map(_trait, zip(self.names, self.types, values, strict=True)))

    def told(self, copy: str) -> str:
        """Write a copy of this shape as one that needs none."""
        _number, *values = orjson.loads(copy)
        numbers = [NUMBERS[kind] for kind in self.types]
        return orjson.dumps(list(zip(self.names, numbers, values, strict=True))).decode()


def number_of(copy: str) -> int | None:
    """Return the number of the shape that a copy needs; None when it names its traits itself."""
    begins_with = copy[1:2]
    return int(copy[1 : copy.index(COMMA)]) if begins_with.isdigit() else None


def traits(copy: str, shapes: Mapping[int, Shape]) -> tuple[Trait, ...]:
    """Read a copy of either kind."""
    number = number_of(copy)
    return trait_copy.from_text(copy) if number is None else shapes[number].traits(copy)


def told(copy: str, shapes: Mapping[int, Shape]) -> str:
    """Write a copy of either kind with the names of its traits."""
    number = number_of(copy)
    return copy if number is None else shapes[number].told(copy)


def _places(types: Iterable[TraitType], wanted: TraitType) -> tuple[int, ...]:
    return tuple(place for place, kind in enumerate(types) if kind == wanted)
