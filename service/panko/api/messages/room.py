"""How much of what is posted a process works on at the same time: more than that is sent away before it is read.

Documents take several times as much memory as their text, and a process that runs out of memory ends with every
request that it has. Who posts little is never sent away: threads bound their number.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator

from panko.errors import BusyError

FREE_BYTES = 64 * 1024  # of each request
NO_ROOM = (
    "The process works on as many posted bytes as it has room for. Nothing of this request is stored; send it again."
)

Hold = Callable[[int], None]


class Room:
    """Room for `most_bytes` of all requests together, or for one of any size."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._held_bytes = 0

    @contextlib.contextmanager
    def request(self) -> Iterator[Hold]:
        """Give what a request calls with the bytes that it has so far; it raises BusyError when there is no room."""
        own = 0

        def hold(size: int) -> None:
            nonlocal own
            wanted = max(own, size - FREE_BYTES)
            with self._lock:
                others = self._held_bytes - own
                if wanted > own and others and others + wanted > self._most_bytes:
                    raise BusyError(NO_ROOM)
                self._held_bytes = others + wanted
                own = wanted

        try:
            yield hold
        finally:
            with self._lock:
                self._held_bytes -= own
