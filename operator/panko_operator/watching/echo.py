"""Liveness by an echo: every few seconds the API server is asked for the Lease, and has to answer.

A process that answers its own probe only looks alive. A watch that dies without an error is kopf's to notice, by its
time-out for inactivity.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

SILENCE: Final = timedelta(seconds=60)  # a restart heals no short outage of the API server


class NoEchoError(Exception):
    """The API server has not answered for too long."""


class Echo:
    """Remembers when the API server last answered."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._heard = now()

    def heard(self) -> None:
        """Note an answer."""
        self._heard = self._now()

    @property
    def silence_seconds(self) -> float:
        """For how long the API server has not answered."""
        return (self._now() - self._heard).total_seconds()

    def check(self) -> None:
        """Raise NoEchoError after too long a silence."""
        if self.silence_seconds > SILENCE.total_seconds():
            raise NoEchoError(f"the API server has not answered for {self.silence_seconds:.0f} s")
