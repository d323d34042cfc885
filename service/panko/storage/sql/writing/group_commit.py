"""Small writes that come at once share a transaction: one COMMIT answers all of them, each only after it.

A publisher sends one event at a time, and a COMMIT waits for a disk. While one thread commits, the others' events
gather, and the next thread takes them all. Nobody waits for company: a lone event is stored at once.

Five threads of a process, each with one event; a COMMIT takes 2 ms:

    ms 0   A finds nobody storing: it stores its own event, alone.
    ms 1   B, C, D and E come, and wait.
    ms 2   A's COMMIT is done. A answers, and wakes the others; B takes the events of all four.
    ms 4   B's COMMIT is done: all four know what became of theirs, and answer.

Five events in 4 ms instead of 10, by these statements of B, and three more threads that sent none::

    BEGIN
    INSERT INTO event (message_id, …) VALUES ('b', …), ('c', …), ('d', …), ('e', …)
    INSERT INTO trait_text (event_id, key, value, owner) VALUES …
    COMMIT

Sharing must not be seen. When the shared transaction is refused (D's event is stored with other content), each caller's
events are stored alone, so that only D gets the 409. When the database does not answer, everybody is told the same:
whether the COMMIT counts nobody knows, and sending again is right. An event that two callers sent at once is `created`
for the first and a duplicate for the other. And who waits longer than a client would gets a certain no: it takes its
events back, which nobody has tried to store.
"""

import dataclasses
import threading
from collections.abc import Callable, Sequence

from panko.errors import StorageUnavailableError
from panko.event import Event
from panko.storage import Recorded
from panko.storage.sql.engines.failure import BUSY

SMALL = 20  # events; larger writes gain nothing
MOST = 200  # events that share a transaction
PATIENCE_SECONDS = 8.0

Store = Callable[[Sequence[Event]], frozenset[str]]


@dataclasses.dataclass(slots=True, eq=False)
class Request:
    """The events of one caller, and what became of them; two of the same content are two."""

    events: Sequence[Event]
    recorded: Recorded | None = None
    error: Exception | None = None

    @property
    def is_done(self) -> bool:
        """Tell whether the caller can be answered."""
        return self.recorded is not None or self.error is not None

    def answer(self) -> Recorded:
        """Return or raise what became of the events."""
        if self.error is not None:
            raise self.error
        assert self.recorded is not None  # noqa: S101 - who calls has seen is_done
        return self.recorded


class Gathering:
    """Stores through `store`, which stores all events or none and returns the message_ids of the new ones."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._changed = threading.Condition()
        self._waiting: list[Request] = []
        self._is_storing = False

    def record(self, events: Sequence[Event]) -> Recorded:
        """Store the events; see `panko.storage.Connection.record_events`."""
        request = Request(events)
        if len(events) > SMALL:
            self._alone(request)
            return request.answer()
        batch = self._join(request)
        if batch:
            try:
                self._together(batch)
            finally:
                self._leave(batch)
        return request.answer()

    def _join(self, request: Request) -> list[Request]:
        """Wait until others have stored the events, or return all that this thread has to store."""
        with self._changed:
            self._waiting.append(request)
            self._changed.wait_for(lambda: request.is_done or not self._is_storing, timeout=PATIENCE_SECONDS)
            if self._is_storing and request in self._waiting:
                self._waiting.remove(request)  # nobody has tried yet, so that this is a certain no
                raise StorageUnavailableError(BUSY.reason)
            # What somebody is storing ends within the bounds of the storage.
            self._changed.wait_for(lambda: request.is_done or not self._is_storing)
            if request.is_done:
                return []
            self._is_storing = True
            return self._take(request)

    def _take(self, own: Request) -> list[Request]:
        self._waiting.remove(own)
        batch, count = [own], len(own.events)
        while self._waiting and count + len(self._waiting[0].events) <= MOST:
            batch.append(self._waiting.pop(0))
            count += len(batch[-1].events)
        return batch

    def _leave(self, batch: Sequence[Request]) -> None:
        with self._changed:
            for request in batch:
                if not request.is_done:
                    request.error = StorageUnavailableError(BUSY.reason)
            self._is_storing = False
            self._changed.notify_all()

    def _together(self, batch: Sequence[Request]) -> None:
        if len(batch) == 1:
            self._alone(batch[0])
            return
        try:
            created = self._store([event for request in batch for event in request.events])
        except StorageUnavailableError as error:
            for request in batch:
                request.error = StorageUnavailableError(str(error), retry_after_seconds=error.retry_after_seconds)
        except Exception:  # noqa: BLE001 - whose events are at fault shows when each is stored alone
            for request in batch:
                self._alone(request)
        else:
            _share(batch, created)

    def _alone(self, request: Request) -> None:
        try:
            created = self._store(request.events)
        except Exception as error:  # noqa: BLE001 - it is raised in the thread of the caller
            request.error = error
        else:
            _share([request], created)


def _share(batch: Sequence[Request], created: frozenset[str]) -> None:
    """Tell each caller what was new; of an event that two sent at once, the first one's was."""
    left = set(created)
    for request in batch:
        own = left & {event.message_id for event in request.events}
        left -= own
        request.recorded = Recorded(created=len(own), duplicates=len(request.events) - len(own))
