"""Ranges of time, one after the other, in which a search goes on that was too slow as a whole. Pure.

The first is an hour, and those that follow are longer while they are quick, and shorter after one that was not. So what
was looked at is always all of a range, whose end can be told.
"""

import dataclasses
from datetime import datetime, timedelta

FIRST = timedelta(hours=1)
SHORTEST = timedelta(seconds=1)
FACTOR = 4
# A window that is too slow costs time and tells nothing, so few of them are tried between an hour and a second.
NARROWING = FACTOR**2
# Nothing in a store of events is older; what somebody gave such a time is found by the last window, which has no end.
OLDEST = timedelta(days=30 * 365)


@dataclasses.dataclass(frozen=True, slots=True)
class Window:
    """From `begin` until before `end`; None is no bound."""

    begin: datetime | None
    end: datetime | None


@dataclasses.dataclass(frozen=True, slots=True)
class Windows:
    """What is left of a range, from the newest or from the oldest moment on, and how long the next window is.

    `edge` is where the next one begins; None is before any time, or after.
    """

    edge: datetime | None
    last: datetime | None
    now: datetime
    newest_first: bool
    width: timedelta = FIRST

    def next(self) -> Window:
        """Return the window that is looked at next."""
        if self.newest_first:
            end, floor = self.edge or self.now, self.last or self.now - OLDEST
            return Window(self.last if end - floor <= self.width else end - self.width, self.edge)
        begin, ceiling = self.edge or self.now - OLDEST, self.last or self.now
        return Window(self.edge, self.last if ceiling - begin <= self.width else begin + self.width)

    def after(self, window: Window, *, is_quick: bool = True) -> "Windows | None":
        """Return what is left after all of a window was looked at; None when nothing is."""
        edge = window.begin if self.newest_first else window.end
        if edge is None or edge == self.last:
            return None
        return dataclasses.replace(self, edge=edge, width=min(self.width * FACTOR, OLDEST) if is_quick else self.width)

    def slower(self) -> "Windows | None":
        """Return the same with a shorter window, of a second at least; None when it is that short already."""
        if self.width <= SHORTEST:
            return None
        return dataclasses.replace(self, width=max(SHORTEST, self.width / NARROWING))
