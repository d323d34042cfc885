"""Searches beside v2: events and operations by one filter, page after page, or as they arrive.

A server may not have them: `capabilities` says so, and v2's list is what is left.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from panko_client import moments
from panko_client.errors import UnexpectedAnswerError
from panko_client.patience import Clock, following
from panko_client.reading import Reading

EVENTS: Final = "/v2/search/events"
OPERATIONS: Final = "/v2/search/operations"
FRESHNESS: Final = "/v2/search/freshness"
HISTOGRAM: Final = "/v2/search/histogram"
FACETS: Final = "/v2/search/facets"
MOST: Final = {EVENTS: 1000, OPERATIONS: 60}  # events of a page
EVENTS_OF_ONE: Final = {EVENTS: 1, OPERATIONS: 2}
KEPT: Final = timedelta(minutes=10)  # beyond the overlap, of what was seen: clocks differ


@dataclass(frozen=True, slots=True)
class Search:
    """What is asked for; `since` is inclusive and `until` is not."""

    filter: str = ""
    since: datetime | None = None
    until: datetime | None = None
    oldest_first: bool = False
    all_projects: bool = False

    def arguments(self) -> list[tuple[str, str]]:
        """Return the arguments of every page of it."""
        named = (
            ("filter", self.filter),
            ("from", self.since and moments.written(self.since)),
            ("to", self.until and moments.written(self.until)),
            ("all_projects", "true" if self.all_projects else None),
        )
        return [(name, value) for name, value in named if value]


@dataclass(frozen=True, slots=True)
class Page:
    """What a page holds, and the cursor to go on with; None when nothing is left.

    One that is not exact was answered before the server had looked at all that belongs to it: events are found on the
    pages after it, and operations may lack their begin or their end.
    """

    found: tuple[Mapping[str, Any], ...]
    next: str | None
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Freshness:
    """When the last event was generated and the oldest that is kept; None where there is none."""

    newest: datetime | None
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Facet:
    """How many events have each value, the most frequent first; there may be more values than were asked for."""

    values: Mapping[str, int]
    more: bool
    exact: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """How many events are in a span of time, and how many of them of each series."""

    begin: str
    count: int
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Histogram:
    """Spans of one width, empty ones included."""

    bars: tuple[Bar, ...]
    width: str
    total: int
    exact: bool


class Searching:
    """Asks for pages. Requests that may heal are tried again as the client does."""

    def __init__(self, reading: Reading, clock: Clock) -> None:
        self._reading = reading
        self._clock = clock

    def events(self, search: Search, *, limit: int | None = None, cursor: str | None = None) -> Iterator[Page]:
        """Yield pages of events as the API shows them, up to a number of events."""
        return self._pages(EVENTS, search, [("order", _order(search))], limit=limit, cursor=cursor)

    def operations(
        self, search: Search, *, limit: int | None = None, single: bool = False, silent_after: str | None = None
    ) -> Iterator[Page]:
        """Yield pages of operations with their sentences; `single` events too that are no part of one."""
        more = [("order", _order(search)), ("single", str(single).lower())]
        more += [("silent_after", silent_after)] if silent_after else []
        return self._pages(OPERATIONS, search, more, limit=limit)

    def freshness(self, *, all_projects: bool = False) -> Freshness:
        """Return when the last event was that the caller may see, and the oldest that is kept."""
        answer = self._reading.get(FRESHNESS, [("all_projects", "true")] if all_projects else [])
        if not isinstance(answer, dict) or not {"newest", "oldest"} <= answer.keys():
            raise UnexpectedAnswerError("The answer does not tell how new events are; is this the event API?")
        newest, oldest = (answer[name] and moments.read(answer[name]) for name in ("newest", "oldest"))
        return Freshness(newest, oldest)

    def facet(self, search: Search, field: str, *, size: int) -> Facet:
        """Count events by one field: their type, outcome or a text trait."""
        answer = self._reading.get(FACETS, [*search.arguments(), ("field", field), ("size", str(size))])
        try:
            (found,) = answer["facets"]
            values = {str(one["value"]): int(one["count"]) for one in found["values"]}
            return Facet(values, more=bool(found["more"]), exact=bool(found["exact"]))
        except (KeyError, TypeError, ValueError) as error:
            raise UnexpectedAnswerError("The answer is no facet; is this the event API?") from error

    def histogram(self, search: Search, *, buckets: int, by: str | None = None) -> Histogram:
        """Count events in so many spans of time at most."""
        more = [("buckets", str(buckets)), *([("by", by)] if by else [])]
        answer = self._reading.get(HISTOGRAM, [*search.arguments(), *more])
        try:
            bars = tuple(Bar(str(one["from"]), int(one["count"]), one.get("counts", {})) for one in answer["histogram"])
            return Histogram(bars, str(answer["width"]), int(answer["total"]), exact=bool(answer["exact"]))
        except (KeyError, TypeError, ValueError) as error:
            raise UnexpectedAnswerError("The answer is no histogram; is this the event API?") from error

    def download(self, search: Search, kind: str) -> Iterator[bytes]:
        """Yield every event as the server writes it, in pieces: `csv`, `ndjson` or `cloudevents`."""
        arguments = [*search.arguments(), ("order", _order(search)), ("format", kind)]
        return self._reading.download(EVENTS, arguments)

    def follow(self, search: Search, *, overlap_seconds: int = 60, pause_seconds: float = 1.0) -> Iterator[Any]:
        """Yield events for ever, each once, and wait for an outage however long it lasts."""
        seen: dict[str, datetime] = {}
        cursor: str | None = None
        more = [("follow", f"{overlap_seconds}s")]
        patience = following(self._clock)
        found_again = timedelta(seconds=overlap_seconds) + KEPT
        began = self._clock.now()
        oldest = began - found_again
        while True:
            page = patience.retry(partial(self._page, EVENTS, search, more, limit=MOST[EVENTS], cursor=cursor))
            for one in page.found:
                if one["message_id"] not in seen:
                    seen[one["message_id"]] = moments.read(one["generated"])
                    yield one
            cursor = page.next
            if page.exact and len(page.found) < MOST[EVENTS]:
                # The next round finds again what is younger than the begin of this one, however long ago that is by
                # now: an outage, or a reader who stands still, moves no cursor.
                oldest, began = began - found_again, self._clock.now()
            seen = {name: at for name, at in seen.items() if at >= oldest}
            if len(page.found) < MOST[EVENTS]:
                self._clock.sleep(pause_seconds)

    def _pages(
        self,
        path: str,
        search: Search,
        more: list[tuple[str, str]],
        *,
        limit: int | None,
        cursor: str | None = None,
    ) -> Iterator[Page]:
        left = limit
        while left is None or left > 0:
            size = MOST[path] if left is None else min(left * EVENTS_OF_ONE[path], MOST[path])
            page = self._page(path, search, more, limit=size, cursor=cursor)
            found = page.found if left is None else page.found[:left]
            yield replace(page, found=found)
            left, cursor = None if left is None else left - len(found), page.next
            if cursor is None:
                return

    def _page(self, path: str, search: Search, more: list[tuple[str, str]], *, limit: int, cursor: str | None) -> Page:
        arguments = [*search.arguments(), *more, ("limit", str(limit)), *([("cursor", cursor)] if cursor else [])]
        answer = self._reading.get(path, arguments)
        found = answer.get(path.rpartition("/")[2]) if isinstance(answer, dict) else None
        if not isinstance(found, list):
            raise UnexpectedAnswerError("The answer is no page of a search; is this the event API?")
        return Page(tuple(found), answer.get("next"), exact=bool(answer.get("exact", True)))


def _order(search: Search) -> str:
    return "oldest" if search.oldest_first else "newest"
