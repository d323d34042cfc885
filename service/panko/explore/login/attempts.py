"""How long a name waits after wrong passwords: each try costs Keystone a slow hash, and may be a guess.

Names are counted alone. Behind a proxy all people have one address: a stranger who is counted by it would lock them all
out. What guesses of many names cost Keystone is bounded by the places that logins have.
"""

import dataclasses
import hashlib
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

FREE = 5  # failures without a wait
FIRST_SECONDS, MOST_SECONDS = 10.0, 60.0  # doubled with each failure in between
FORGOTTEN_SECONDS = 600.0
REMEMBERED = 8192


@dataclasses.dataclass(frozen=True, slots=True)
class Failures:
    """How many there were, and when the last one was."""

    number: int
    last: float

    def ends(self) -> float:
        """Return when the next try may be."""
        if self.number < FREE:
            return self.last
        doublings = min(self.number - FREE, 10)
        return self.last + min(FIRST_SECONDS * 2.0**doublings, MOST_SECONDS)


class Attempts:
    """Counts tries that failed, in this process. Safe to use from many threads."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failed: OrderedDict[bytes, Failures] = OrderedDict()

    def seconds_to_wait(self, name: str, domain: str) -> int:
        """Return for how long this name may not try; 0 when it may."""
        with self._lock:
            failures = self._failed.get(_key(name, domain))
        return max(0, math.ceil(failures.ends() - self._clock())) if failures else 0

    def failed(self, name: str, domain: str) -> None:
        """Count a failure."""
        key, now = _key(name, domain), self._clock()
        with self._lock:
            former = self._failed.pop(key, None)
            counts = former is not None and now - former.last < FORGOTTEN_SECONDS
            self._failed[key] = Failures(former.number + 1 if former and counts else 1, now)
            while len(self._failed) > REMEMBERED:
                self._failed.popitem(last=False)

    def succeeded(self, name: str, domain: str) -> None:
        """Forget the failures of a name."""
        with self._lock:
            self._failed.pop(_key(name, domain), None)


def _key(name: str, domain: str) -> bytes:
    # Of one length, however long names are that somebody makes up; Keystone's database may take any spelling of one.
    text = repr((name.strip().casefold(), domain.strip().casefold()))
    return hashlib.sha256(text.encode()).digest()
