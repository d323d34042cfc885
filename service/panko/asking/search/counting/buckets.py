"""Spans of equal length into which a histogram cuts a range: of a length that people think in. Pure.

Every span begins at a whole multiple of its length, counted from a Monday, so the same question has the same edges when
it is asked a minute later. The first and the last may lie in the range in part.
"""

import dataclasses
import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from panko.errors import InvalidInputError

MONDAY = datetime(1, 1, 1, tzinfo=UTC)  # before every moment
UNITS = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
WIDTHS = (
    *("1s", "2s", "5s", "10s", "15s", "30s"),
    *("1m", "2m", "5m", "10m", "15m", "30m"),
    *("1h", "2h", "3h", "6h", "12h"),
    *("1d", "2d", "1w"),
)
WEEK = timedelta(weeks=1)


@dataclasses.dataclass(frozen=True, slots=True)
class Buckets:
    """`number` spans of `width`, the first of which begins at `first`."""

    first: datetime
    width: timedelta
    number: int

    @property
    def seconds(self) -> int:
        """The length of a span."""
        return int(self.width.total_seconds())

    @property
    def name(self) -> str:
        """The length as people write it, such as 5m or 2w."""
        weeks, rest = divmod(self.width, WEEK)
        if weeks and not rest:
            return f"{weeks}w"
        return next(f"{self.width // unit}{name}" for name, unit in reversed(UNITS.items()) if not self.width % unit)

    def edges(self) -> Iterator[tuple[datetime, datetime]]:
        """Yield where each span begins and ends."""
        for number in range(self.number):
            yield self.first + number * self.width, self.first + (number + 1) * self.width


def of_range(start: datetime, end: datetime, *, most: int, least: timedelta = timedelta()) -> Buckets:
    """Cut a range into as many spans as there may be, none of them shorter than `least`. Raise InvalidInputError."""
    try:
        for width in itertools.dropwhile(lambda width: width < least, _widths()):
            first = start - (start - MONDAY) % width
            number = -(-(end - first) // width)
            if number <= most:
                assert first + number * width >= end  # noqa: S101 - or it raises, where such a year does not exist
                return Buckets(first, width, number)
    except OverflowError:
        pass
    raise InvalidInputError("The range is at the end of the calendar. Write a from and a to in between.")


def _widths() -> Iterator[timedelta]:
    yield from (width_of(name) for name in WIDTHS)
    yield from (WEEK * 2**power for power in itertools.count(1))


def width_of(name: str) -> timedelta:
    """Return the length of one of WIDTHS."""
    return WEEK if name == "1w" else int(name[:-1]) * UNITS[name[-1]]
