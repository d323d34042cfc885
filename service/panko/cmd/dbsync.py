"""`panko-dbsync`: brings the schema of the database to what this release needs.

Idempotent, safe when started twice at once, and patient with a database that is still starting. A database of the
original is adopted with its events; what takes long is told beforehand and while it lasts.
"""

import sys
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from oslo_config import cfg

from panko import config
from panko.errors import PankoError, StorageUnavailableError
from panko.storage.sql.schema.migrate import Upgrade, check, upgrade
from panko.storage.sql.schema.preflight import Plan, cost

CLI_OPTS = (
    cfg.IntOpt("wait", default=60, min=0, help="Seconds to wait for a database that does not answer yet."),
    cfg.BoolOpt("check", default=False, help="Say what would be done and change nothing."),
    cfg.BoolOpt(
        "allow-rewrite",
        default=False,
        help="Rewrite big tables of the original, which takes long and keeps writers waiting.",
    ),
)
PAUSE_SECONDS = 2

T = TypeVar("T")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command. Return its exit code."""
    try:
        conf = config.load(sys.argv[1:] if argv is None else argv, prog="panko-dbsync", cli_opts=CLI_OPTS)
        url = config.database_url(conf)
        if conf.check:
            plan = patiently(lambda: check(url), wait_seconds=conf.wait)
            print(foresee(plan))
            return 1 if plan.is_big and not conf.allow_rewrite else 0
        done = patiently(lambda: upgrade(url, allow_rewrite=conf.allow_rewrite, report=tell), wait_seconds=conf.wait)
        print(describe(done))
    except PankoError as error:
        print(f"panko-dbsync: {error}", file=sys.stderr)
        return 1
    return 0


def patiently(attempt: Callable[[], T], *, wait_seconds: float) -> T:
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


def tell(what: str) -> None:
    """Report progress where it does not mix with the result."""
    print(f"panko-dbsync: {what}", file=sys.stderr, flush=True)


def foresee(plan: Plan) -> str:
    """Say what would be done."""
    if plan.before == plan.after:
        return f"Database is at revision {plan.after}"
    what = f"Database would be upgraded from {plan.before or 'no revision'} to {plan.after}"
    if not plan.rewrites:
        return what
    needed = " Only with --allow-rewrite." if plan.is_big else ""
    return f"{what}. {cost(plan.rewrites)}{needed}"


def describe(done: Upgrade) -> str:
    """Say what was done."""
    filled = f"; copied the traits of {done.filled} events" if done.filled else ""
    if done.before == done.after:
        return f"Database is at revision {done.after}{filled}"
    return f"Database upgraded from {done.before or 'no revision'} to {done.after}{filled}"


if __name__ == "__main__":
    sys.exit(main())
