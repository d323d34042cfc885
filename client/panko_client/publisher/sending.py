"""Sends what waits in a queue, one request after the other, for as long as the process lives.

An event leaves the queue when the API has said that it is stored, or that it never will be. Everything else, a missing
right or a missing endpoint too, is waited for: somebody will put it in order, and no event is lost meanwhile.
"""

import logging
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Final

from panko_client.delivery import Post, Settled, deliver
from panko_client.errors import PankoClientError, RequestError
from panko_client.patience import Backoff, Clock
from panko_client.publisher.queue import Queue, Waiting
from panko_client.publisher.refused import Refused

LOG = logging.getLogger(__name__)
TOLD_EVERY_SECONDS: Final = 30.0
IDLE_SECONDS: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How many events a request has, and how long is waited after one that failed."""

    batch: int
    backoff: Backoff
    clock: Clock = field(default_factory=Clock)


class Sending:
    """Empties a queue by a thread of its own."""

    def __init__(
        self, queue: Queue, post: Post, *, refused: Refused, pace: Pace, settled: Callable[[Collection[int]], None]
    ) -> None:
        self._queue = queue
        self._post = post
        self._refused = refused
        self._pace = pace
        self._settled = settled
        self._wanted = threading.Event()
        self._ends = threading.Event()
        self._failures = 0
        self._failing_since = 0.0
        self._told_at: float | None = None
        self._thread = threading.Thread(target=self._run, name="panko-api", daemon=True)

    def start(self) -> None:
        """Begin with what waits already."""
        self._thread.start()

    def wake(self) -> None:
        """Look into the queue now."""
        self._wanted.set()

    def stop(self, seconds: float) -> None:
        """End after the request that is under way."""
        self._ends.set()
        self._wanted.set()
        self._thread.join(seconds)

    def _run(self) -> None:
        while not self._ends.is_set():
            self._wanted.clear()
            try:
                sent = self._send()
            except Exception as error:  # noqa: BLE001 - the thread must outlive whatever happens
                self._ends.wait(self._failed(error))
                continue
            if not sent:
                self._wanted.wait(IDLE_SECONDS)

    def _send(self) -> bool:
        """Send a batch of the oldest. Return whether there was one; raise what is no event's fault."""
        batch = self._queue.first(self._pace.batch)
        if not batch:
            return False
        for piece in deliver(self._post, batch):
            self._settle(piece)
        self._recovered()
        return True

    def _settle(self, piece: Settled[Waiting]) -> None:
        numbers = [one.number for one in piece.events]
        if piece.refusal is not None:
            for one in piece.events:
                self._refused.keep(one.body, piece.refusal)
        self._queue.remove(numbers)
        self._settled(numbers)

    def _failed(self, error: Exception) -> float:
        """Return how long to wait. Log why at once, and then every half minute."""
        now = self._pace.clock.monotonic()
        self._failures += 1
        if self._failures == 1:
            self._failing_since = now
        if self._told_at is None or now - self._told_at >= TOLD_EVERY_SECONDS:
            self._told_at = now
            LOG.warning("Events are not stored yet, %s wait and are tried again: %s", self._waiting(), _reason(error))
        answer = error if isinstance(error, RequestError) else None
        return self._pace.backoff.pause(self._failures, answer, self._pace.clock.chance())

    def _recovered(self) -> None:
        failed = self._failures > 0
        self._failures, self._told_at = 0, None
        if failed:
            lasted = self._pace.clock.monotonic() - self._failing_since
            LOG.info("Events are stored again after %d seconds; %s wait", lasted, self._waiting())

    def _waiting(self) -> str:
        return _said(lambda: str(len(self._queue)), "some")


def _reason(error: Exception) -> str:
    kind = type(error).__name__
    return _said(lambda: str(error) if isinstance(error, PankoClientError) else f"{kind}: {error}", kind)


def _said(text: Callable[[], str], otherwise: str) -> str:
    """Return a part of a line of the log, which must not end the thread that writes it."""
    try:
        return text()
    except Exception:  # noqa: BLE001 - a line that says less is better than a thread that sends nothing
        return otherwise
