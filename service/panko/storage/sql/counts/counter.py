"""Counts events within a time: all of them, or the newest for as long as there was time."""

import dataclasses
from collections import Counter, deque
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine

from panko.errors import TooSlowError
from panko.filters import And, EventFilter
from panko.filters.counting import Field, Grouping, Keys
from panko.filters.expressions import JUST, during
from panko.storage import Counts, Group, largest
from panko.storage.sql.counts import groups, kept, several
from panko.storage.sql.counts.columns import reading as columns
from panko.storage.sql.counts.sources import sources
from panko.storage.sql.reading.pages import event_type_ids, ids_of_types
from panko.storage.sql.reading.plan import Plan, plan
from panko.storage.sql.reading.search.searcher import SHORTEST_SECONDS, TRIES, WHOLE_SHARE, WINDOW_SHARE, Clock
from panko.storage.sql.reading.search.windows import FACTOR, FIRST, Windows
from panko.storage.sql.reading.terms import Terms, terms
from panko.storage.sql.session.retry import Retry
from panko.storage.sql.session.snapshot import begin_snapshot
from panko.storage.sql.settings import DEADLINE

MOST_OF_A_WINDOW = 1000  # groups
TOO_SLOW = (
    "The events were not counted in time, not even those of a short range; ask for a shorter one by from and to, or "
    "for a resource, a request or a type."
)


class NotKeptError(Exception):
    """What is kept cannot answer for several fields, which no one reading of events can either."""


@dataclasses.dataclass(frozen=True, slots=True)
class EventCounter:
    """Counts through `engine`, whose statements change nothing; a term of at most `rare` events is rare."""

    engine: Engine
    rare: int
    clock: Clock = dataclasses.field(default_factory=Clock)

    def count(self, event_filter: EventFilter, grouping: Grouping, *, seconds: float) -> Counts:
        """Count; see `panko.storage.Connection.count_events`."""
        return self._count(event_filter, grouping, self.clock.monotonic(), seconds)[0]

    def count_values(
        self, event_filter: EventFilter, fields: Sequence[Field], *, most: int, keys: Keys | None, seconds: float
    ) -> list[Counts | None]:
        """Count by several fields; see `panko.storage.Connection.count_values`. Each field has a part of the time."""
        deadline = self.clock.monotonic() + seconds
        readings = deque((reading, keys) for reading in _readings(plan(event_filter), fields, keys))
        left = sum(len(reading) for reading, _ in readings)
        found: dict[Field, Counts] = {}
        while readings:
            reading, known = readings.popleft()
            begin = self.clock.monotonic()
            share = (deadline - begin) * len(reading) / left
            grouping = Grouping(reading[0], most=most, keys=known, beside=reading[1:])
            try:
                found |= zip(reading, self._count(event_filter, grouping, begin, share), strict=True)
            except NotKeptError:
                readings.extend((each, None) for each in _by_rows(reading))
                continue
            except TooSlowError:
                if not found:  # no time was lost to others
                    raise
            left -= len(reading)
        return [found.get(field) for field in fields]

    def _count(self, event_filter: EventFilter, grouping: Grouping, begin: float, seconds: float) -> list[Counts]:
        """Count for each field of the grouping."""
        try:
            found = self._groups(event_filter, grouping, begin + seconds * WHOLE_SHARE, is_whole=True)
        except TooSlowError:
            return self._in_windows(event_filter, grouping, begin + seconds)
        return [Counts(_ordered(of_field, grouping.most)) for of_field in found]

    def _groups(
        self, event_filter: EventFilter, grouping: Grouping, deadline: float, *, is_whole: bool = False
    ) -> list[list[Group]]:
        """Count; raise NotKeptError where it is better for the fields of a whole reading to be counted apart."""
        left = deadline - self.clock.monotonic()
        if left < SHORTEST_SECONDS:
            raise TooSlowError(TOO_SLOW)
        bounded = self.engine.execution_options(**{DEADLINE: deadline})
        return Retry(TRIES, left).read(
            bounded, lambda c: _read(c, event_filter, grouping, self.rare, is_whole=is_whole)
        )

    def _in_windows(self, event_filter: EventFilter, grouping: Grouping, deadline: float) -> list[Counts]:
        """Count range by range, from the newest on."""
        planned = plan(event_filter)
        start, end = (planned.start, planned.end) if planned else (None, None)
        windows: Windows | None = Windows(end and end + JUST, start, self.clock.now(), newest_first=True, width=FIRST)
        added = [_Added(grouping.most) for _ in grouping.fields]
        reached: datetime | None = None
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
                    return [each.counts(reached) for each in added]
                windows = narrower
                continue
            for each, of_field in zip(added, part, strict=True):
                each.add(of_field, most.most)
            reached = window.begin
            is_quick = (self.clock.monotonic() - began) * FACTOR <= share
            windows = windows.after(window, is_quick=is_quick)
        return [each.counts(None) for each in added]


