"""The loop that makes events of messages and stores them."""

import logging
import time
from collections.abc import Callable

from panko.collector.desk import Batch, Desk, Outcome
from panko.collector.making.intake import Intake
from panko.collector.meters import Meters
from panko.collector.patience import Clock
from panko.collector.storing import GivenBackError, Storing

LOG = logging.getLogger(__name__)
LOOK_SECONDS = 1.0


class Worker:
    """Works on what comes to one desk, until the clock says stop."""

    def __init__(self, desk: Desk, intake: Intake, storing: Storing, *, meters: Meters, clock: Clock) -> None:
        self._desk = desk
        self._intake = intake
        self._storing = storing
        self._meters = meters
        self._clock = clock

    def run(self, progress: Callable[[], None]) -> None:
        """Work, and tell of progress."""
        while not self._clock.stopping.is_set():
            progress()
            batch = self._desk.take(LOOK_SECONDS)
            if batch is not None:
                self._desk.give(self._work(batch))

    def _work(self, batch: Batch) -> Outcome:
        if batch.channel != self._desk.channel:  # it comes again, by the channel that is open now
            return Outcome(batch, is_stored=False)
        begin = time.perf_counter()
        found = self._intake.sort(batch.letters)
        try:
            refusals = self._storing.store(found)
        except GivenBackError as error:
            LOG.warning("%d messages go back to their queue: %s", len(batch.letters), error)
            self._wait_for_database()
            return Outcome(batch, is_stored=False)
        self._meters.time_batch(time.perf_counter() - begin)
        self._meters.count_dropped(found.dropped)
        return Outcome(batch, refusals)

    def _wait_for_database(self) -> None:
        """Have all messages go back, and none taken until the database answers."""
        self._desk.is_paused.set()
        self._desk.must_release.set()
        if self._storing.wait_until_available():
            self._desk.is_paused.clear()
