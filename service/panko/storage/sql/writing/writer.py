"""How events are stored: all of them or none, in few statements whatever their number.

The first try inserts at once, for nearly every event is new. When a unique key refuses, the next try looks first
what is stored already. Never INSERT IGNORE: it turns what does not fit into warnings, a loss behind a success.
"""

import dataclasses
import itertools
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError

from panko.errors import EventConflictError, InvalidEventsError
from panko.event import Event
from panko.storage.sql import engines
from panko.storage.sql.rows.collation import collation_weights, name_collisions
from panko.storage.sql.rows.encode import Row, event_row, trait_rows
from panko.storage.sql.rows.load import ids_by_message_id, stored_events
from panko.storage.sql.rows.sameness import differ, distinct
from panko.storage.sql.rows.statement_size import TooLargeError, chunks_of, require_room
from panko.storage.sql.rows.tables import EVENT, EVENT_COLUMNS, TRAIT_COLUMNS, TRAITS
from panko.storage.sql.session.failures import is_missing_row
from panko.storage.sql.session.retry import Retry
from panko.storage.sql.writing.event_types import EventTypes
from panko.storage.sql.writing.trait_names import Key, TraitNames, complete, names_of

RETURNED = ("message_id", "id")


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


@dataclasses.dataclass(frozen=True, slots=True)
class Writer:
    """Writes through `engine`, whose transactions are meant for writing."""

    engine: Engine
    retry: Retry
    event_types: EventTypes = dataclasses.field(default_factory=EventTypes)
    trait_names: TraitNames = dataclasses.field(default_factory=TraitNames)

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
        return stored.created

    def _store(self, connection: Connection, events: list[Event], *, look_first: bool) -> Stored:
        if look_first:
            events = _without_stored(connection, events)
        type_ids = self.event_types.resolve(connection, {event.event_type for event in events})
        rows = [event_row(event, type_ids[event.event_type]) for event in events]
        ids = _insert_events(connection, rows)
        _insert_traits(connection, list(zip(events, rows, strict=True)), ids)
        names = complete(connection, _names(events, type_ids), self.trait_names)
        return Stored(frozenset(ids), type_ids, names)


def _names(events: Sequence[Event], type_ids: Mapping[str, int]) -> set[Key]:
    return set().union(*(names_of(type_ids[event.event_type], event.generated, event.traits) for event in events))


def _named(events: Sequence[Event], reasons: Mapping[str, str]) -> list[tuple[int, str]]:
    """Name events by their index in what the caller sent."""
    return [(index, reasons[event.message_id]) for index, event in enumerate(events) if event.message_id in reasons]


def _without_stored(connection: Connection, events: list[Event]) -> list[Event]:
    new = {event.message_id: event for event in events}
    found = stored_events(connection, list(new))
    conflicts = sorted(stored.message_id for stored in found if differ(new.pop(stored.message_id), stored))
    if conflicts:
        raise EventConflictError(conflicts)
    return list(new.values())


def _insert_events(connection: Connection, rows: Sequence[Row]) -> dict[str, int]:
    """Insert and return the ids by message_id; MySQL cannot return them, so they are read back."""
    ids: dict[str, int] = {}
    require_room(connection, rows)
    insert_rows = engines.of(connection.dialect).insert_rows
    returning = RETURNED if connection.dialect.insert_returning else ()
    for chunk in chunks_of(rows):
        values = [tuple(map(row.__getitem__, EVENT_COLUMNS)) for row in chunk]
        ids.update(insert_rows(connection, EVENT, EVENT_COLUMNS, values, returning))
        if not returning:
            ids |= ids_by_message_id(connection, [row["message_id"] for row in chunk])
    return ids


def _insert_traits(connection: Connection, stored: Sequence[tuple[Event, Row]], ids: dict[str, int]) -> None:
    try:
        for kind, rows in trait_rows(stored, ids).items():
            if rows:
                engines.of(connection.dialect).insert_rows(connection, TRAITS[kind], TRAIT_COLUMNS, rows)
    except IntegrityError as error:
        # The ids are new, so only names inside one event can collide. Trying again would not help.
        events = [event for event, _row in stored]
        reasons = name_collisions(events, collation_weights(connection, events))
        if reasons:
            raise TraitNamesCollideError(reasons) from error
        raise
