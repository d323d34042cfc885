"""Whether a server that failed is worth asking again."""

import threading
import time
from collections.abc import Callable


class Circuit:
    """Opens after some failures in a row; then lets one request through in a while, until that succeeds.

    Whoever is let through has to report how it went.
    """

    def __init__(self, *, failures: int, rest_seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._most_failures = failures
        self._rest_seconds = rest_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._next_probe = 0.0

    @property
    def is_open(self) -> bool:
        """Tell whether the server is taken for dead."""
        return self._failures >= self._most_failures

    def seconds_until_admission(self) -> float:
        """Return for how long nobody is let through, 0 when somebody would be now."""
        with self._lock:
            return max(0.0, self._next_probe - self._clock()) if self.is_open else 0.0

    def admit(self) -> bool:
        """Let the caller through, or not. While the circuit is open the caller is its probe."""
        with self._lock:
            if not self.is_open:
                return True
            if self._next_probe > self._clock():
                return False
            # A probe that hangs does not keep others from trying later.
            self._next_probe = self._clock() + self._rest_seconds
            return True

    def succeeded(self) -> bool:
        """Close; tell whether that is a change."""
        with self._lock:
            was_open, self._failures = self.is_open, 0
            return was_open

    def failed(self) -> bool:
        """Count a failure, and rest when there were enough; tell whether that is a change."""
        with self._lock:
            was_open = self.is_open
            self._failures += 1
            if self.is_open:
                self._next_probe = self._clock() + self._rest_seconds
            return self.is_open and not was_open
