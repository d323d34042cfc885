"""What was last seen of the database. Whoever asks waits for a moment at most, however sick the database is."""

import dataclasses
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from panko.errors import PankoError
from panko.storage import Connection, Ends

FRESH_SECONDS = 10.0
PATIENCE_SECONDS = 1.0
LATE = timedelta(minutes=2)  # an event that is stored so long after it happened


@dataclasses.dataclass(frozen=True, slots=True)
class Stored:
    """The number of the event that was stored last, and when that was, as far as it is known."""

    number: int
    at: datetime | None


@dataclasses.dataclass(frozen=True, slots=True)
class Seen:
    """The database at one moment of the clock; `problem` says why it could not be used.

    `last` is when an event was stored last, as far as that is known.
    """

    at: float
    problem: str | None
    revision: str | None = None
    oldest: datetime | None = None
    last: datetime | None = None


class DatabaseState:
    """Looks at the database in the background, when somebody asks and the last look is some seconds old."""

    def __init__(
        self,
        connection: Connection,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._connection = connection
        self._clock, self._now = clock, now
        self._stored: Stored | None = None
        self._lock = threading.Lock()
        self._seen: Seen | None = None
        self._looking: threading.Event | None = None

    def seen(self) -> Seen | None:
        """Return what was seen last; None when nothing ever was, and the first look is not over yet."""
        fresh = self._seen is not None and self._clock() - self._seen.at < FRESH_SECONDS
        if not fresh:
            self._look_in_background().wait(PATIENCE_SECONDS)
        return self._seen

    def _look_in_background(self) -> threading.Event:
        with self._lock:
            if self._looking is None:
                self._looking = threading.Event()
                threading.Thread(target=self._look, args=(self._looking,), daemon=True).start()
            return self._looking

    def _look(self, done: threading.Event) -> None:
        try:
            self._seen = self._look_now()
        finally:
            with self._lock:
                self._looking = None
            done.set()

    def _look_now(self) -> Seen:
        try:
            self._connection.check()
            revision = self._connection.revision()
            now = self._now()
            ends = self._connection.ends(until=now)
        except PankoError as error:
            return Seen(at=self._clock(), problem=str(error))
        self._stored = last_stored(ends, self._stored, now=now)
        last = self._stored.at if self._stored else None
        return Seen(self._clock(), None, revision=revision, oldest=ends.oldest, last=last)


def last_stored(ends: Ends, before: Stored | None, *, now: datetime) -> Stored | None:
    """Return when an event was stored last; None where nothing is stored.

    An event has the time at which it happened. What comes late is known by its number alone: by another one than at the
    look before. Who has not looked before knows the time of the newest event.
    """
    if ends.number is None:
        return None
    has_come = before is not None and ends.number > before.number
    is_late = ends.newest is None or now - ends.newest > LATE
    times = [ends.newest, before.at if before else None, now if has_come and is_late else None]
    return Stored(ends.number, max((one for one in times if one is not None), default=None))
