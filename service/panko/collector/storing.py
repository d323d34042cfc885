"""Stores the events of a batch, however long the database is away, and finds out which of them it does not take."""

import dataclasses
import logging
from collections.abc import Callable, Sequence
from typing import Protocol

from panko.collector.letters import Reason, Refusal
from panko.collector.making.intake import Sorted
from panko.collector.patience import Clock
from panko.errors import EventConflictError, PankoError, StorageUnavailableError, without_values
from panko.event import Event
from panko.pauses import HOLD_SECONDS, Pauses
from panko.publisher.refusing import NOTHING, Refused, record
from panko.storage import Connection, Recorded

LOG = logging.getLogger(__name__)
# After so many tries that stored nothing one asks whether the database takes anything, before it is asked for each.
MOST_FAILURES = 20


class GivenBackError(PankoError):
    """The events are not stored, and their messages have to go back to the queue."""


class Watching(Protocol):
    """Somebody who wants to know."""

    def committed(self, recorded: Recorded) -> None:
        """Hear that events are stored."""

    def waiting(self, *, is_waiting: bool) -> None:
        """Hear that the database is waited for, or not any more."""

    def progress(self) -> None:
        """Hear that the loop goes on."""


@dataclasses.dataclass(frozen=True, slots=True)
class Storing:
    """Stores through a connection; `hold_seconds` after which a database that is away is no longer waited for."""

    connection: Connection
    clock: Clock
    watching: Watching
    hold_seconds: float = HOLD_SECONDS
    pauses: Callable[[], Pauses] = Pauses

    def store(self, found: Sorted) -> list[Refusal]:
        """Return after COMMIT what is set aside. Raise GivenBackError when it took too long, or on a stop."""
        if not found.events:
            return found.refusals
        pauses, deadline = self.pauses(), self.clock.now() + self.hold_seconds
        while True:
            try:
                sifting = _Sifting(self.connection, found.events)
                sifting.run()
                break
            except Exception as error:  # noqa: BLE001 - whatever it is, the events are still to be stored
                self._tell(error)
            if self.clock.now() >= deadline:
                raise GivenBackError("The database has been away for too long.")
            if not self.clock.pause(pauses.next(), tell=self.watching.progress):
                raise GivenBackError("The collector stops.")
        self.watching.waiting(is_waiting=False)
        self.watching.committed(sifting.recorded)
        _tell_refused(sifting.refused)
        return _set_aside(found, sifting.refused)

    def wait_until_available(self) -> bool:
        """Return when the database takes events; False on a stop."""
        pauses = self.pauses()
        while self.clock.pause(pauses.next(), tell=self.watching.progress):
            try:
                self.connection.check_writing()
            except Exception as error:  # noqa: BLE001 - as above
                self._tell(error)
            else:
                self.watching.waiting(is_waiting=False)
                return True
        return False

    def _tell(self, error: Exception) -> None:
        self.watching.waiting(is_waiting=True)
        LOG.warning("Events are not stored yet, and tried again: %s", without_values(error))


@dataclasses.dataclass(frozen=True, slots=True)
class _Refused:
    index: int
    reason: Reason
    detail: str


@dataclasses.dataclass(slots=True)
class _Sifting:
    """Stores what the database takes of some events: by halves where it refuses, down to the event that it is."""

    connection: Connection
    events: Sequence[Event]
    recorded: Recorded = NOTHING
    refused: list[_Refused] = dataclasses.field(default_factory=list)
    failures: int = 0
    takes_others: bool = False

    def run(self) -> None:
        """Store them; raise where it is not the fault of some of them."""
        waiting = [range(len(self.events))]
        while waiting:
            waiting[:0] = self._part(waiting.pop(0))
        if self.failures:
            self._require_others()

    def _part(self, part: range) -> list[range]:
        """Store a part, or return the smaller ones to try."""
        try:
            recorded, others = record(self.connection, [self.events[index] for index in part])
        except StorageUnavailableError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a database has against an event
            return self._smaller(part, error)
        self.takes_others = True  # also where it has named each of them: it has looked at them
        self.recorded += recorded
        self.refused += [_named(part[one.index], one) for one in others]
        return []

    def _smaller(self, part: range, error: Exception) -> list[range]:
        self.failures += 1
        if self.failures >= MOST_FAILURES:
            self._require_others()
        if len(part) > 1:
            middle = part.start + len(part) // 2
            return [range(part.start, middle), range(middle, part.stop)]
        detail = f"The database refuses the event, and takes others: {type(error).__name__}."
        self.refused.append(_Refused(part[0], Reason.REFUSED, detail))
        return []

    def _require_others(self) -> None:
        """Return when the database takes anything at all; raise what is wrong with it."""
        if not self.takes_others:
            self.connection.check_writing()
            self.takes_others = True


def _named(index: int, refused: Refused) -> _Refused:
    kind = Reason.CONFLICT if isinstance(refused.error, EventConflictError) else Reason.INVALID
    return _Refused(index, kind, f"The event cannot be stored: {refused.reason}.")


def _tell_refused(refused: Sequence[_Refused]) -> None:
    for one in refused:
        if one.reason is Reason.REFUSED:
            LOG.error("%s", one.detail)


def _set_aside(found: Sorted, refused: Sequence[_Refused]) -> list[Refusal]:
    """Return the messages without an event and those of refused events, each once."""
    letters = found.letters
    of_database = {letters[one.index].tag: Refusal(letters[one.index], one.reason, one.detail) for one in refused}
    before = {refusal.letter.tag for refusal in found.refusals}
    return [*found.refusals, *(refusal for tag, refusal in of_database.items() if tag not in before)]
