"""Where two threads hand work over: one speaks with RabbitMQ, the other makes events and stores them."""

import dataclasses
import queue
import threading
from collections.abc import Iterator, Sequence

from panko.collector.letters import Letter, Refusal


@dataclasses.dataclass(frozen=True, slots=True)
class Batch:
    """Messages in the order in which they came by the channel of this number."""

    channel: int
    letters: Sequence[Letter]

    @property
    def size_bytes(self) -> int:
        """The bytes of their bodies."""
        return sum(len(letter.body) for letter in self.letters)


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """A batch that is done with: stored, but for what is to be set aside; or not stored, and to be given back."""

    batch: Batch
    refusals: Sequence[Refusal] = ()
    is_stored: bool = True


class Desk:
    """The work of one connection. `channel` is the number of the one that is open: what came by another is stale."""

    def __init__(self) -> None:
        self.channel = 0
        self.must_release = threading.Event()  # set by who stores: messages have to go back to the queue
        self.is_paused = threading.Event()  # by the same: nothing is to be taken from the queue
        self._batches: queue.Queue[Batch] = queue.Queue()
        self._outcomes: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
        self._outstanding = 0  # of the thread that puts batches and reads outcomes
        self.outstanding_bytes = 0  # as above

    def put(self, letters: Sequence[Letter]) -> None:
        """Hand messages over, that came by the open channel."""
        batch = Batch(self.channel, letters)
        self._outstanding += 1
        self.outstanding_bytes += batch.size_bytes
        self._batches.put(batch)

    def outcomes(self) -> Iterator[Outcome]:
        """Yield what is done with by now."""
        while True:
            try:
                outcome = self._outcomes.get_nowait()
            except queue.Empty:
                return
            self._has_come_back(outcome.batch)
            yield outcome

    @property
    def is_idle(self) -> bool:
        """Tell whether nothing that was handed over is still to come back."""
        return self._outstanding == 0

    def take(self, seconds: float) -> Batch | None:
        """Wait for messages; None when none came."""
        return self._batch(timeout=seconds)

    def clear(self) -> None:
        """Take back what nobody has begun with."""
        while (batch := self._batch(block=False)) is not None:
            self._has_come_back(batch)

    def give(self, outcome: Outcome) -> None:
        """Hand over what became of a batch."""
        self._outcomes.put(outcome)

    def _batch(self, *, block: bool = True, timeout: float | None = None) -> Batch | None:
        try:
            return self._batches.get(block, timeout)
        except queue.Empty:
            return None

    def _has_come_back(self, batch: Batch) -> None:
        self._outstanding -= 1
        self.outstanding_bytes -= batch.size_bytes
