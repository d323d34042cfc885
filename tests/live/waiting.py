"""Wait for a condition, bounded; nothing here sleeps for its own sake."""

import time
from collections.abc import Callable
from typing import TypeVar

from live.errors import TimeoutOfWaitError

INTERVAL_SECONDS = 0.5
T = TypeVar("T")


def until(probe: Callable[[], T], what: str, *, seconds: float, explain: Callable[[], str] = str) -> T:
    """Return the first true answer of `probe`; after `seconds`, raise with what `explain` says."""
    deadline = time.monotonic() + seconds
    while True:
        answer = probe()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise TimeoutOfWaitError(what, seconds, explain())
        time.sleep(INTERVAL_SECONDS)
