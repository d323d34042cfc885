"""How many searches one process works on at the same time: the others of its threads are left to writers and lists."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from panko.errors import BusyError

WAITING_SECONDS = 1.0


class Places:
    """A number of places; who waits for one in vain is told to come again."""

    def __init__(self, number: int, *, waiting_seconds: float = WAITING_SECONDS) -> None:
        self._free = threading.BoundedSemaphore(number)
        self._waiting_seconds = waiting_seconds

    @contextmanager
    def one(self, waiting_seconds: float | None = None) -> Iterator[None]:
        """Have a place for as long as this lasts; wait for it as long as is said, or as all do. Raise BusyError."""
        if not self._free.acquire(timeout=self._waiting_seconds if waiting_seconds is None else waiting_seconds):
            raise BusyError("Other searches are under way; try again in a few seconds.")
        try:
            yield
        finally:
            self._free.release()
