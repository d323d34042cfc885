"""Whether this process does what it is there for: what it hears of the API server, and that its passes end.

A stopped event loop needs no check: it does not answer the probe.
"""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from panko_operator.watching.echo import Echo

HUNG: Final = timedelta(minutes=15)  # every call outside has a time-out; no pass takes a third of this
_DEAF: Final = 3  # roll calls in a row


class NotAliveError(Exception):
    """A restart is the way out."""


class Liveness:
    """Sums up what may be dead inside. `oldest_pass` is for how many seconds the longest pass has been running."""

    def __init__(self, echo: Echo, oldest_pass: Callable[[], float]) -> None:
        self._echo = echo
        self._oldest_pass = oldest_pass
        self._misses: Counter[str] = Counter()

    def told(self, plural: str) -> None:
        """Note that the watch of a kind lives: it has told something."""
        self._misses.pop(plural, None)

    def missed(self, plural: str) -> None:
        """Note that the watch of a kind has not told of a change."""
        self._misses[plural] += 1

    def check(self) -> None:
        """Raise what is dead."""
        self._echo.check()
        deaf = [plural for plural, times in self._misses.items() if times >= _DEAF]
        if deaf:
            raise NotAliveError(f"the watch of {', '.join(deaf)} tells of no change")
        seconds = self._oldest_pass()
        if seconds > HUNG.total_seconds():
            raise NotAliveError(f"a pass has been running for {seconds:.0f} s")
