"""What events are counted by, and how many there are of each: found in events, and as it is kept of an hour."""

import dataclasses
from collections import Counter
from typing import NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Connection, and_, func, select

from panko.storage.sql.counts import values
from panko.storage.sql.counts.keys import LEVELS, NONE
from panko.storage.sql.counts.outcomes import NUMBERS, TEXT, OutcomeOf
from panko.storage.sql.counts.settling import projects
from panko.storage.sql.engines import planner
from panko.storage.sql.reading.comparisons import same_text
from panko.storage.sql.rows.owners import PROJECT
from panko.storage.sql.rows.tables import EVENT, EVENT_COUNT
from panko.stories import Outcome

T = TypeVar("T")

OWNER = TEXT.alias("owner_of_event")


class Key(NamedTuple):
    """What tells events apart, as numbers of projects, types and outcomes."""

    project: int
    event_type_id: int
    outcome: int


NO_KEY = Key(NONE, NONE, NUMBERS[Outcome.OK])


@dataclasses.dataclass(frozen=True, slots=True)
class Tally:
    """Events by their keys, each of them once, and by the values of the traits that are counted."""

    keys: Counter[Key] = dataclasses.field(default_factory=Counter)
    valued: Counter[values.Key] = dataclasses.field(default_factory=Counter)

    def __bool__(self) -> bool:
        return bool(self.keys or self.valued)

    def add(self, other: "Tally") -> None:
        """Count others, too."""
        self.keys.update(other.keys)
        self.valued.update(other.valued)

    def without(self, other: "Tally") -> "Tally":
        """Return by how much each count differs from another one, where it does."""
        return Tally(_difference(self.keys, other.keys), _difference(self.valued, other.valued))


def found(connection: Connection, condition: ColumnElement[bool], outcome: OutcomeOf, *, index: str) -> Tally:
    """Count events, which are read by an index of theirs."""
    keys = _keys(connection, condition, outcome, index=index)
    return Tally(keys, values.found(connection, condition, outcome, index=index))


def kept(connection: Connection, hour_id: int) -> Tally:
    """Return what is kept of an hour."""
    columns = EVENT_COUNT.c
    of_key = (columns.project, columns.event_type_id, columns.outcome)
    of_hour = (columns.hour_id == hour_id, columns.level == LEVELS[-1])
    statement = select(*of_key, func.sum(columns.events)).where(*of_hour).group_by(*of_key)
    keys = Counter({Key(*key): int(events) for *key, events in connection.execute(statement)})
    return Tally(keys, values.kept(connection, hour_id))


def _keys(connection: Connection, condition: ColumnElement[bool], outcome: OutcomeOf, *, index: str) -> Counter[Key]:
    """Count events by their keys. Projects are told apart to the byte, which is why no database groups them."""
    is_owner = and_(OWNER.c.event_id == EVENT.c.id, same_text(OWNER.c.key, PROJECT))
    events = outcome.joined(EVENT).outerjoin(OWNER, is_owner)
    columns = (OWNER.c.key, OWNER.c.value, EVENT.c.event_type_id, outcome.number)
    statement = planner.by_index(planner.in_this_order(select(*columns).select_from(events)), EVENT, index)
    rows = Counter(tuple(row) for row in connection.execute(statement.where(condition)))
    numbers = projects.numbers(connection, {(key, value) for key, value, _, _ in rows if key is not None})
    counted: Counter[Key] = Counter()
    for (key, value, type_id, number), count in rows.items():
        project = NONE if key is None else numbers[key, value]
        counted[Key(project, NONE if type_id is None else type_id, int(number))] += count
    return counted


def _difference(counted: Counter[T], other: Counter[T]) -> Counter[T]:
    difference = Counter(counted)
    difference.subtract(other)
    return Counter({key: count for key, count in difference.items() if count})
