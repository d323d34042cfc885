"""Searches: pages that are found within a time, or as far as that time went.

It asks the reader of pages as v2 does, so the same is visible. What is too slow as a whole is looked for range by range
of time, beginning where the page does; what is left when the time is over is told as the place to go on.
"""

import dataclasses
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from panko.errors import TooSlowError
from panko.event import Event
from panko.filters import And, EventFilter, Page, Position
from panko.filters.expressions import JUST, during
from panko.storage import Found
from panko.storage.sql.reading.plan import plan
from panko.storage.sql.reading.reader import Reader
from panko.storage.sql.reading.search.windows import FACTOR, FIRST, Window, Windows
from panko.storage.sql.session.retry import Retry
from panko.storage.sql.settings import DEADLINE

WHOLE_SHARE = 0.5  # of the time, for the search as a whole
WINDOW_SHARE = 1 / 3  # of what is left of it: after a window that was too slow there is time for shorter ones
SHORTEST_SECONDS = 0.02
TRIES = 2
TIME_IS_OVER = "The time of a search is over."


@dataclasses.dataclass(frozen=True, slots=True)
class Clock:
    """Time, injected for the tests: what statements are bounded by, and what events are stamped with."""

    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


@dataclasses.dataclass(frozen=True, slots=True)
class Searcher:
    """Searches through `reader`."""

    reader: Reader
    clock: Clock = dataclasses.field(default_factory=Clock)

    def search(self, event_filter: EventFilter, page: Page, *, seconds: float, width: timedelta | None = None) -> Found:
        """Return one page; see `panko.storage.Connection.search_events`."""
        begin = self.clock.monotonic()
        if width is not None:
            return self._in_windows(event_filter, page, begin + seconds, width)
        try:
            return self._page(event_filter, page, begin + seconds * WHOLE_SHARE)
        except TooSlowError:
            return self._in_windows(event_filter, page, begin + seconds)

    def _page(self, event_filter: EventFilter, page: Page, deadline: float) -> Found:
        """Return a page that is found by the deadline; one event more is asked for, to know whether there is one."""
        left = deadline - self.clock.monotonic()
        if left < SHORTEST_SECONDS:
            raise TooSlowError(TIME_IS_OVER)
        reader = dataclasses.replace(
            self.reader,
            engine=self.reader.engine.execution_options(**{DEADLINE: deadline}),
            retry=Retry(TRIES, left),
            leads_admins=True,
        )
        events, is_cut = reader.find(event_filter, dataclasses.replace(page, limit=page.limit + 1))
        kept = events[: page.limit]
        return Found(kept, Position.of_last(kept) if is_cut or len(events) > page.limit else None)

    def _in_windows(self, event_filter: EventFilter, page: Page, deadline: float, width: timedelta = FIRST) -> Found:
        windows: Windows | None = self._windows(event_filter, page, width)
        found: list[Event] = []
        reached: datetime | None = None
        while windows is not None:
            window, width, began = windows.next(), windows.width, self.clock.monotonic()
            share = (deadline - began) * WINDOW_SHARE
            rest = dataclasses.replace(page, limit=page.limit - len(found))
            try:
                part = self._page(_inside(event_filter, window), rest, began + share)
            except TooSlowError:
                narrower = windows.slower() if share > SHORTEST_SECONDS else None
                if narrower is None:
                    return _broken_off(found, reached, width)
                windows = narrower
                continue
            found += part.events
            if part.next is not None:
                return Found(found, part.next, width=width)
            reached = window.begin if windows.newest_first else window.end
            windows = windows.after(window, is_quick=self._is_quick(began, share))
            if windows is not None and len(found) == page.limit:
                return Found(found, Position.of_last(found), width=windows.width)
        return Found(found)

    def _is_quick(self, began: float, share: float) -> bool:
        """Tell whether a longer window could be looked at in such a time too."""
        return (self.clock.monotonic() - began) * FACTOR <= share

    def _windows(self, event_filter: EventFilter, page: Page, width: timedelta) -> Windows:
        planned = plan(event_filter)
        start, end = (planned.start, planned.end) if planned else (None, None)
        newest_first = page.sort[0].descending
        begin = end and end + JUST if newest_first else start
        if page.after is not None:
            begin = page.after.generated + JUST if newest_first else page.after.generated
        last = start if newest_first else end and end + JUST
        return Windows(begin, last, self.clock.now(), newest_first, width)


def _inside(event_filter: EventFilter, window: Window) -> EventFilter:
    bounds = during(window.begin, window.end)
    return dataclasses.replace(event_filter, expression=And((event_filter.expression, *bounds)))


def _broken_off(found: list[Event], reached: datetime | None, width: timedelta) -> Found:
    """Return what was found until the time was over; raise TooSlowError when no range was looked at as a whole."""
    if reached is None:
        raise TooSlowError(
            "The search did not end in time, not even over a short range; ask for a shorter one by from and to, or for "
            "a resource, a request or a type."
        )
    # The same place in both directions: no message_id comes before the empty one.
    return Found(found, Position(reached, ""), reached, width)
