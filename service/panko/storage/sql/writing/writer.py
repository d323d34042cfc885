"""How events are stored: all of them or none, in few statements whatever their number.

The first try inserts at once, for nearly every event is new. When a unique key refuses, the next try looks first
what is stored already. Never INSERT IGNORE: it turns what does not fit into warnings, a loss behind a success.
"""

import dataclasses
import itertools
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Table
from sqlalchemy.exc import IntegrityError

from panko.errors import EventConflictError, InvalidEventsError
from panko.event import Event, Trait, TraitType
from panko.storage.sql import engines
from panko.storage.sql.engines.inserting import Parents
from panko.storage.sql.rows.collation import collation_weights, name_collisions
from panko.storage.sql.rows.encode import Laid, Row, TraitRow, event_row, lay, trait_rows
from panko.storage.sql.rows.load import ids_by_message_id, stored_events
from panko.storage.sql.rows.sameness import differ, distinct
from panko.storage.sql.rows.shapes.known import Shapes
from panko.storage.sql.rows.shapes.shape import Texts
from panko.storage.sql.rows.statement_size import TooLargeError, chunks_of, require_room
from panko.storage.sql.rows.tables import EVENT, EVENT_COLUMNS, TRAIT_COLUMNS, TRAITS
from panko.storage.sql.session.failures import is_missing_row
from panko.storage.sql.session.retry import Retry
from panko.storage.sql.writing import trait_names, trait_shapes
from panko.storage.sql.writing.event_types import EventTypes
from panko.storage.sql.writing.trait_names import Key, TraitNames, day_of

RETURNED = ("message_id", "id")
BY_ID = "SELECT message_id FROM event WHERE id = "  # words that every database knows, see `trait_names`
MANY = 20  # events, of which to ask for the last one is quicker than to be told of each
FEW = 20  # events; of more, one statement takes the server as long as several
CHECK, CHECK_TIME = "panko.check", datetime(2000, 1, 1, tzinfo=UTC)
CHECK_TRAITS = (
    Trait("text", TraitType.TEXT, CHECK),
    Trait("integer", TraitType.INTEGER, 1),
    Trait("float", TraitType.FLOAT, 0.5),
    Trait("datetime", TraitType.DATETIME, CHECK_TIME),
)


