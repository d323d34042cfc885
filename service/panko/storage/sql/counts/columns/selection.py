"""What columns say of the events that a filter leaves: how many there are of each value. Pure."""

import dataclasses
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from itertools import compress

from panko.storage.sql.counts.columns.column import BYTE, Value
from panko.storage.sql.counts.columns.entries import CHANGE, Columns, changes, length

Wanted = Sequence[tuple[int, Container[Value]]]  # by the places of columns


@dataclasses.dataclass(frozen=True, slots=True)
class Others:
    """All values but some."""

    values: frozenset[Value]

    def __contains__(self, value: object) -> bool:
        """Tell whether it is another one."""
        return value not in self.values


def selected(part: Columns, wanted: Wanted) -> Sequence[int]:
    """Return which entries have values that are all wanted."""
    found: Sequence[int] = range(length(part))
    for place, values in wanted:
        column = part[place]
        is_wanted = bytes(value in values for value in column.values)
        if not all(is_wanted):
            found = _left(found, column.numbers, is_wanted)
    return found


def count(part: Columns, entries: Sequence[int], place: int | None) -> Mapping[Value, int]:
    """Count selected entries by the values of one column, or all of them as one."""
    if CHANGE in part:
        return _with_changes(part, entries, place)
    if place is None:
        return {None: len(entries)}
    column = part[place]
    numbers = column.numbers if len(entries) == len(column.numbers) else map(column.numbers.__getitem__, entries)
    return {column.values[number]: events for number, events in Counter(numbers).items()}


def _with_changes(part: Columns, entries: Sequence[int], place: int | None) -> Mapping[Value, int]:
    found: Counter[Value] = Counter()
    change = changes(part)
    for entry in entries:
        found[None if place is None else part[place].values[part[place].numbers[entry]]] += change[entry]
    return found


def _left(entries: Sequence[int], numbers: Sequence[int], is_wanted: bytes) -> Sequence[int]:
    """Return those of the entries whose number is wanted; `is_wanted` has a byte for each number."""
    if isinstance(entries, range):  # all of them
        flags = numbers.translate(is_wanted.ljust(BYTE)) if isinstance(numbers, bytes) else _flags(numbers, is_wanted)
        return list(compress(entries, flags))
    return [entry for entry in entries if is_wanted[numbers[entry]]]


def _flags(numbers: Sequence[int], is_wanted: bytes) -> bytes:
    return bytes(map(is_wanted.__getitem__, numbers))
