"""How fast events are deleted: in small batches and with pauses while others use the database."""

from collections.abc import Callable

from panko.storage import Connection
from panko.storage.sql.session.retry import Clock

# Others are at work when they send so many statements a second; then batches are small, and half of the time is theirs.
STATEMENTS_OF_A_BUSY_SECOND = 10
SMALL_BATCH_SIZE = 200


class Others:
    """Those who use the database as well."""

    def __init__(self, store: Connection, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._count, self._at = store.statements_of_others(), clock.now()

    def are_at_work(self) -> bool:
        """Tell whether they sent many statements since this was asked last."""
        count, at = self._store.statements_of_others(), self._clock.now()
        enough = STATEMENTS_OF_A_BUSY_SECOND * (at - self._at)
        are_at_work = count > self._count and count - self._count >= enough
        self._count, self._at = count, at
        return are_at_work


class Pacing:
    """`size` is how many events the next batch may have."""

    def __init__(self, store: Connection, batch_size: int, clock: Clock, *, is_over: Callable[[], bool]) -> None:
        self._others = Others(store, clock)
        self._batch_size = batch_size
        self._clock = clock
        self._is_over = is_over
        self._begin = clock.now()
        self.size = batch_size

    def begin(self) -> None:
        """Note that a batch begins."""
        self._begin = self._clock.now()

    def end(self) -> None:
        """Note that it has ended, and leave the database to others for as long as it took when they are at work.

        There are no pauses when it is over: who has sent SIGTERM does not wait for long.
        """
        seconds = self._clock.now() - self._begin
        self.size = self._batch_size
        if self._others.are_at_work():
            self.size = min(self._batch_size, SMALL_BATCH_SIZE)
            if not self._is_over():
                self._clock.sleep(seconds)
