"""What is searched beside a page, in the time that the page has left."""

import dataclasses
import time
from collections.abc import Sequence

from panko.api.resources.search.asked import Asked
from panko.asking.search.question import MAX_LIMIT
from panko.errors import TooSlowError
from panko.event import Event
from panko.filters import Expression

MOST_PAGES = 5
SHORTEST_SECONDS = 0.02


@dataclasses.dataclass(frozen=True, slots=True)
class Budget:
    """The time that all searches of one answer have together; it is over at a moment of `time.monotonic()`."""

    deadline: float

    @classmethod
    def of(cls, seconds: float) -> "Budget":
        """Return the time from now on."""
        return cls(time.monotonic() + seconds)

    def share(self, part: float) -> float:
        """Return a part of the seconds that are left."""
        return (self.deadline - time.monotonic()) * part


@dataclasses.dataclass(frozen=True, slots=True)
class Beside:
    """Events, and whether they are all that there are."""

    events: Sequence[Event]
    whole: bool


NOTHING = Beside((), whole=True)


def beside(asked: Asked, expression: Expression, budget: Budget, *, share: float) -> Beside:
    """Return what else the caller may see for which an expression holds, page after page while there is time for it."""
    event_filter = dataclasses.replace(asked.event_filter, expression=expression)
    question = dataclasses.replace(asked.question, position=None, width=None)
    also = dataclasses.replace(asked, event_filter=event_filter, question=question)
    own = Budget.of(budget.share(share))
    events: list[Event] = []
    after, width = None, None
    for _ in range(MOST_PAGES):
        seconds = own.share(1.0)
        if seconds < SHORTEST_SECONDS:
            break
        try:
            found = also.find(MAX_LIMIT, after, seconds=seconds, width=width)
        except TooSlowError:
            break
        events += found.events
        if found.next is None:
            return Beside(events, whole=True)
        after, width = found.next, found.width
    return Beside(events, whole=False)
