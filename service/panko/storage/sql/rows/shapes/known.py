"""The shapes that are in the database, as far as a process has met them. What a number stands for never changes."""

import threading
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, select

from panko.storage.sql.rows.chunks import chunks
from panko.storage.sql.rows.events import EventRow
from panko.storage.sql.rows.shapes.shape import Shape, Texts, number_of
from panko.storage.sql.rows.tables import TRAIT_SHAPE


class Shapes:
    """Committed shapes by their numbers, for all threads; `is_full` says that there is room for no more of them.

    Those that are known are known for good: another thread may be about to read events by them. Those that are `stored`
    are in the database for certain.
    """

    def __init__(self) -> None:
        self.is_full = False
        self._lock = threading.Lock()
        self._known: Mapping[int, Shape] = {}
        self._stored: frozenset[int] = frozenset()

    @property
    def known(self) -> Mapping[int, Shape]:
        """What is known now; it does not change any more."""
        return self._known

    def stored(self, numbers: Collection[int]) -> dict[int, str]:
        """Return the texts of those that need not be looked for before an event refers to them."""
        stored, known = self._stored, self._known  # in this order: what is stored is known
        return {number: known[number].text for number in numbers if number in stored}

    def remember(self, texts: Texts) -> None:
        """Remember what was read, or what a committed transaction has added."""
        if texts.keys() <= self._stored:
            return
        with self._lock:
            known = self._known
            new = {number: text for number, text in texts.items() if number not in known or known[number].text != text}
            self._known = {**known, **{number: Shape.read(text) for number, text in new.items()}}
            self._stored |= texts.keys()

    def forget(self) -> None:
        """Believe of none that it is stored: the database may be another one."""
        with self._lock:
            self._stored = frozenset()
            self.is_full = False

    def readable(self, connection: Connection, rows: Sequence[EventRow]) -> list[EventRow]:
        """Learn the shapes of rows that were read; a row whose shape is not there any more loses its copy."""
        numbers = [None if row.traits is None else number_of(row.traits) for row in rows]
        missing = {number for number in numbers if number is not None} - self._known.keys()
        if not missing:
            return list(rows)
        self.remember(texts_of(connection, missing))
        gone = missing - self._known.keys()
        return [row._replace(traits=None) if number in gone else row for row, number in zip(rows, numbers, strict=True)]


def texts_of(connection: Connection, numbers: Collection[int]) -> dict[int, str]:
    """Return the shapes that are in the database."""
    found: dict[int, str] = {}
    for chunk in chunks(sorted(numbers)):
        statement = select(TRAIT_SHAPE.c.id, TRAIT_SHAPE.c.shape).where(TRAIT_SHAPE.c.id.in_(chunk))
        found.update((number, text) for number, text in connection.execute(statement))
    return found
