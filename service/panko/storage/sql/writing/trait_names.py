"""Which traits the events of a type have, kept beside the traits themselves: who asks need not read every event.

A row says that events of a type which were generated on one day may have a trait of this name, so that rows go with
the events of their day. Rows are only ever inserted, and two writers may insert the same one: no writer waits for
another.
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, select

from panko.event import Trait
from panko.storage.sql import engines
from panko.storage.sql.rows.chunks import chunks
from panko.storage.sql.rows.tables import EVENT_TYPE_TRAIT
from panko.storage.sql.rows.trait_copy import NUMBERS

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
REMEMBERED_LIMIT = 20_000
COLUMNS = ("id", "event_type_id", "dtype", "key", "day")
# Words that every database knows: SQLAlchemy takes longer to make such a statement than the answer takes.
ROWS = "SELECT id, event_type_id, dtype, day FROM event_type_trait WHERE id IN "
UNKNOWN = -1  # instead of an id
NEVER = 2**31 - 1  # the day of events that have no time, and so are never old


class TraitName(NamedTuple):
    """A row, as it is compared and remembered; `day` is a number of days since 1970-01-01 in UTC."""

    event_type_id: int
    dtype: int
    key: str
    day: int


Key = tuple[int, int, str, int]  # a TraitName, where a thousand of them are made for each that is kept


def day_of(generated: datetime | None) -> int:
    """Return the day of an event."""
    return NEVER if generated is None else (generated - EPOCH).days


def names_of(event_type_id: int, generated: datetime | None, traits: Iterable[Trait]) -> set[Key]:
    """Return the rows that an event needs."""
    day = day_of(generated)
    return {(event_type_id, NUMBERS[dtype], name, day) for name, dtype, _value in traits}


class TraitNames:
    """Committed rows and their ids, for all threads.

    One of yesterday or later can only be absent together with its event type, which the foreign key of the event tells;
    see `panko.storage.sql.writing.event_types`. Rows of earlier days the expirer may have removed, in the order of
    their days and ids: all that a batch needs are there while the first of them is.
    """

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._ids: dict[Key, int | None] = {}

    def known(self, names: set[Key]) -> tuple[set[Key], list[tuple[int, int, Key]]]:
        """Return the names that are not known, and days, ids and names of those that were there and may have gone."""
        yesterday = day_of(self._now()) - 1
        unknown: set[Key] = set()
        old: list[tuple[int, int, Key]] = []
        with self._lock:
            for name in names:
                id_ = self._ids.get(name, UNKNOWN)
                is_old = name[-1] < yesterday
                if id_ == UNKNOWN or (is_old and id_ is None):
                    unknown.add(name)
                elif is_old and id_ is not None:
                    old.append((name[-1], id_, name))
        return unknown, old

    def remember(self, ids: Mapping[Key, int | None]) -> None:
        """Remember what a committed transaction found, or added without being told its id."""
        with self._lock:
            if len(self._ids) + len(ids) > REMEMBERED_LIMIT:
                self._ids.clear()
            self._ids.update(ids)

    def forget(self) -> None:
        """Forget everything."""
        with self._lock:
            self._ids.clear()


def complete(connection: Connection, names: set[Key], memory: TraitNames) -> Mapping[Key, int | None]:
    """See to it that rows of all names are there, and return what may be remembered once this is committed."""
    unknown, old = memory.known(names)
    return add(connection, unknown | _gone(connection, old))


def add(connection: Connection, names: set[Key]) -> Mapping[Key, int | None]:
    """Insert the rows that are missing. Return the ids; None where they were inserted and the database tells none."""
    ids = _stored(connection, names)
    missing = sorted(names - ids.keys())
    if not missing:
        return ids
    returning = COLUMNS if connection.dialect.insert_returning else ()
    insert_rows = engines.of(connection.dialect).insert_rows
    inserted = insert_rows(connection, EVENT_TYPE_TRAIT, TraitName._fields, missing, returning)
    return dict.fromkeys(missing) | ids | _ids(inserted)


def _gone(connection: Connection, old: Sequence[tuple[int, int, Key]]) -> set[Key]:
    """Return the names whose rows may have gone: none while the one is there that goes first.

    Asked for is the one that goes last too: SQLite gives the ids of such rows again, and hardly ever both to the same.
    """
    if not old:
        return set()
    ends = {id_: (event_type_id, dtype, day) for day, id_, (event_type_id, dtype, *_) in (min(old), max(old))}
    found = connection.exec_driver_sql(f"{ROWS}({', '.join(map(str, ends))})")
    is_there = {id_: (event_type_id, dtype, day) for id_, event_type_id, dtype, day in found} == ends
    return set() if is_there else {name for _day, _id, name in old}


def _stored(connection: Connection, names: set[Key]) -> dict[Key, int]:
    of_type: dict[int, set[TraitName]] = defaultdict(set)
    for name in names:
        of_type[name[0]].add(TraitName(*name))
    return _ids(
        row
        for event_type_id, wanted in of_type.items()
        for chunk in chunks(sorted(wanted, key=lambda name: (name.day, name.dtype, name.key)))
        for row in connection.execute(_like(event_type_id, chunk))
    )


def _ids(rows: Iterable[Any]) -> dict[Key, int]:
    return {(event_type_id, dtype, key, day): id_ for id_, event_type_id, dtype, key, day in rows}


def _like(event_type_id: int, wanted: Sequence[TraitName]) -> Select[Any]:
    """Select by every column of the index; what was not wanted does no harm."""
    columns = EVENT_TYPE_TRAIT.c
    return select(*(columns[name] for name in COLUMNS)).where(
        columns.event_type_id == event_type_id,
        columns.dtype.in_(sorted({name.dtype for name in wanted})),
        columns.key.in_(sorted({name.key for name in wanted})),
        columns.day.in_(sorted({name.day for name in wanted})),
    )
