"""Pauses between the tries of whoever waits for a database or a RabbitMQ, and how long messages are held meanwhile."""

import dataclasses
import random
from collections.abc import Callable

FIRST_SECONDS = 1.0
LONGEST_SECONDS = 30.0
# RabbitMQ takes a consumer for lost that has not acknowledged for half an hour, and some are told to wait for less.
HOLD_SECONDS = 600.0


@dataclasses.dataclass(slots=True)
class Pauses:
    """Pauses that double, up to half a minute; each is by chance between half and all of that."""

    jitter: Callable[[], float] = random.random
    _next: float = FIRST_SECONDS

    def next(self) -> float:
        """Return the seconds of the next pause."""
        whole, self._next = self._next, min(2 * self._next, LONGEST_SECONDS)
        return whole * (1 + self.jitter()) / 2

    def begin_again(self) -> None:
        """Let the next pause be a short one."""
        self._next = FIRST_SECONDS
