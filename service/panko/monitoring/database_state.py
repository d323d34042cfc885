"""What was last seen of the database. Whoever asks waits for a moment at most, however sick the database is."""

import dataclasses
import threading
import time
from collections.abc import Callable
from datetime import datetime

from panko.errors import PankoError
from panko.filters import EventFilter, Everything, Page
from panko.storage import Connection

FRESH_SECONDS = 10.0
PATIENCE_SECONDS = 1.0

OLDEST = EventFilter(Everything()), Page(limit=1)


@dataclasses.dataclass(frozen=True, slots=True)
class Seen:
    """The database at one moment of the clock; `problem` says why it could not be used."""

    at: float
    problem: str | None
    revision: str | None = None
    oldest: datetime | None = None


class DatabaseState:
    """Looks at the database in the background, when somebody asks and the last look is some seconds old."""

    def __init__(self, connection: Connection, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._connection = connection
        self._clock = clock
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
            oldest = self._connection.get_events(*OLDEST)
        except PankoError as error:
            return Seen(at=self._clock(), problem=str(error))
        return Seen(self._clock(), None, revision=revision, oldest=oldest[0].generated if oldest else None)
