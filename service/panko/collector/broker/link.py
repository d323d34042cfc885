"""The loop that keeps a connection to a RabbitMQ, hands messages over, and acknowledges what is done with."""

import contextlib
import dataclasses
import itertools
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from panko.collector.broker.address import Address, Host
from panko.collector.broker.gathered import Gathered
from panko.collector.desk import Desk, Outcome
from panko.collector.health import Health
from panko.collector.letters import Letter
from panko.collector.meters import Meters
from panko.collector.patience import Clock
from panko.collector.settings import Settings
from panko.pauses import Pauses

if TYPE_CHECKING:
    from panko.collector.broker.session import Session

LOG = logging.getLogger(__name__)
IDLE_SECONDS = 1.0
BUSY_SECONDS = 0.02  # while a batch is at work: so late is it acknowledged
GRACE_SECONDS = 10.0  # for the batch at work when the program ends
MIB = 1024 * 1024
BATCH_BYTES = 16 * MIB  # a batch is handed over when it is so large, however few messages it has
HELD_BYTES = 64 * MIB  # of more than this everything goes back, and fewer messages come
FEWER_SECONDS = 600.0  # after which as many come as before


@dataclasses.dataclass(frozen=True, slots=True)
class Way:
    """Where a RabbitMQ is, and what connects to a host of it and declares what there has to be."""

    address: Address
    open: "Callable[[Host, Callable[[], None]], Session]"


class Link:
    """Messages of one RabbitMQ, as long as the clock goes on."""

    def __init__(
        self, way: Way, settings: Settings, desk: Desk, *, clock: Clock, health: Health, meters: Meters
    ) -> None:
        self._address = way.address
        self._settings = settings
        self._desk = desk
        self._open = way.open
        self._clock = clock
        self._health = health
        self._meters = meters
        self._pauses = Pauses()
        self._gathered = Gathered()
        self._first_at = 0.0
        self._prefetch = self._most = 2 * settings.batch_size
        self._fewer_until = 0.0
        self._end_at: float | None = None
        self._progress: Callable[[], None] = lambda: None
        health.connected(way.address.name, is_connected=False)

    def run(self, progress: Callable[[], None]) -> None:
        """Connect, and again whenever the connection is lost; tell of progress."""
        said, self._progress = "", progress
        for host in itertools.cycle(self._address.hosts):
            progress()
            try:
                with self._session(self._open(host, progress)) as session:
                    LOG.info("Connected to RabbitMQ %s.", host.address)
                    said = ""
                    self._serve(session)
            except Exception as error:  # noqa: BLE001 - of the library, of TLS or of the network: the next try tells
                reason = f"{type(error).__name__}: {error}"
                if reason != said:
                    LOG.warning("RabbitMQ %s cannot be used, and is tried again: %s", host.address, reason)
                said = reason
            if not self._clock.pause(self._pauses.next(), tell=progress):
                return

    @contextlib.contextmanager
    def _session(self, session: "Session") -> "Iterator[Session]":
        self._health.connected(self._address.name, is_connected=True)
        try:
            yield session
        finally:
            self._health.connected(self._address.name, is_connected=False)
            self._begin_channel()  # what is handed over is stale
            session.close()

    def _begin_channel(self) -> None:
        self._desk.channel += 1
        self._desk.clear()
        self._gathered = Gathered()

    def _release(self, session: "Session") -> None:
        """Have everything go back that is not acknowledged, and what was handed over be stale."""
        session.release()
        self._begin_channel()

    def _serve(self, session: "Session") -> None:
        while not self._clock.stopping.is_set():
            self._progress()
            self._settle(session)
            if self._desk.must_release.is_set():
                self._desk.must_release.clear()
                self._release(session)
            self._weigh(session)
            if not session.is_consuming and not self._desk.is_paused.is_set():
                self._begin_channel()
                session.consume(list(self._settings.queues), self._receive, prefetch=self._prefetch)
            self._hand_over()
            session.wait(self._seconds())
        self._end(session)

    def _end(self, session: "Session") -> None:
        """Let the batch at work come to its end, and everything else go back to its queue."""
        self._gathered = Gathered()
        self._desk.clear()
        while not self._desk.is_idle and self._goes_on():
            session.wait(BUSY_SECONDS)
            self._gathered = Gathered()
            self._settle(session)

    def _goes_on(self) -> bool:
        """Tell of progress, and whether to finish what was begun: on a stop for some seconds only."""
        self._progress()
        if not self._clock.stopping.is_set():
            return True
        if self._end_at is None:
            self._end_at = self._clock.now() + GRACE_SECONDS
        return self._clock.now() < self._end_at

    def _receive(self, letter: Letter) -> None:
        if not self._gathered:
            self._first_at = self._clock.now()
        self._gathered.add(letter)
        self._meters.count_message()

    def _hand_over(self) -> None:
        """Hand a full batch over, or what has gathered for long enough when nothing else is at work."""
        gathered, size = self._gathered, self._settings.batch_size
        is_full = len(gathered) >= size or gathered.size_bytes >= BATCH_BYTES
        if is_full or (gathered and self._desk.is_idle and self._left() <= 0):
            self._desk.put(gathered.take(size, BATCH_BYTES))
            self._first_at = self._clock.now()

    def _weigh(self, session: "Session") -> None:
        """Have fewer messages come where those that are held are too large; there is no bound of bytes in AMQP."""
        if self._prefetch < self._most and self._clock.now() >= self._fewer_until and self._desk.is_idle:
            self._prefetch = self._most
            self._release(session)
        held = self._gathered.size_bytes + self._desk.outstanding_bytes
        if held <= HELD_BYTES or self._prefetch == 1:  # one of each queue has to be held, whatever its size
            return
        share = self._prefetch * HELD_BYTES // held
        self._prefetch = max(1, min(share, self._prefetch) // 2)
        self._fewer_until = self._clock.now() + FEWER_SECONDS
        LOG.warning("%d MiB of messages are held: they go back, and %d come at a time.", held // MIB, self._prefetch)
        self._release(session)

    def _left(self) -> float:
        return self._first_at + self._settings.batch_seconds - self._clock.now()

    def _seconds(self) -> float:
        """Return how long to wait for messages."""
        if not self._desk.is_idle:
            return BUSY_SECONDS
        return min(IDLE_SECONDS, max(self._left(), 0.0)) if self._gathered else IDLE_SECONDS

    def _settle(self, session: "Session") -> None:
        """Acknowledge what is stored. What is not goes back at once: a later acknowledgement would be of it too."""
        for outcome in self._desk.outcomes():
            is_open = outcome.batch.channel == self._desk.channel
            if is_open and not (outcome.is_stored and self._acknowledge(session, outcome)):
                self._release(session)

    def _acknowledge(self, session: "Session", outcome: Outcome) -> bool:
        """Acknowledge a batch, when what could not be stored of it is safe elsewhere; False when a stop was sooner."""
        if outcome.refusals and not session.bury(outcome.refusals, self._goes_on):
            return False
        session.acknowledge(outcome.batch.letters[-1].tag)
        self._pauses.begin_again()  # only now: a queue of dead letters may be what does not work
        if outcome.refusals:
            self._tell_dead_letters(outcome)
        return True

    def _tell_dead_letters(self, outcome: Outcome) -> None:
        for refusal in outcome.refusals:
            self._meters.count_dead_letter(refusal.reason)
        reasons = Counter(refusal.reason.value for refusal in outcome.refusals)
        told = ", ".join(f"{number} {reason}" for reason, number in sorted(reasons.items()))
        LOG.warning("Dead letters of %s: %s.", self._address.name, told)
