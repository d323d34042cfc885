"""What will be removed, read before that: as text, page by page in the order of time.

A page is bounded by events and by bytes, and is one statement where events are small. The database reads the text of
each event that it tells the size of, so how many it is asked for follows from how large they were.
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Select, and_, or_, select

from panko.event import Trait
from panko.storage import ExpiredEvent
from panko.storage.sql.engines import planner
from panko.storage.sql.rows import size, trait_copy
from panko.storage.sql.rows.events import EventRow, has_copies
from panko.storage.sql.rows.load import EVENTS_AT_ONCE, load_traits
from panko.storage.sql.rows.shapes import shape
from panko.storage.sql.rows.shapes.known import Shapes
from panko.storage.sql.rows.shapes.shape import Shape
from panko.storage.sql.rows.tables import EVENT, EVENT_TYPE, OF_TYPE
from panko.storage.sql.session.retry import Retry
from panko.storage.sql.session.snapshot import begin_snapshot

FIRST_PAGE = 100
MOST_EVENTS = 500  # of a page
INDEX = "ix_event_generated_message_id"
NULL = "null"


@dataclasses.dataclass(frozen=True, slots=True)
class _Place:
    """Events before `older_than`, after the last one that was read."""

    older_than: datetime
    after: EventRow | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Expired:
    """Reads through `engine`, whose statements change nothing; a page holds `most_bytes` of text, or one event."""

    engine: Engine
    retry: Retry
    most_bytes: int
    shapes: Shapes = dataclasses.field(default_factory=Shapes)

    def read(self, older_than: datetime) -> Iterator[ExpiredEvent]:
        """Yield what is old enough; see `panko.storage.Connection.expired`."""
        place, limit = _Place(older_than), FIRST_PAGE
        while True:
            rows, traits = self._page(place, limit)
            if not rows:
                return
            for row in rows:
                yield _event(row, traits, self.shapes.known)
            place = dataclasses.replace(place, after=rows[-1])
            average = sum(row.size for row in rows) // len(rows) + 1
            limit = max(1, min(MOST_EVENTS, self.most_bytes // average))

    def _page(self, place: _Place, limit: int) -> "tuple[Sequence[EventRow], Traits]":
        rows = self.retry.read(self.engine, lambda connection: self._rows(connection, place, limit))
        if has_copies(rows):
            return rows, {}
        return self.retry.read(self.engine, lambda connection: self._snapshot(connection, place, limit))

    def _snapshot(self, connection: Connection, place: _Place, limit: int) -> "tuple[Sequence[EventRow], Traits]":
        """Read few events, for the original wrote some of them: their traits are in their own tables alone."""
        begin_snapshot(connection)
        rows = self._rows(connection, place, min(limit, EVENTS_AT_ONCE))
        return rows, load_traits(connection, [row.id for row in rows if row.traits is None])

    def _rows(self, connection: Connection, place: _Place, limit: int) -> Sequence[EventRow]:
        share = self.most_bytes // limit
        while True:
            found = [EventRow(*row) for row in connection.execute(_statement(place, limit), {size.INLINE: share})]
            rows = size.with_texts(connection, size.fitting(found, self.most_bytes), share)
            rows = self.shapes.readable(connection, rows)
            if rows or not found:  # all that were large may be gone by now, and others are left
                return rows
            place = dataclasses.replace(place, after=found[-1])


Traits = Mapping[int, tuple[Trait, ...]]


def _statement(place: _Place, limit: int) -> Select[Any]:
    """Find the events by an index alone, and read those that were found."""
    positions = planner.by_index(select(EVENT.c.id, EVENT.c.generated, EVENT.c.message_id), EVENT, INDEX)
    statement = positions.where(EVENT.c.generated < place.older_than)
    if place.after is not None:
        generated, message_id = EVENT.c.generated, EVENT.c.message_id
        later = or_(generated > place.after.generated, message_id > place.after.message_id)
        statement = statement.where(and_(generated >= place.after.generated, later))
    found = statement.order_by(EVENT.c.generated, EVENT.c.message_id).limit(limit).subquery("found")
    return (
        planner.in_this_order(select(*size.COLUMNS))
        .select_from(found.join(EVENT, EVENT.c.id == found.c.id).outerjoin(EVENT_TYPE, OF_TYPE))
        .order_by(found.c.generated, found.c.message_id)
    )


def _event(row: EventRow, traits: Traits, shapes: Mapping[int, Shape]) -> ExpiredEvent:
    assert row.generated is not None  # noqa: S101 - what has no time is not older than any
    text = trait_copy.to_any_text(traits.get(row.id, ())) if row.traits is None else shape.told(row.traits, shapes)
    return ExpiredEvent(row.id, row.message_id, row.desc or "", row.generated, row.raw or NULL, text)
