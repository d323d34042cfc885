"""Remembers a bounded number of things for a bounded time."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any


class Memory:
    """A cache of one process, safe to use from many threads; the entry that was set first is forgotten first.

    `get` and `set` are those of a memcached client, so that keystonemiddleware takes it for one.
    """

    def __init__(self, *, maximum: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._maximum = maximum
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: OrderedDict[Any, tuple[float, Any]] = OrderedDict()

    def get(self, key: Any) -> Any:
        """Return what was set under this key and is not outdated, or None."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return None
            expires, value = entry
            if expires > self._clock():
                return value
            del self._entries[key]
            return None

    def set(self, key: Any, value: Any, time: float) -> bool:
        """Remember a value for `time` seconds."""
        with self._lock:
            self._entries.pop(key, None)
            self._entries[key] = (self._clock() + time, value)
            while len(self._entries) > self._maximum:
                self._entries.popitem(last=False)
        return True
