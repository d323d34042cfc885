"""Events that wait for the API, in the order in which they came: the protocol, and the one in memory."""

import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from panko_client.delivery import batches
from panko_client.errors import QueueFullError


@dataclass(frozen=True, slots=True)
class Waiting:
    """An event in a queue; `body` is its JSON."""

    number: int
    body: bytes


class Queue(Protocol):
    """Keeps events until they are removed. Safe to use from many threads."""

    def add(self, bodies: Sequence[bytes]) -> Sequence[int]:
        """Keep all of these, and return their numbers. Raise QueueFullError, and keep none, without room."""

    def first(self, most: int) -> Sequence[Waiting]:
        """Return the oldest that make a good request, `most` at most, and leave them."""

    def remove(self, numbers: Collection[int]) -> None:
        """Forget those that are settled."""

    def __len__(self) -> int:
        """Return how many wait."""

    def close(self) -> None:
        """Give back what is held; events on disk stay there."""


class MemoryQueue:
    """Loses what waits when the process ends."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._numbers = count(1)
        self._events: dict[int, Waiting] = {}

    def add(self, bodies: Sequence[bytes]) -> Sequence[int]:
        """Keep all of these, and return their numbers. Raise QueueFullError, and keep none, without room."""
        with self._lock:
            check_room(len(self._events), len(bodies), self._most)
            new = [Waiting(next(self._numbers), body) for body in bodies]
            self._events.update((one.number, one) for one in new)
        return [one.number for one in new]

    def first(self, most: int) -> Sequence[Waiting]:
        """Return the oldest that make a good request, `most` at most, and leave them."""
        with self._lock:
            return next(batches(self._events.values(), most), [])

    def remove(self, numbers: Collection[int]) -> None:
        """Forget those that are settled."""
        with self._lock:
            for number in numbers:
                self._events.pop(number, None)

    def __len__(self) -> int:
        """Return how many wait."""
        with self._lock:
            return len(self._events)

    def close(self) -> None:
        """Hold nothing that has to be given back."""


def check_room(waiting: int, more: int, most: int) -> None:
    """Raise QueueFullError when there is no room. An empty queue takes any list, however long."""
    if waiting and waiting + more > most:
        raise QueueFullError(
            f"{waiting} events wait for the event API already, and no more than max_queue={most} may: the log says why."
        )
