"""Counts events within a time: all of them, or the newest for as long as there was time."""

import dataclasses
from collections import Counter
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, Select

from panko.errors import TooSlowError
from panko.filters import And, EventFilter
from panko.filters.counting import Grouping
from panko.filters.expressions import JUST, during
from panko.storage import Counts, Group, largest
from panko.storage.sql.counts import groups, kept
from panko.storage.sql.counts.outcomes import OutcomeOf, phases
from panko.storage.sql.counts.sources import sources
from panko.storage.sql.reading.pages import event_type_ids, ids_of_types
from panko.storage.sql.reading.plan import Plan, plan
from panko.storage.sql.reading.search.searcher import SHORTEST_SECONDS, TRIES, WHOLE_SHARE, WINDOW_SHARE, Clock
from panko.storage.sql.reading.search.windows import FACTOR, FIRST, Windows
from panko.storage.sql.reading.terms import Terms, terms
from panko.storage.sql.session.retry import Retry
from panko.storage.sql.session.snapshot import begin_snapshot
from panko.storage.sql.settings import DEADLINE

if TYPE_CHECKING:
    from datetime import datetime

MOST_OF_A_WINDOW = 1000  # groups
TOO_SLOW = (
    "The events were not counted in time, not even those of a short range; ask for a shorter one by from and to, or "
    "for a resource, a request or a type."
)
Key = tuple[int | None, str | None]


@dataclasses.dataclass(frozen=True, slots=True)
class EventCounter:
    """Counts through `engine`, whose statements change nothing; a term of at most `rare` events is rare."""

    engine: Engine
    rare: int
    clock: Clock = dataclasses.field(default_factory=Clock)

    def count(self, event_filter: EventFilter, grouping: Grouping, *, seconds: float) -> Counts:
        """Count; see `panko.storage.Connection.count_events`."""
        begin = self.clock.monotonic()
        try:
            found = self._groups(event_filter, grouping, begin + seconds * WHOLE_SHARE)
        except TooSlowError:
            return self._in_windows(event_filter, grouping, begin + seconds)
        return Counts(_ordered(found, grouping.most))

    def _groups(self, event_filter: EventFilter, grouping: Grouping, deadline: float) -> list[Group]:
        left = deadline - self.clock.monotonic()
        if left < SHORTEST_SECONDS:
            raise TooSlowError(TOO_SLOW)
        bounded = self.engine.execution_options(**{DEADLINE: deadline})
        return Retry(TRIES, left).read(bounded, lambda c: _read(c, event_filter, grouping, rare=self.rare))

    def _in_windows(self, event_filter: EventFilter, grouping: Grouping, deadline: float) -> Counts:
        """Count range by range, from the newest on."""
        planned = plan(event_filter)
        start, end = (planned.start, planned.end) if planned else (None, None)
        windows: Windows | None = Windows(end and end + JUST, start, self.clock.now(), newest_first=True, width=FIRST)
        found: Counter[Key] = Counter()
        reached: datetime | None = None
        is_cut = False
        most = dataclasses.replace(grouping, most=MOST_OF_A_WINDOW if grouping.most else None)
        while windows is not None:
            window, began = windows.next(), self.clock.monotonic()
            share = (deadline - began) * WINDOW_SHARE
            bounds = And((event_filter.expression, *during(window.begin, window.end)))
            try:
                part = self._groups(dataclasses.replace(event_filter, expression=bounds), most, began + share)
            except TooSlowError:
                narrower = windows.slower() if share > SHORTEST_SECONDS else None
                if narrower is None and reached is None:
                    raise TooSlowError(TOO_SLOW) from None
                if narrower is None:
                    return Counts(_added(found, grouping.most), reached, is_cut)
                windows = narrower
                continue
            is_cut = is_cut or len(part) == most.most
            for span, value, count in part:
                found[span, value] += count
            reached = window.begin
            is_quick = (self.clock.monotonic() - began) * FACTOR <= share
            windows = windows.after(window, is_quick=is_quick)
        return Counts(_added(found, grouping.most), is_cut=is_cut)


def _added(found: Counter[Key], most: int | None) -> list[Group]:
    return _ordered([Group(span, value, count) for (span, value), count in found.items()], most)


def _ordered(found: list[Group], most: int | None) -> list[Group]:
    return found if most is None else largest(found)[:most]


def _read(connection: Connection, event_filter: EventFilter, grouping: Grouping, *, rare: int) -> list[Group]:
    planned = plan(event_filter)
    if planned is None:
        return []
    begin_snapshot(connection)
    wanted = terms(planned, _type_ids(connection, planned))
    if wanted is None:
        return []
    parts = _parts(connection, wanted, grouping, planned=planned, rare=rare)
    if not parts:
        return []
    return groups.read(connection.execute(groups.together(parts, grouping)).all(), grouping.field)


def _parts(
    connection: Connection,
    wanted: Terms,
    grouping: Grouping,
    *,
    planned: Plan,
    rare: int,
) -> list[Select[Any]]:
    outcome = OutcomeOf(phases(connection))
    if kept.is_asked(grouping, planned):
        known = kept.parts(connection, wanted, grouping, planned, outcome)
        if known is not None:
            return known
    return [groups.of_source(source, grouping, outcome) for source in sources(connection, wanted, rare)]


def _type_ids(connection: Connection, planned: Plan) -> tuple[int, ...] | None:
    if planned.type_terms:
        return tuple(connection.execute(ids_of_types(planned.type_terms)).scalars())
    if not planned.event_types:
        return None
    return tuple(connection.execute(event_type_ids(*planned.event_types)).scalars())
