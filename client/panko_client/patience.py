"""How long and how often something is tried again, with growing pauses that no two callers share."""

import dataclasses
import logging
import math
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, TypeVar

from panko_client.errors import RequestError, heals

LOG = logging.getLogger(__name__)
T = TypeVar("T")

LONGEST_RETRY_AFTER_SECONDS: Final = 300.0


def _now() -> datetime:
    return datetime.now(UTC)


@dataclasses.dataclass(frozen=True, slots=True)
class Clock:
    """Time and chance, injected for the tests; `chance` is between 0 and 1."""

    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = _now
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random


@dataclasses.dataclass(frozen=True, slots=True)
class Backoff:
    """Pauses that double, up to the longest."""

    first_seconds: float = 0.5
    longest_seconds: float = 30.0

    def pause(self, failures: int, error: RequestError | None, chance: float) -> float:
        """Return the seconds after so many failures: between half of the pause and all of it, and what was asked for.

        A server that says Retry-After is not asked before, up to five minutes.
        """
        whole = min(self.first_seconds * float(1 << min(failures - 1, 30)), self.longest_seconds)
        asked = (error.retry_after_seconds if error else None) or 0.0
        return max(whole * (0.5 + chance / 2), min(asked, LONGEST_RETRY_AFTER_SECONDS))


@dataclasses.dataclass(frozen=True, slots=True)
class Patience:
    """Tries again for so many seconds what may heal by itself."""

    seconds: float = 30.0
    backoff: Backoff = dataclasses.field(default_factory=Backoff)
    clock: Clock = dataclasses.field(default_factory=Clock)
    waits: Callable[[RequestError], None] | None = None  # is told why, before each pause

    def retry(self, attempt: Callable[[], T]) -> T:
        """Return what an attempt gives. Raise what the last one raised when it heals not, or not in time."""
        deadline, failures = self.clock.monotonic() + self.seconds, 0
        while True:
            try:
                return attempt()
            except RequestError as error:
                failures += 1
                pause = self.backoff.pause(failures, error, self.clock.chance())
                if not heals(error) or self.clock.monotonic() + pause > deadline:
                    raise
                if self.waits:
                    self.waits(error)
            self.clock.sleep(pause)


def following(clock: Clock, *, seconds: float = math.inf) -> Patience:
    """Return the patience of who follows events: an outage is waited for, and each failure is a line of the log."""
    return Patience(seconds, clock=clock, waits=_warn)


def _warn(error: RequestError) -> None:
    LOG.warning("Events cannot be followed, trying again: %s", error)
