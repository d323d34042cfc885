"""Events as they arrive, each once.

Events are stored a little out of order, so every look begins some time before the newest event that was seen, and what
was shown already is remembered for as long.
"""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from panko_client import moments
from panko_client.errors import RequestError, heals
from panko_client.patience import Backoff, Clock
from panko_client.query import Filter, Query
from panko_client.reading import Reading

LOG = logging.getLogger(__name__)
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

    def documents(self) -> Iterator[Mapping[str, Any]]:
        """Yield events for ever, as the API shows them. Raise what an outage of more than the pace's raised last."""
        while True:
            yield from self._patiently()
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

    def _patiently(self) -> Iterator[Mapping[str, Any]]:
        """Look, as often as it takes: what was yielded before a failure is not yielded again."""
        began, failures = self._clock.monotonic(), 0
        while True:
            try:
                yield from self.look()
            except RequestError as error:
                lasted, failures = self._clock.monotonic() - began, failures + 1
                if not heals(error) or (self._pace.outage_seconds is not None and lasted > self._pace.outage_seconds):
                    raise
                LOG.warning("Events cannot be followed, trying again: %s", error)
                self._clock.sleep(Backoff().pause(failures, error, self._clock.chance()))
            else:
                return
