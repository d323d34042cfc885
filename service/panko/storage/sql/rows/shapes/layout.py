"""How traits become rows, as far as it follows from their names and types: found out once for many events. Pure.

Traits come in the order of whoever sent them. They are copied in the order in which they are served, and stored in the
order of the primary key: a page that grows at its end is full before the next one is begun.
"""

import dataclasses
import functools
from collections.abc import Sequence
from operator import itemgetter

from panko.event import Trait, TraitType, TraitValue
from panko.storage.sql.rows import owners
from panko.storage.sql.rows.shapes.shape import MOST_BYTES, Shape

REMEMBERED = 1024
TEXT = int(TraitType.TEXT)

Values = tuple[TraitValue, ...]


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """What follows from the names and types of traits in the order in which they came.

    `served` are their places in the order of `shape`, which is None where no event may have it; `rows` are place, type
    and name of each in the order of the primary key, `project` and `user` the places of an event's owner.
    """

    shape: Shape | None
    served: tuple[int, ...]
    rows: tuple[tuple[int, int, str], ...]
    project: int | None
    user: int | None

    def owners(self, values: Values) -> tuple[int, int]:
        """Return the numbers of an event's owner; see `owners.numbers`."""
        if self.project is None:
            return owners.NOBODY, owners.NOBODY
        user = None if self.user is None else str(values[self.user])
        return owners.numbers_of(str(values[self.project]), user)

    def copy(self, values: Values) -> str | None:
        """Return the copy of an event's traits by their shape; None where there cannot be one."""
        return None if self.shape is None else self.shape.copy([values[place] for place in self.served])


def laid_out(traits: Sequence[Trait]) -> tuple[Layout, Values]:
    """Return the layout of an event's traits, and their values in the order in which they came."""
    if not traits:
        return NOTHING, ()
    names, types, values = zip(*traits, strict=True)
    numbers = bytes(types)  # members of an enumeration are slow keys
    small = sum(map(len, names)) <= MOST_BYTES
    return (_remembered if small else _layout)(names, numbers), values


def _layout(names: tuple[str, ...], numbers: bytes) -> Layout:
    pairs = list(zip(names, numbers, strict=True))
    places = range(len(pairs))
    served = sorted(places, key=lambda place: (names[place].lower(), numbers[place], names[place]))
    shape = Shape.of([pairs[place] for place in served]) if pairs else None
    by_pair = {pair: place for place, pair in enumerate(pairs)}
    return Layout(
        None if shape is None or len(shape.text.encode()) > MOST_BYTES else shape,
        tuple(served),
        tuple(sorted(((place, *pairs[place][::-1]) for place in places), key=itemgetter(2))),
        by_pair.get((owners.PROJECT, TEXT)),
        by_pair.get((owners.USER, TEXT)),
    )


_remembered = functools.lru_cache(maxsize=REMEMBERED)(_layout)
NOTHING = _layout((), b"")
