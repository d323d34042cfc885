"""Tells a person at a terminal how far a long work is; says nothing to a file or a pipe, where only results belong."""

import time
from collections.abc import Callable
from typing import TextIO

PAUSE_SECONDS = 0.5
ERASE_LINE = "\r\x1b[K"


class Progress:
    """One line that is written over and over, at most twice a second."""

    def __init__(self, stream: TextIO, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream if stream.isatty() else None
        self._clock = clock
        self._begin = clock()
        self._told: float | None = None

    def tell(self, removed: int) -> None:
        """Say how many events are removed until now."""
        now = self._clock()
        if self._stream is None or (self._told is not None and now - self._told < PAUSE_SECONDS):
            return
        self._told = now
        rate = removed / max(now - self._begin, 0.001)
        self._stream.write(f"{ERASE_LINE}{removed:,} events removed, {rate:,.0f} a second")
        self._stream.flush()

    def end(self) -> None:
        """Leave the line to others."""
        if self._stream is not None and self._told is not None:
            self._stream.write(ERASE_LINE)
            self._stream.flush()
