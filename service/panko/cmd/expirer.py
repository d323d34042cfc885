"""`panko-expirer`: removes events older than the time to live, in many short transactions.

With an archive it removes what is in a verified object of it, and nothing else. Ends when none is left, on SIGTERM
after the batch or the part at work, or when it has run for long enough; what is left then is the next run's. Safe when
several run at once.
"""

import functools
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta

from oslo_config import cfg
from oslo_log import log

from panko import config
from panko.archive.opening import target_of
from panko.archive.target import Target
from panko.cmd import reporting
from panko.cmd.expiring import archive_and_expire, expire
from panko.cmd.progress import Progress
from panko.errors import ArchiveError, PankoError
from panko.storage import Connection
from panko.storage.sql import ConnectionSettings, connect

LOG = log.getLogger(__name__)
CLI_OPTS = (
    cfg.IntOpt("max-runtime", default=0, min=0, help="Seconds after which to stop; 0 means when none is left."),
    cfg.StrOpt(
        "report", metavar="FILE", help="Write how many events were removed, and the last day archived, to FILE."
    ),
    cfg.BoolOpt("dry-run", default=False, help="Say how many events would be removed, and remove none."),
)
# Counting looks at every old event; nobody else waits for it.
PATIENT = ConnectionSettings(pool_size=1, statement_timeout_seconds=None, read_timeout_seconds=None)
DEFAULT_BATCH_SIZE = 1000
NO_ARCHIVE = 3  # the exit code when events are left because they cannot be archived


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command. Return its exit code."""
    try:
        conf = config.load(sys.argv[1:] if argv is None else argv, prog="panko-expirer", cli_opts=CLI_OPTS)
        if conf.database.event_time_to_live <= 0:
            LOG.info("Nothing to clean, database event time to live is disabled")
            return 0
        _run(conf, target_of(conf))
    except ArchiveError as error:
        print(f"panko-expirer: {error}", file=sys.stderr)
        return NO_ARCHIVE
    except PankoError as error:
        print(f"panko-expirer: {error}", file=sys.stderr)
        return 1
    return 0


def _run(conf: cfg.ConfigOpts, target: Target | None) -> None:
    older_than = datetime.now(UTC) - timedelta(seconds=conf.database.event_time_to_live)
    settings = PATIENT if conf.dry_run else ConnectionSettings(pool_size=1)
    store = connect(config.database_url(conf), settings)
    try:
        if conf.dry_run:
            count = store.count_expired(older_than=older_than)
            archived = f"archived in {target} and " if target else ""
            print(f"{count} events would be {archived}removed, generated before {older_than.isoformat()}")
        else:
            days: list[date] = []
            removed = _expire(conf, store, older_than, target=target, note=days.append)
            LOG.info("%d events are removed from database, generated before %s", removed, older_than.isoformat())
            if conf.report:
                report_to(conf.report, removed, days)
    finally:
        store.dispose()


def report_to(path: str, removed: int, days: Sequence[date]) -> None:
    """Write down what the operator wants to know of a run."""
    archived = {"archivedThrough": max(days).isoformat()} if days else {}
    problem = reporting.write(path, {"removed": removed, **archived})
    if problem:
        print(f"panko-expirer: {problem}", file=sys.stderr)


def _expire(
    conf: cfg.ConfigOpts,
    store: Connection,
    older_than: datetime,
    *,
    target: Target | None,
    note: Callable[[date], None],
) -> int:
    progress = Progress(sys.stderr)
    run = expire if target is None else functools.partial(archive_and_expire, target=target, note=note)
    try:
        return run(
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
