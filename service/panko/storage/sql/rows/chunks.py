"""Cuts long lists, so that no statement grows with what was asked for. Pure."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

IDS_PER_STATEMENT = 500

T = TypeVar("T")


def chunks(values: Sequence[T], size: int = IDS_PER_STATEMENT) -> Iterator[Sequence[T]]:
    """Yield slices."""
    for begin in range(0, len(values), size):
        yield values[begin : begin + size]


def groups(values: Sequence[T], most: int, size: Callable[[T], int]) -> Iterator[Sequence[T]]:
    """Yield slices that are no larger together each, or are one value."""
    begin, together = 0, 0
    for number, value in enumerate(values):
        its = size(value)
        if number > begin and together + its > most:
            yield values[begin:number]
            begin, together = number, 0
        together += its
    if begin < len(values):
        yield values[begin:]
