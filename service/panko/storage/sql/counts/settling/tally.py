"""What events are counted by, and how many there are of each: found in events, and as it is kept of an hour."""

import dataclasses
from collections import Counter
from typing import NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Connection, func, select

from panko.filters.counting import VALUED
from panko.storage.sql.counts import values
from panko.storage.sql.counts.columns import stored
from panko.storage.sql.counts.columns.entries import Entry, counted
from panko.storage.sql.counts.keys import LEVELS, NONE
from panko.storage.sql.counts.outcomes import NUMBERS, STATE, TEXT, OutcomeOf
from panko.storage.sql.counts.settling import projects
from panko.storage.sql.counts.units import HOURS
from panko.storage.sql.engines import planner
from panko.storage.sql.reading.traits import named_trait
from panko.storage.sql.rows.owners import PROJECT
from panko.storage.sql.rows.tables import EVENT, EVENT_COUNT
from panko.stories import Outcome

T = TypeVar("T")

OWNER = TEXT.alias("owner_of_event")
VALUES = {name: STATE if name == "state" else TEXT.alias(f"{name}_of_event") for name in VALUED}


class Key(NamedTuple):
    """What tells events apart, as numbers of projects, types and outcomes."""

    project: int
    event_type_id: int
    outcome: int


NO_KEY = Key(NONE, NONE, NUMBERS[Outcome.OK])


@dataclasses.dataclass(frozen=True, slots=True)
class Tally:
    """Events by their keys, each of them once, by the values of the traits that are counted, and as their entries."""

    keys: Counter[Key] = dataclasses.field(default_factory=Counter)
    valued: Counter[values.Key] = dataclasses.field(default_factory=Counter)
    entries: Counter[Entry] = dataclasses.field(default_factory=Counter)

    def __bool__(self) -> bool:
        return bool(self.keys or self.valued or self.entries)

    def add(self, other: "Tally") -> None:
        """Count others, too."""
        self.keys.update(other.keys)
        self.valued.update(other.valued)
        self.entries.update(other.entries)

    def without(self, other: "Tally") -> "Tally":
        """Return by how much each count differs from another one, where it does."""
        return Tally(
            _difference(self.keys, other.keys),
            _difference(self.valued, other.valued),
            _difference(self.entries, other.entries),
        )


def found(connection: Connection, condition: ColumnElement[bool], outcome: OutcomeOf, *, index: str) -> Tally:
    """Count events, which are read by an index of theirs, each with all that is kept of it."""
    keys: Counter[Key] = Counter()
    valued: Counter[values.Key] = Counter()
    entries = _entries(connection, condition, outcome, index=index)
    for entry, events in entries.items():
        project, type_id, number, *of_traits = entry
        keys[Key(project, type_id, number)] += events
        for trait, value in enumerate(of_traits):
            if value is not None:
                valued[values.Key(trait, value, number)] += events
    return Tally(keys, valued, entries)


def kept(connection: Connection, hour_id: int) -> Tally:
    """Return what is kept of an hour."""
    return dataclasses.replace(counts(connection, hour_id), entries=counted(stored.all_of(connection, HOURS, hour_id)))


def counts(connection: Connection, hour_id: int) -> Tally:
    """Return what is kept of an hour, but for its entries."""
    columns = EVENT_COUNT.c
    of_key = (columns.project, columns.event_type_id, columns.outcome)
    of_hour = (columns.hour_id == hour_id, columns.level == LEVELS[-1])
    statement = select(*of_key, func.sum(columns.events)).where(*of_hour).group_by(*of_key)
    keys = Counter({Key(*key): int(events) for *key, events in connection.execute(statement)})
    return Tally(keys, values.kept(connection, hour_id))


def _entries(
    connection: Connection, condition: ColumnElement[bool], outcome: OutcomeOf, *, index: str
) -> Counter[Entry]:
    """Read events. Projects are told apart to the byte, which is why no database groups them."""
    events = outcome.joined(EVENT).outerjoin(OWNER, named_trait(OWNER.c, PROJECT))
    for name, table in VALUES.items():
        if table is not STATE:  # which tells the outcome as well
            events = events.outerjoin(table, named_trait(table.c, name))
    told = (OWNER.c.key, OWNER.c.value, EVENT.c.event_type_id, outcome.number)
    columns = (*told, *(table.c.value for table in VALUES.values()))
    statement = planner.by_index(planner.in_this_order(select(*columns).select_from(events)), EVENT, index)
    rows = Counter(map(tuple, connection.execute(statement.where(condition))))
    numbers = projects.numbers(connection, {(key, value) for key, value, *_ in rows if key is not None})
    found: Counter[Entry] = Counter()
    for (key, value, type_id, number, *of_traits), events_of_it in rows.items():
        project = NONE if key is None else numbers[key, value]
        found[project, NONE if type_id is None else type_id, int(number), *of_traits] += events_of_it
    return found


def _difference(counted: Counter[T], other: Counter[T]) -> Counter[T]:
    difference = Counter(counted)
    difference.subtract(other)
    return Counter({key: count for key, count in difference.items() if count})
