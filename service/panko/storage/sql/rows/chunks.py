"""Cuts long lists, so that no statement grows with what was asked for. Pure."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

IDS_PER_STATEMENT = 500

T = TypeVar("T")


def chunks(values: Sequence[T], size: int = IDS_PER_STATEMENT) -> Iterator[Sequence[T]]:
    """Yield slices."""
    for begin in range(0, len(values), size):
        yield values[begin : begin + size]
