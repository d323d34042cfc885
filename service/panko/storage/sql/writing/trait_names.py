"""Which traits the events of a type have, kept beside the traits themselves: who asks need not read every event.

A row says that events of a type which were generated on one day may have a trait of this name, so that rows go with
the events of their day. Rows are only ever inserted, and two writers may insert the same one: no writer waits for
another.
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import Connection, Select, insert, select

from panko.event import Trait
from panko.storage.sql.rows.chunks import chunks
from panko.storage.sql.rows.tables import EVENT_TYPE_TRAIT

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
REMEMBERED_LIMIT = 20_000
NEVER = 2**31 - 1  # the day of events that have no time, and so are never old


class TraitName(NamedTuple):
    """A row, as it is compared and remembered; `day` is a number of days since 1970-01-01 in UTC."""

    event_type_id: int
    dtype: int
    key: str
    day: int


def day_of(generated: datetime | None) -> int:
    """Return the day of an event."""
    return NEVER if generated is None else (generated - EPOCH).days


def names_of(event_type_id: int, generated: datetime | None, traits: Iterable[Trait]) -> set[TraitName]:
    """Return the rows that an event needs."""
    day = day_of(generated)
    return {TraitName(event_type_id, int(trait.type), trait.name, day) for trait in traits}


class TraitNames:
    """Committed rows of yesterday and later, for all threads.

    Rows of earlier days are looked up each time, for the expirer may have removed them. A remembered one can only be
    absent together with its event type, which the foreign key of the event tells; see
    `panko.storage.sql.writing.event_types`.
    """

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._known: set[TraitName] = set()

    def unknown(self, names: set[TraitName]) -> set[TraitName]:
        """Return the names that are not remembered."""
        recent = self._recent(names)
        with self._lock:
            return names - (recent & self._known)

    def remember(self, names: set[TraitName]) -> None:
        """Remember what a committed transaction added."""
        recent = self._recent(names)
        with self._lock:
            if len(self._known) + len(recent) > REMEMBERED_LIMIT:
                self._known.clear()
            self._known |= recent

    def forget(self) -> None:
        """Forget everything."""
        with self._lock:
            self._known.clear()

    def _recent(self, names: set[TraitName]) -> set[TraitName]:
        yesterday = day_of(self._now()) - 1
        return {name for name in names if name.day >= yesterday}


def add(connection: Connection, names: set[TraitName]) -> None:
    """Insert the rows that are missing."""
    missing = sorted(names - _stored(connection, names))
    if missing:
        connection.execute(insert(EVENT_TYPE_TRAIT), [name._asdict() for name in missing])


def _stored(connection: Connection, names: set[TraitName]) -> set[TraitName]:
    of_type: dict[int, set[TraitName]] = defaultdict(set)
    for name in names:
        of_type[name.event_type_id].add(name)
    return {
        TraitName(*row)
        for event_type_id, wanted in of_type.items()
        for chunk in chunks(sorted(wanted, key=lambda name: (name.day, name.dtype, name.key)))
        for row in connection.execute(_like(event_type_id, chunk))
    }


def _like(event_type_id: int, wanted: Sequence[TraitName]) -> Select[int, int, str, int]:
    """Select by every column of the index; what was not wanted does no harm."""
    columns = EVENT_TYPE_TRAIT.c
    return select(columns.event_type_id, columns.dtype, columns.key, columns.day).where(
        columns.event_type_id == event_type_id,
        columns.dtype.in_(sorted({name.dtype for name in wanted})),
        columns.key.in_(sorted({name.key for name in wanted})),
        columns.day.in_(sorted({name.day for name in wanted})),
    )
