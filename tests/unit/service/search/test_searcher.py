"""What is too slow as a whole is found range by range, by a clock on which slow statements cost time."""

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine

from event_model import oracle
from panko.errors import TooSlowError
from panko.event import Event
from panko.filters import EventFilter, Everything, Page, Since, SortField, SortKey, Until
from panko.filters.expressions import conjuncts
from panko.storage.sql.reading.search.searcher import Clock, Searcher
from panko.storage.sql.settings import DEADLINE

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
EVENTS = [Event(f"m{n:04}", "a", NOW - timedelta(minutes=n)) for n in range(600)]
NEWEST = tuple(SortKey(field, descending=True) for field in (SortField.GENERATED, SortField.MESSAGE_ID))
OLDEST = tuple(SortKey(field, descending=False) for field in (SortField.GENERATED, SortField.MESSAGE_ID))
ENGINE = create_engine("sqlite://")
SECONDS = 5.0


@dataclasses.dataclass
class Time:
    """A clock that stands still but for what statements cost; `ranges` are those that were asked for."""

    seconds: float = 0.0
    ranges: list[timedelta | None] = dataclasses.field(default_factory=list)

    def __call__(self) -> float:
        return self.seconds


@dataclasses.dataclass(frozen=True)
class Slow:
    """A reader whose statements cost time by the range that they look at, and end at their deadline."""

    time: Time
    cost: Callable[[timedelta], float]
    engine: Any = ENGINE
    retry: Any = None
    leads_admins: bool = False

    def find(self, event_filter: EventFilter, page: Page) -> tuple[list[Event], bool]:
        wanted = conjuncts(event_filter.expression)
        end = min((one.moment for one in wanted if isinstance(one, Until)), default=NOW)
        start = max((one.moment for one in wanted if isinstance(one, Since)), default=None)
        self.time.ranges.append(start and end - start)
        costs = self.cost(end - (start or EVENTS[-1].generated))
        deadline = self.engine.get_execution_options()[DEADLINE]
        self.time.seconds = min(self.time.seconds + costs, deadline)
        if self.time.seconds == deadline:
            raise TooSlowError("A statement took too long.")
        return oracle.page_of(_after(page), event_filter, dataclasses.replace(page, after=None), oracle.exact), False


def _after(page: Page) -> list[Event]:
    if page.after is None:
        return EVENTS
    place, down = (page.after.generated, page.after.message_id), page.sort[0].descending
    return [one for one in EVENTS if (_place(one) < place if down else _place(one) > place)]


def _place(event: Event) -> Any:
    return event.generated, event.message_id


def by_the_hour(seconds: float) -> Callable[[timedelta], float]:
    return lambda span: seconds * (span / timedelta(hours=1))


def pages(cost, wanted, sort, limit):
    """Search as a program does that follows `next`, and keeps the width of the page before."""
    time, after, width = Time(), None, None
    searcher = Searcher(Slow(time, cost), Clock(time, lambda: NOW))
    for _ in range(1000):
        began = time.seconds
        found = searcher.search(wanted, Page(limit, sort, after=after), seconds=SECONDS, width=width)
        assert time.seconds - began <= SECONDS
        yield found, time
        if found.next is None:
            return
        after, width = found.next, found.width
    raise AssertionError("it never ends")


@pytest.mark.parametrize("hourly", [0.01, 1.0, 3.0, 40.0, 600.0])
@pytest.mark.parametrize("sort", [NEWEST, OLDEST], ids=["newest", "oldest"])
@pytest.mark.parametrize("limit", [10, 1000])
def test_every_event_is_found_once_however_slow_an_hour_is(hourly, sort, limit):
    wanted = EventFilter(Everything(), Since(EVENTS[9].generated))
    found = [event for page, _ in pages(by_the_hour(hourly), wanted, sort, limit) for event in page.events]
    assert found == oracle.page_of(EVENTS, wanted, Page(1000, sort), oracle.exact)


def test_a_shorter_range_is_tried_where_an_hour_takes_too_long():
    page, time = next(pages(by_the_hour(3.0), EventFilter(Everything()), NEWEST, 1000))
    assert page.events
    assert page.reached is not None
    assert min(one for one in time.ranges if one) < timedelta(minutes=16)


def test_a_range_is_as_short_as_a_second_before_it_is_given_up():
    def cost(span: timedelta) -> float:
        return 0.1 if span <= timedelta(seconds=1) else SECONDS

    page, _time = next(pages(cost, EventFilter(Everything()), NEWEST, 1000))
    assert (page.events, page.width) == (EVENTS[:1], timedelta(seconds=1))
    with pytest.raises(TooSlowError, match="ask for a shorter"):
        next(pages(lambda _span: SECONDS, EventFilter(Everything()), NEWEST, 1000))


def test_what_was_too_slow_as_a_whole_is_not_tried_as_a_whole_for_each_page():
    wanted = EventFilter(Everything(), Since(EVENTS[-1].generated))
    found = list(pages(by_the_hour(1.0), wanted, NEWEST, 50))
    assert len(found) > 5
    (_, time) = found[-1]
    assert time.ranges[0] == NOW - EVENTS[-1].generated
    assert time.seconds < 10 * 1.0 * 4  # what looking at ten hours costs, and not half of a page's time for each page


def test_a_search_that_is_quick_as_a_whole_stays_so():
    for page, time in pages(by_the_hour(0.01), EventFilter(Everything()), NEWEST, 50):
        assert page.width is None
        assert time.ranges[-1] is None