class TraitNamesCollideError(Exception):
    """The database takes two trait names of one event for one; the reasons are by message_id."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        super().__init__()
        self.reasons = reasons


@dataclasses.dataclass(frozen=True, slots=True)
class Stored:
    """The message_ids of the events that are new, and what may be remembered once they are committed."""

    created: frozenset[str]
    event_type_ids: Mapping[str, int]
    trait_names: Mapping[Key, int | None]
    shapes: Texts


@dataclasses.dataclass(frozen=True, slots=True)
class Writer:
    """Writes through `engine`, whose transactions are meant for writing."""

    engine: Engine
    retry: Retry
    event_types: EventTypes = dataclasses.field(default_factory=EventTypes)
    trait_names: TraitNames = dataclasses.field(default_factory=TraitNames)
    shapes: Shapes = dataclasses.field(default_factory=Shapes)

    def store(self, events: Sequence[Event]) -> frozenset[str]:
        """Store all events or none, and return the message_ids of those that were not stored before."""
        if not events:
            return frozenset()
        unique = distinct(events)
        tries = itertools.count()
        key_refused = False

        def attempt(connection: Connection) -> Stored:
            nonlocal key_refused
            look_first = next(tries) > 0
            if look_first and not key_refused:  # the server may be another one now, or a COMMIT be lost
                self.event_types.forget()
                self.trait_names.forget()
                self.shapes.forget()
            key_refused = False
            try:
                return self._store(connection, unique, look_first=look_first)
            except IntegrityError as error:
                key_refused = not is_missing_row(error)
                raise

        try:
            stored = self.retry.run(self.engine, attempt)
        except (TraitNamesCollideError, TooLargeError) as error:
            raise InvalidEventsError(_named(events, error.reasons)) from error
        self.event_types.remember(stored.event_type_ids)
        self.trait_names.remember(stored.trait_names)
        self.shapes.remember(stored.shapes)
        return stored.created

    def check(self) -> None:
        """Insert an event into every table, and take it back: nothing of it is seen, and nothing remembered."""
        event = Event(str(uuid.uuid4()), CHECK, CHECK_TIME, CHECK_TRAITS, {CHECK: CHECK})
        self.retry.read(self.engine, lambda connection: self._store(connection, [event], look_first=False))

    def _store(self, connection: Connection, events: list[Event], *, look_first: bool) -> Stored:
        if look_first:
            events = _without_stored(connection, events, self.shapes)
        type_ids = self.event_types.resolve(connection, {event.event_type for event in events})
        laid = list(map(lay, events))
        shapes = trait_shapes.complete(connection, trait_shapes.wanted_by(laid), self.shapes)
        rows = [event_row(one, type_ids[one.event.event_type], shapes) for one in laid]
        stored = list(zip(laid, rows, strict=True))
        require_room(connection, rows)
        if look_first or len(stored) > FEW or not _insert_at_once(connection, stored):
            _insert_traits(connection, stored, _insert_events(connection, rows))
        names = trait_names.complete(connection, _names(laid, type_ids), self.trait_names)
        return Stored(frozenset(row["message_id"] for row in rows), type_ids, names, shapes)


def _names(laid: Sequence[Laid], type_ids: Mapping[str, int]) -> set[Key]:
    """Return the names that the events need: few layouts, types and days are those of many events."""
    alike = {(type_ids[event.event_type], day_of(event.generated), layout) for event, layout, _values in laid}
    return {(type_id, number, name, day) for type_id, day, layout in alike for _place, number, name in layout.rows}


def _named(events: Sequence[Event], reasons: Mapping[str, str]) -> list[tuple[int, str]]:
    """Name events by their index in what the caller sent."""
    return [(index, reasons[event.message_id]) for index, event in enumerate(events) if event.message_id in reasons]


def _without_stored(connection: Connection, events: list[Event], shapes: Shapes) -> list[Event]:
    new = {event.message_id: event for event in events}
    found = stored_events(connection, list(new), shapes)
    conflicts = sorted(stored.message_id for stored in found if differ(new.pop(stored.message_id), stored))
    if conflicts:
        raise EventConflictError(conflicts)
    return list(new.values())


def _insert_at_once(connection: Connection, stored: Sequence[tuple[Laid, Row]]) -> bool:
    """Insert few events with their traits; what is refused shows the next try, which inserts one after the other."""
    rows = [row for _laid, row in stored]

    def traits(ids: Sequence[Any]) -> Mapping[Table, Sequence[TraitRow]]:
        return _by_table(stored, dict(zip((row["message_id"] for row in rows), ids, strict=True)))

    parents = Parents(EVENT, EVENT_COLUMNS, _values(rows))
    return engines.of(connection.dialect).insert_families(connection, parents, TRAIT_COLUMNS, traits)


def _insert_events(connection: Connection, rows: Sequence[Row]) -> dict[str, int]:
    """Insert and return the ids by message_id."""
    ids: dict[str, int] = {}
    for chunk in chunks_of(rows):
        ids |= _insert_chunk(connection, chunk)
    return ids


def _insert_chunk(connection: Connection, rows: Sequence[Row]) -> dict[str, int]:
    """Insert and return the ids; MySQL cannot return them, so they are read back where they cannot be counted."""
    database = engines.of(connection.dialect)
    values = _values(rows)
    message_ids = [row["message_id"] for row in rows]
    returning = RETURNED if connection.dialect.insert_returning else ()
    if not (returning and 1 < len(rows) < MANY):
        first = database.insert_in_sequence(connection, EVENT, EVENT_COLUMNS, values)
        if first is not None:
            return _counted(connection, message_ids, first)
    returned = database.insert_rows(connection, EVENT, EVENT_COLUMNS, values, returning)
    return dict(returned) if returning else ids_by_message_id(connection, message_ids)


def _values(rows: Sequence[Row]) -> list[tuple[Any, ...]]:
    return [tuple(map(row.__getitem__, EVENT_COLUMNS)) for row in rows]


def _counted(connection: Connection, message_ids: Sequence[str], first: int) -> dict[str, int]:
    """Count the ids of one statement's rows, which grow from row to row: the last one tells whether they are these."""
    ids = range(first, first + len(message_ids))
    if len(ids) == 1 or connection.exec_driver_sql(f"{BY_ID}{ids[-1]}").scalar() == message_ids[-1]:
        return dict(zip(message_ids, ids, strict=True))
    return ids_by_message_id(connection, message_ids)


def _by_table(stored: Sequence[tuple[Laid, Row]], ids: Mapping[str, Any]) -> dict[Table, Sequence[TraitRow]]:
    return {TRAITS[kind]: rows for kind, rows in trait_rows(stored, ids).items() if rows}


def _insert_traits(connection: Connection, stored: Sequence[tuple[Laid, Row]], ids: dict[str, int]) -> None:
    try:
        tables = _by_table(stored, ids)
        if tables:
            engines.of(connection.dialect).insert_children(connection, TRAIT_COLUMNS, tables)
    except IntegrityError as error:
        # The ids are new, so only names inside one event can collide. Trying again would not help.
        events = [laid.event for laid, _row in stored]
        reasons = name_collisions(events, collation_weights(connection, events))
        if reasons:
            raise TraitNamesCollideError(reasons) from error
        raise