@dataclasses.dataclass(slots=True)
class _Added:
    """What was counted of one field, range by range."""

    most: int | None
    groups: Counter[tuple[int | None, str | None]] = dataclasses.field(default_factory=Counter)
    is_cut: bool = False

    def add(self, found: Sequence[Group], most: int | None) -> None:
        self.is_cut = self.is_cut or len(found) == most
        for span, value, count in found:
            self.groups[span, value] += count

    def counts(self, reached: datetime | None) -> Counts:
        found = [Group(span, value, count) for (span, value), count in self.groups.items()]
        return Counts(_ordered(found, self.most), reached, self.is_cut)


def _ordered(found: list[Group], most: int | None) -> list[Group]:
    return found if most is None else largest(found)[:most]


def _readings(planned: Plan | None, fields: Sequence[Field], keys: Keys | None) -> list[list[Field]]:
    """Return the fields that are counted by one reading: alone where what is kept may answer."""
    wanted = list(dict.fromkeys(fields))
    if planned is None:
        return [[field] for field in wanted]
    alone = [field for field in wanted if kept.is_asked(Grouping(field, keys=keys), planned)]
    rest = [field for field in wanted if field not in alone]
    of_columns = [field for field in rest if columns.is_asked(Grouping(field, keys=keys), planned)]
    of_rows = _by_rows([field for field in rest if field not in of_columns])
    return [*([field] for field in alone), *filter(None, [of_columns]), *of_rows]


def _by_rows(fields: Sequence[Field]) -> list[list[Field]]:
    """Return the fields that are counted by one reading of the events themselves."""
    together = several.able(fields)
    return [*([field] for field in fields if field not in together), *filter(None, [together])]


def _read(
    connection: Connection, event_filter: EventFilter, grouping: Grouping, rare: int, *, is_whole: bool
) -> list[list[Group]]:
    planned = plan(event_filter)
    if planned is None:
        return _nothing(grouping)
    begin_snapshot(connection)
    wanted = terms(planned, _type_ids(connection, planned))
    if wanted is None:
        return _nothing(grouping)
    found = _by_what_is_kept(connection, wanted, grouping, planned, rare=rare)
    if found is not None:
        return found
    if is_whole and len(_by_rows([field for field in grouping.fields if field is not None])) > 1:
        raise NotKeptError
    return several.read(connection, sources(connection, wanted, rare), grouping)


def _nothing(grouping: Grouping) -> list[list[Group]]:
    return [[] for _ in grouping.fields]


def _by_what_is_kept(
    connection: Connection, wanted: Terms, grouping: Grouping, planned: Plan, *, rare: int
) -> list[list[Group]] | None:
    """Return None where nothing that is kept can answer, or not sooner than events themselves."""
    if not grouping.beside and kept.is_asked(grouping, planned):
        parts = kept.parts(connection, wanted, grouping, planned)
        return None if parts is None else [groups.of_parts(connection, parts, grouping)]
    if columns.is_asked(grouping, planned):
        return columns.read(connection, wanted, grouping, planned, rare=rare)
    return None


def _type_ids(connection: Connection, planned: Plan) -> tuple[int, ...] | None:
    if planned.type_terms:
        return tuple(connection.execute(ids_of_types(planned.type_terms)).scalars())
    if not planned.event_types:
        return None
    return tuple(connection.execute(event_type_ids(*planned.event_types)).scalars())
