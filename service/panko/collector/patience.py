"""The time of a collector, which a stop ends."""

import dataclasses
import threading
import time
from collections.abc import Callable

SLICE_SECONDS = 1.0  # of a pause, after each of which progress is told


@dataclasses.dataclass(frozen=True, slots=True)
class Clock:
    """Time, injected for the tests. `stopping` is set when the program ends."""

    stopping: threading.Event
    now: Callable[[], float] = time.monotonic

    def pause(self, seconds: float, *, tell: Callable[[], None] = lambda: None) -> bool:
        """Wait, and `tell` of progress meanwhile; return whether to go on."""
        deadline = self.now() + seconds
        while (left := deadline - self.now()) > 0:
            tell()
            if self.stopping.wait(min(left, SLICE_SECONDS)):
                return False
        return not self.stopping.is_set()
