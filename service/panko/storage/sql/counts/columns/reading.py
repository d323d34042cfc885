"""Counts of whatever combination of known properties, by the columns of settled hours and the rows of all others."""

import dataclasses
import time
from collections import Counter
from collections.abc import Container, Sequence
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, func, select

from panko.errors import TooSlowError
from panko.filters import Scope
from panko.filters.counting import Grouping, Keys, Spans
from panko.storage import Group
from panko.storage.sql.counts import kept, several
from panko.storage.sql.counts.columns import naming, selection, stored
from panko.storage.sql.counts.columns.entries import OUTCOME, PROJECT, TYPE, events, place_of, place_of_valued
from panko.storage.sql.counts.columns.selection import Others, Wanted
from panko.storage.sql.counts.hours import Run, begin_of
from panko.storage.sql.counts.keys import EVERY, chosen, is_known
from panko.storage.sql.counts.sources import are_few
from panko.storage.sql.counts.units import Unit
from panko.storage.sql.engines import deadline
from panko.storage.sql.reading.plan import Plan
from panko.storage.sql.reading.search.searcher import TIME_IS_OVER
from panko.storage.sql.reading.terms import Terms
from panko.storage.sql.rows.chunks import groups

CHEAPER = 40  # times as long as an entry of columns an event takes that is found by an index and read
STEP = 300  # entries take as long as the columns of a step do which has few
EVENTS_AT_ONCE = 100_000


@dataclasses.dataclass(frozen=True, slots=True)
class _Owner:
    """An hour or a block: its id, its first hour, how many events are in its columns, and of how many steps."""

    id: int
    hour: int
    events: int
    steps: int


def is_asked(grouping: Grouping, planned: Plan) -> bool:
    """Tell whether columns can answer: all that a filter and the fields say is told by them."""
    is_told = all(field is None or place_of(field) is not None for field in grouping.fields)
    return grouping.keys is not None and is_told and is_known(planned.scope) and kept.has_whole_hours(grouping, planned)


def read(
    connection: Connection, wanted: Terms, grouping: Grouping, planned: Plan, *, rare: int
) -> list[list[Group]] | None:
    """Count for each of the fields; None where columns are of no use. The connection is a snapshot."""
    known, keys = kept.settled(connection, planned), grouping.keys
    if known is None or keys is None:
        return None
    owners = [(unit, _owners(connection, unit, run)) for unit, run in kept.units(connection, planned, known, grouping)]
    every = [owner for _unit, some in owners for owner in some]
    cost = sum(owner.events + owner.steps * STEP for owner in every)
    if are_few(connection, wanted, cost // CHEAPER, rare):
        return None
    counting = _Counting(_wanted(connection, keys, planned.scope, owners), grouping)
    if not all(counting.read(connection, unit, some) for unit, some in owners):
        return None
    rest = several.read(connection, kept.live(wanted, known), dataclasses.replace(grouping, most=None))
    return [
        naming.together(connection, field, counted, of_rows)
        for field, counted, of_rows in zip(grouping.fields, counting.counted, rest, strict=True)
    ]


class _Counting:
    """What columns say of the wanted values, for each field of a grouping, by span and value."""

    def __init__(self, wanted: Wanted, grouping: Grouping) -> None:
        self._wanted = wanted
        self._spans = grouping.spans
        self._fields = [None if field is None else place_of(field) for field in grouping.fields]
        self.counted: list[naming.Counted] = [Counter() for _ in self._fields]

    def read(self, connection: Connection, unit: Unit, owners: Sequence[_Owner]) -> bool:
        """Add what is kept of hours or blocks, some of them at once; tell whether that is all of their events."""
        told = {*(place for place, _ in self._wanted), *(place for place in self._fields if place is not None)}
        places = told or {TYPE}  # any column tells how many events there are
        hours = {owner.id: owner.hour for owner in owners}
        left = Counter({owner.id: owner.events for owner in owners})
        for some in groups(owners, EVENTS_AT_ONCE, attrgetter("events")):
            for id_, part in stored.of_places(connection, unit, [owner.id for owner in some], places):
                left[id_] -= events(part)
                selected = selection.selected(part, self._wanted)
                span = _span(hours[id_], self._spans)
                for place, counted in zip(self._fields, self.counted, strict=True):
                    for value, number in selection.count(part, selected, place).items():
                        counted[span, value] += number
            _see_the_time(connection)
        return not any(left.values())


def _owners(connection: Connection, unit: Unit, run: Run) -> list[_Owner]:
    columns = unit.counts.c
    owner = columns[unit.owner]
    counted = (owner, columns.hour, func.sum(columns.events), func.count(columns.seq.distinct()))
    of_all = (columns.level == 0, columns.project == EVERY, run.of(columns.hour))
    statement = select(*counted).where(*of_all).group_by(owner, columns.hour)
    return [_Owner(*map(int, row)) for row in connection.execute(statement)]


def _wanted(
    connection: Connection, keys: Keys, scope: Scope, owners: Sequence[tuple[Unit, Sequence[_Owner]]]
) -> Wanted:
    """Look up the values that a filter leaves, as they are kept."""
    numbers = chosen(connection, keys, scope)
    named = ((PROJECT, numbers.projects), (TYPE, numbers.types), (OUTCOME, numbers.outcomes))
    wanted: list[tuple[int, Container[Any]]] = [(place, frozenset(some)) for place, some in named if some is not None]
    for valued in keys.valued:
        found = frozenset[Any]().union(
            *(naming.spellings(connection, unit, [one.id for one in some], valued) for unit, some in owners)
        )
        wanted.append((place_of_valued(valued.name), Others(found) if valued.is_negated else found))
    return wanted


def _span(hour: int, spans: Spans | None) -> int | None:
    return None if spans is None else (begin_of(hour) - spans.first) // spans.width


def _see_the_time(connection: Connection) -> None:
    end = deadline.of(connection)
    if end is not None and time.monotonic() > end:
        raise TooSlowError(TIME_IS_OVER)
