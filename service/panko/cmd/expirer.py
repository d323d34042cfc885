"""`panko-expirer`: removes events older than the time to live, in many short transactions.

Ends when none is left, on SIGTERM after the batch at work, or when it has run for long enough; what is left then is
the next run's. Safe when several run at once.
"""

import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from oslo_config import cfg
from oslo_log import log

from panko import config
from panko.cmd.progress import Progress
from panko.errors import PankoError
from panko.storage import Connection
from panko.storage.sql import ConnectionSettings, connect
from panko.storage.sql.session.retry import Clock

LOG = log.getLogger(__name__)
CLI_OPTS = (
    cfg.IntOpt("max-runtime", default=0, min=0, help="Seconds after which to stop; 0 means when none is left."),
    cfg.BoolOpt("dry-run", default=False, help="Say how many events would be removed, and remove none."),
)
# Counting looks at every old event; nobody else waits for it.
PATIENT = ConnectionSettings(pool_size=1, statement_timeout_seconds=None, read_timeout_seconds=None)
DEFAULT_BATCH_SIZE = 1000
# Others are at work when they send so many statements a second; then batches are small, and half of the time is theirs.
STATEMENTS_OF_A_BUSY_SECOND = 10
SMALL_BATCH_SIZE = 200
REAL_CLOCK = Clock()


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command. Return its exit code."""
    try:
        conf = config.load(sys.argv[1:] if argv is None else argv, prog="panko-expirer", cli_opts=CLI_OPTS)
        if conf.database.event_time_to_live <= 0:
            LOG.info("Nothing to clean, database event time to live is disabled")
            return 0
        _run(conf)
    except PankoError as error:
        print(f"panko-expirer: {error}", file=sys.stderr)
        return 1
    return 0


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


def expire(
    store: Connection,
    older_than: datetime,
    *,
    batch_size: int,
    is_over: Callable[[], bool],
    tell: Callable[[int], None] = lambda _removed: None,
    clock: Clock = REAL_CLOCK,
) -> int:
    """Remove batch after batch until none is left or `is_over`; return how many events were removed.

    Gives way while others are at work. `tell` hears how many events are removed, after every batch.
    """
    removed, size = 0, batch_size
    others = Others(store, clock)
    while not is_over():
        begin = clock.now()
        batch = store.expire(older_than=older_than, batch_size=size)
        seconds = clock.now() - begin
        removed += batch
        tell(removed)
        if batch == 0:
            break
        size = batch_size
        if others.are_at_work():
            size = min(batch_size, SMALL_BATCH_SIZE)
            clock.sleep(seconds)
    return removed


def _run(conf: cfg.ConfigOpts) -> None:
    older_than = datetime.now(UTC) - timedelta(seconds=conf.database.event_time_to_live)
    settings = PATIENT if conf.dry_run else ConnectionSettings(pool_size=1)
    store = connect(config.database_url(conf), settings)
    try:
        if conf.dry_run:
            count = store.count_expired(older_than=older_than)
            print(f"{count} events would be removed, generated before {older_than.isoformat()}")
        else:
            removed = _expire(conf, store, older_than)
            LOG.info("%d events are removed from database, generated before %s", removed, older_than.isoformat())
    finally:
        store.dispose()


def _expire(conf: cfg.ConfigOpts, store: Connection, older_than: datetime) -> int:
    progress = Progress(sys.stderr)
    try:
        return expire(
            store,
            older_than,
            batch_size=conf.database.events_delete_batch_size or DEFAULT_BATCH_SIZE,
            is_over=_end(conf.max_runtime),
            tell=progress.tell,
        )
    finally:
        progress.end()


def _end(max_runtime_seconds: int) -> Callable[[], bool]:
    """Return what tells, between batches, whether to stop: after SIGTERM, or when the time is over."""
    terminated = threading.Event()
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda _number, _frame: terminated.set())
    deadline = time.monotonic() + max_runtime_seconds if max_runtime_seconds else None
    return lambda: terminated.is_set() or (deadline is not None and time.monotonic() >= deadline)


if __name__ == "__main__":
    sys.exit(main())
