"""Stores what an agent hands over: returns when all that can be stored is, and raises only when trying again may help.

An agent acknowledges a notification once its publisher returns. So an event that nobody can ever store is named in the
log and left out, and a database that is away is waited for: meanwhile the notification stays in the message bus.
"""

import dataclasses
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from panko import validation
from panko.errors import InvalidInputError, without_values
from panko.event import Event
from panko.pauses import HOLD_SECONDS, LONGEST_SECONDS, Pauses
from panko.publisher import wire
from panko.publisher.refusing import record, why_invalid
from panko.storage import Connection

LOG = logging.getLogger(__name__)

T = TypeVar("T")


@dataclasses.dataclass(frozen=True, slots=True)
class Store:
    """An open database, and the bytes of JSON that the raw of an event may have in it."""

    connection: Connection
    max_raw_bytes: int


@dataclasses.dataclass(frozen=True, slots=True)
class Clock:
    """Time, injected for the tests."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclasses.dataclass(frozen=True, slots=True)
class Patience:
    """How long a database is waited for, with growing pauses."""

    seconds: float = HOLD_SECONDS
    pauses: Callable[[], Pauses] = Pauses
    clock: Clock = dataclasses.field(default_factory=Clock)


class Recording:
    """The events of one agent. Safe to use from many threads, which then share transactions."""

    def __init__(self, open_store: Callable[[], Store], patience: Patience) -> None:
        self._open_store = open_store
        self._patience = patience
        self._lock = threading.Lock()
        self._store: Store | None = None
        self._told_at: float | None = None

    def record(self, events: Sequence[wire.Serializable | Mapping[str, Any]]) -> None:
        """Return when all events that can be stored are. Raise what the last try raised when patience is over."""
        store = self._patiently(self.store)
        valid = [event for event in (_valid(sent, store.max_raw_bytes) for sent in events) if event]
        if valid:
            self._patiently(lambda: _record(store.connection, valid))

    def store(self) -> Store:
        """Return the open database. Raise ConfigurationError until there is a configuration that can be used."""
        with self._lock:
            if self._store is None:
                self._store = self._open_store()
            return self._store

    def _patiently(self, attempt: Callable[[], T]) -> T:
        clock, pauses = self._patience.clock, self._patience.pauses()
        deadline = clock.now() + self._patience.seconds
        while True:
            try:
                return attempt()
            except Exception as error:
                left = deadline - clock.now()
                if left <= 0:
                    raise
                self._tell(error, left)
                clock.sleep(min(pauses.next(), left))

    def _tell(self, error: Exception, left_seconds: float) -> None:
        """Log why nothing is stored: once for all threads, and again when the longest pause is over."""
        now = self._patience.clock.now()
        with self._lock:
            if self._told_at is not None and now - self._told_at < LONGEST_SECONDS:
                return
            self._told_at = now
        LOG.warning("Events are not stored yet, trying again for %d seconds: %s", left_seconds, without_values(error))


def _valid(sent: wire.Serializable | Mapping[str, Any], max_raw_bytes: int) -> Event | None:
    """Return an event, or name it in the log when it can never be stored."""
    try:
        payload = wire.serialized(sent)
        return validation.events(payload, max_raw_bytes=max_raw_bytes, now=datetime.now(UTC))[0]
    except InvalidInputError as error:
        _dropped(wire.message_id(sent), why_invalid(error))
    return None


def _record(connection: Connection, events: Sequence[Event]) -> None:
    _recorded, refused = record(connection, events)
    for one in refused:
        _dropped(ascii(events[one.index].message_id), one.reason)


def _dropped(message_id: str, reason: str) -> None:
    LOG.error("Event %s is dropped, it can never be stored: %s", message_id, reason)
