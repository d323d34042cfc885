"""Once through dead letters: what can be stored now is, and leaves the queue; the rest stays."""

import dataclasses
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from panko.collector.letters import Letter, Refusal
from panko.collector.making.intake import Intake, Sorted
from panko.collector.storing import GivenBackError, Storing
from panko.errors import StorageUnavailableError
from panko.storage import Recorded

BATCH = 100

Filed = tuple[str, Letter]  # a dead letter with its reason


@dataclasses.dataclass(frozen=True, slots=True)
class Wanted:
    """Which dead letters are taken: of these reasons, or of all; until so many have left; whether none is changed."""

    reasons: frozenset[str]
    limit: int
    is_dry: bool


@dataclasses.dataclass(slots=True)
class Replayed:
    """What became of the dead letters that were looked at."""

    created: int = 0
    duplicates: int = 0
    dropped: int = 0
    still: Counter[str] = dataclasses.field(default_factory=Counter)
    others: int = 0
    left: int = 0

    def described(self, *, is_dry: bool) -> str:
        """Say it in a line."""
        stored = (
            f"{self.created} events could be stored"
            if is_dry
            else f"{self.created} events stored, {self.duplicates} were stored before"
        )
        still = ", ".join(f"{number} {reason}" for reason, number in sorted(self.still.items())) or "none"
        return f"{stored}, {self.dropped} dropped; dead letters that stay: {still}; left alone: {self.others}"


class Queue(Protocol):
    """The queue of dead letters; what is neither acknowledged nor buried stays in it."""

    def letters(self) -> Iterable[Filed]:
        """Yield each that is there now, with its reason."""

    def acknowledge(self, letter: Letter) -> None:
        """Take one out."""

    def bury(self, refusals: Sequence[Refusal]) -> None:
        """Add some to its end, and return when RabbitMQ has them."""


class Replay:
    """Once through the dead letters of one RabbitMQ."""

    def __init__(self, queue: Queue, wanted: Wanted, *, intake: Intake, storing: Storing, done: Replayed) -> None:
        self._queue = queue
        self._wanted = wanted
        self._intake = intake
        self._storing = storing
        self._done = done

    def run(self) -> None:
        """Look at those that are there, until so many have left as are wanted; what stays counts for nothing."""
        wanted = self._wanted_letters()
        while batch := list(itertools.islice(wanted, min(BATCH, self._wanted.limit - self._done.left))):
            self._take(batch)

    def _wanted_letters(self) -> Iterator[Filed]:
        for reason, letter in self._queue.letters():
            if self._wanted.reasons and reason not in self._wanted.reasons:
                self._done.others += 1
                continue
            yield reason, letter

    def _take(self, batch: Sequence[Filed]) -> None:
        found = self._intake.sort([letter for _, letter in batch])
        refusals = found.refusals
        self._done.dropped += found.dropped
        if self._wanted.is_dry:
            self._done.created += len(found.events)
        else:
            refusals = self._stored(found)
            self._settle(batch, refusals)
        self._done.left += len(batch) - len(refusals)
        self._done.still.update(refusal.reason.value for refusal in refusals)

    def _stored(self, found: Sorted) -> list[Refusal]:
        try:
            return self._storing.store(found)
        except GivenBackError as error:
            raise StorageUnavailableError(
                "The database takes no events; the log says why. Nothing is lost; start again when it does."
            ) from error

    def _settle(self, batch: Sequence[Filed], refusals: Sequence[Refusal]) -> None:
        """Take what is stored out of the queue; what has another reason now goes to its end with that."""
        reasons = {letter.tag: reason for reason, letter in batch}
        changed = [one for one in refusals if one.reason.value != reasons[one.letter.tag]]
        self._queue.bury(changed)
        staying = {one.letter.tag for one in refusals} - {one.letter.tag for one in changed}
        for _, letter in batch:
            if letter.tag not in staying:
                self._queue.acknowledge(letter)


@dataclasses.dataclass(frozen=True, slots=True)
class Counting:
    """Counts what is stored."""

    done: Replayed

    def committed(self, recorded: Recorded) -> None:
        """Add it."""
        self.done.created += recorded.created
        self.done.duplicates += recorded.duplicates

    def waiting(self, *, is_waiting: bool) -> None:
        """Nobody looks."""

    def progress(self) -> None:
        """Nobody looks."""
