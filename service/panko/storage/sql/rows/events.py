"""Events made of the rows that were read of them. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple, overload

from panko.event import Event, Trait
from panko.storage.sql.rows.encode import raw_value
from panko.storage.sql.rows.shapes import shape
from panko.storage.sql.rows.shapes.shape import Shape

Traits = Mapping[int, tuple[Trait, ...]]
NONE: Mapping[int, Any] = MappingProxyType({})


class EventRow(NamedTuple):
    """What is read of an event, without its texts where it has more than `size.INLINE` of them.

    `traits` is the copy of either kind, None as well where the original wrote the event. The size is read with
    `size.COLUMNS` alone.
    """

    id: int
    message_id: str
    desc: str | None
    generated: datetime | None
    raw: str | None
    traits: str | None
    size: int = 0


class Events(Sequence[Event]):
    """Events that are made of their rows one by one, whenever they are asked for.

    The text of an event takes a tenth of the memory, and less, of what is made of it. `shapes` are those that copies of
    traits need, and `traits` those of events without a copy.
    """

    __slots__ = ("_rows", "_shapes", "_traits")
    __hash__ = None  # type: ignore[assignment] # as of a list

    def __init__(self, rows: Sequence[EventRow], traits: Traits = NONE, *, shapes: Mapping[int, Shape] = NONE) -> None:
        self._rows = rows
        self._traits = traits
        self._shapes = shapes

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Event]:
        return map(self._event, self._rows)

    @overload
    def __getitem__(self, index: int) -> Event: ...
    @overload
    def __getitem__(self, index: slice) -> "Events": ...
    def __getitem__(self, index: int | slice) -> "Event | Events":
        if isinstance(index, slice):
            return Events(self._rows[index], self._traits, shapes=self._shapes)
        return self._event(self._rows[index])

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, Sequence) else NotImplemented

    def __repr__(self) -> str:
        return repr(list(self))

    def _event(self, row: EventRow) -> Event:
        traits = self._traits.get(row.id, ()) if row.traits is None else shape.traits(row.traits, self._shapes)
        return Event(row.message_id, row.desc or "", row.generated, traits, raw_value(row.raw))


def has_copies(rows: Iterable[EventRow]) -> bool:
    """Tell whether the events can be made of these rows alone."""
    return all(row.traits is not None for row in rows)
