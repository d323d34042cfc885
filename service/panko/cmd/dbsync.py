"""`panko-dbsync`: brings the schema of the database to what this release needs.

Idempotent, safe when started twice at once, and patient with a database that is still starting. A database of the
original is adopted with its events.
"""

import sys
import time
from collections.abc import Callable, Sequence

from oslo_config import cfg

from panko import config
from panko.errors import PankoError, StorageUnavailableError
from panko.storage.sql.migrate import Upgrade, upgrade

CLI_OPTS = (cfg.IntOpt("wait", default=60, min=0, help="Seconds to wait for a database that does not answer yet."),)
PAUSE_SECONDS = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command. Return its exit code."""
    try:
        conf = config.load(sys.argv[1:] if argv is None else argv, prog="panko-dbsync", cli_opts=CLI_OPTS)
        url = config.database_url(conf)
        print(describe(patiently(lambda: upgrade(url), wait_seconds=conf.wait)))
    except PankoError as error:
        print(f"panko-dbsync: {error}", file=sys.stderr)
        return 1
    return 0


def patiently(attempt: Callable[[], Upgrade], *, wait_seconds: float) -> Upgrade:
    """Try until the database answers; raise its last refusal after `wait_seconds`."""
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            return attempt()
        except StorageUnavailableError as error:
            left = deadline - time.monotonic()
            if left <= 0:
                raise
            print(f"panko-dbsync: {error} Waiting for it, {left:.0f} s more.", file=sys.stderr, flush=True)
            time.sleep(min(PAUSE_SECONDS, left))


def describe(done: Upgrade) -> str:
    """Say what was done."""
    if done.before == done.after:
        return f"Database is at revision {done.after}"
    return f"Database upgraded from {done.before or 'no revision'} to {done.after}"


if __name__ == "__main__":
    sys.exit(main())
