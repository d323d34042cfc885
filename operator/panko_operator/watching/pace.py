"""Pure: how long until the next pass when nothing wakes it earlier."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from panko_operator.controller.result import Pace

# The first delay and the longest, in seconds; the delays between double.
_SECONDS: Final[Mapping[Pace, tuple[float, float]]] = {
    Pace.SETTLED: (450, 450),
    Pace.WAITING: (4, 30),
    Pace.FAILED: (2, 60),
    Pace.DELETING: (2, 10),
}


_SHORTEST_SECONDS: Final = 1.0  # a time that has come and passed is no reason to spin


def delay_seconds(pace: Pace, *, repeats: int, spread: float) -> float:
    """Return the delay after a pass of this pace, the `repeats`-th in a row. `spread` in [0, 1) is the jitter."""
    first, longest = _SECONDS[pace]
    return min(longest, first * 2.0 ** min(repeats, 16)) * (2 / 3 + 2 / 3 * spread)


def until_seconds(again_at: datetime | None, now: datetime) -> float:
    """Return the delay until a time that a pass asked for; endless when it asked for none."""
    return float("inf") if again_at is None else max(_SHORTEST_SECONDS, (again_at - now).total_seconds())
