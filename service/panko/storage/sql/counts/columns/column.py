"""One property of many events: its values, each once, and for every event the number of its own. Pure.

As it is stored: JSON of the values, a line feed, the numbers one after the other, all of it compressed by zlib. A
number takes as many bytes as the number of values needs, the least significant first.
"""

import dataclasses
import sys
import zlib
from array import array
from collections.abc import Iterable, Sequence

import orjson

Value = str | int | None

END_OF_VALUES = b"\n"
BYTE = 256
WIDE, WIDEST = "H", "I"  # two bytes, four bytes
IS_SWAPPED = sys.byteorder == "big"


@dataclasses.dataclass(frozen=True, slots=True)
class Column:
    """Values, and the numbers of events: bytes where there are so few values."""

    values: Sequence[Value]
    numbers: Sequence[int]

    def of_each(self) -> Iterable[Value]:
        """Return the value of each event."""
        return map(self.values.__getitem__, self.numbers)

    def rearranged(self, order: Sequence[int]) -> "Column":
        """Return the column of the same events in another order."""
        return Column(self.values, _narrow([self.numbers[at] for at in order], len(self.values)))


def column(of_each: Iterable[Value]) -> Column:
    """Make a column of the value of each event."""
    known: dict[Value, int] = {}
    numbers = [known.setdefault(value, len(known)) for value in of_each]
    return Column(list(known), _narrow(numbers, len(known)))


def same(value: Value, events: int) -> Column:
    """Make a column of events that all have one value."""
    return Column([value], bytes(events))


def joined(columns: Iterable[Column]) -> Column:
    """Put the events of columns one after the other."""
    known: dict[Value, int] = {}
    numbers = array(WIDEST)
    for each in columns:
        anew = [known.setdefault(value, len(known)) for value in each.values]
        numbers.extend(map(anew.__getitem__, each.numbers))
    return Column(list(known), _narrow(numbers, len(known)))


def packed(wanted: Column) -> bytes:
    """Return a column as it is stored."""
    return zlib.compress(b"".join((orjson.dumps(wanted.values), END_OF_VALUES, _bytes(wanted.numbers))))


def unpacked(data: bytes) -> Column:
    """Return a column that was stored."""
    values, _, numbers = zlib.decompress(data).partition(END_OF_VALUES)
    found = orjson.loads(values)
    if len(found) <= BYTE:
        return Column(found, numbers)
    of_bytes = array(_width(len(found)), numbers)
    if IS_SWAPPED:
        of_bytes.byteswap()
    return Column(found, of_bytes)


def _narrow(numbers: Sequence[int], values: int) -> Sequence[int]:
    return bytes(iter(numbers)) if values <= BYTE else array(_width(values), numbers)


def _width(values: int) -> str:
    return WIDE if values <= BYTE * BYTE else WIDEST


def _bytes(numbers: Sequence[int]) -> bytes:
    if isinstance(numbers, array) and IS_SWAPPED:
        numbers = array(numbers.typecode, numbers)
        numbers.byteswap()
    return bytes(memoryview(numbers))  # type: ignore[arg-type]  # of bytes, or of an array
