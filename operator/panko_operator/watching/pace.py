"""Pure: how long until the next pass when nothing wakes it earlier."""

from collections.abc import Mapping
from typing import Final

from panko_operator.controller.result import Pace

# The first delay and the longest, in seconds; the delays between double.
_SECONDS: Final[Mapping[Pace, tuple[float, float]]] = {
    Pace.SETTLED: (450, 450),
    Pace.WAITING: (4, 30),
    Pace.FAILED: (2, 60),
    Pace.DELETING: (2, 10),
}


def delay_seconds(pace: Pace, *, repeats: int, spread: float) -> float:
    """Return the delay after a pass of this pace, the `repeats`-th in a row. `spread` in [0, 1) is the jitter."""
    first, longest = _SECONDS[pace]
    return min(longest, first * 2.0 ** min(repeats, 16)) * (2 / 3 + 2 / 3 * spread)
