"""Events as they arrive, each once.

Events are stored a little out of order, so every look begins some time before the newest event that was seen, and what
was shown already is remembered for as long.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from panko_client import moments
from panko_client.errors import RequestError
from panko_client.patience import Clock, following
from panko_client.query import Filter, Query
from panko_client.reading import Reading

SORT: Final = ("generated:asc", "message_id:asc")


@dataclass(frozen=True, slots=True)
class Pace:
    """How often is looked, and how late an event may be stored and still be shown."""

    interval_seconds: float = 2.0
    overlap: timedelta = timedelta(minutes=5)
    outage_seconds: float | None = None  # None: an outage is waited for however long it lasts


class Following:
    """Follows the events of one query."""

    def __init__(self, reading: Reading, query: Query, *, since: datetime, pace: Pace, clock: Clock) -> None:
        self._reading = reading
        self._query = replace(query, sort=SORT)
        self._since = moments.aware(since)
        self._pace = pace
        self._clock = clock
        self._seen: dict[str, datetime] = {}
        self._newest = self._since
        self._patience = following(clock, seconds=math.inf if pace.outage_seconds is None else pace.outage_seconds)
        self._looking = self.look()

    def documents(self) -> Iterator[Mapping[str, Any]]:
        """Yield events for ever, as the API shows them. Raise what an outage of more than the pace's raised last."""
        while True:
            # What was yielded before a failure is not yielded again by the look after it.
            while (document := self._patience.retry(self._next)) is not None:
                yield document
            self._looking = self.look()
            self._clock.sleep(self._pace.interval_seconds)

    def look(self) -> Iterator[Mapping[str, Any]]:
        """Yield what is new now."""
        begin = self._begin()
        self._seen = {name: at for name, at in self._seen.items() if at >= begin}
        window = Filter("start_timestamp", moments.written(begin), "ge")
        for document in self._reading.documents(replace(self._query, filters=(*self._query.filters, window))):
            message_id = str(document["message_id"])
            if message_id not in self._seen:
                at = moments.aware(datetime.fromisoformat(document["generated"]))
                self._seen[message_id] = at
                self._newest = max(self._newest, at)
                yield document

    def _begin(self) -> datetime:
        # An event may lie ahead of the clock; those of now must not be passed over for it.
        return max(self._since, min(self._newest, self._clock.now()) - self._pace.overlap)

    def _next(self) -> Mapping[str, Any] | None:
        try:
            return next(self._looking, None)
        except RequestError:
            self._looking = self.look()
            raise
