"""`panko-dbsync`: brings the schema of the database to what this release needs.

Idempotent, safe when started twice at once, and patient with a database that is still starting. A database of the
original is adopted with its events; what takes long is told beforehand and while it lasts.
"""

import enum
import sys
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from oslo_config import cfg

from panko import config
from panko.cmd import reporting
from panko.errors import ConfigurationError, PankoError, StorageUnavailableError
from panko.storage.sql.schema.history import Phase
from panko.storage.sql.schema.migrate import SchemaNewerError, Upgrade, check, upgrade
from panko.storage.sql.schema.preflight import BIG_BYTES, Plan, RewriteNeededError, cost

CLI_OPTS = (
    cfg.IntOpt("wait", default=60, min=0, help="Seconds to wait for a database that does not answer yet."),
    cfg.BoolOpt("check", default=False, help="Say what would be done and change nothing."),
    cfg.BoolOpt("expand", default=False, help="Do only what the release before can live with: it may go on meanwhile."),
    cfg.BoolOpt("contract", default=False, help="Do the rest, once no process of the release before is left."),
    cfg.StrOpt("report", metavar="FILE", help="Write the revision, and whether --contract is due, to FILE as JSON."),
    cfg.BoolOpt(
        "allow-rewrite",
        default=False,
        help="Rewrite big tables of the original, which takes long and keeps writers waiting.",
    ),
    cfg.BoolOpt(
        "compress-pages",
        default=False,
        help="Have MariaDB compress the pages of all tables from now on, which takes a third of the disk.",
    ),
)
PAUSE_SECONDS = 2


class Exit(enum.IntEnum):
    """What a run came to. A refusal has changed nothing, and is the same the next time until somebody decides."""

    DONE = 0
    ERROR = 1  # and 2 is wrong arguments
    REWRITE_NEEDED = 3
    SCHEMA_NEWER = 4


EPILOG = (
    f"Exit codes: {Exit.DONE:d} done; {Exit.ERROR:d} an error; {Exit.REWRITE_NEEDED:d} big tables have to be rewritten "
    f"and --allow-rewrite is not given; {Exit.SCHEMA_NEWER:d} the schema is newer than this release knows. "
    f"After {Exit.REWRITE_NEEDED:d} and {Exit.SCHEMA_NEWER:d} nothing was changed."
)
T = TypeVar("T")


def main(argv: Sequence[str] | None = None, *, big_bytes: int = BIG_BYTES) -> int:
    """Run the command. Return its exit code. More than `big_bytes` of tables are not rewritten without permission."""
    given = sys.argv[1:] if argv is None else argv
    try:
        conf = config.load(given, prog="panko-dbsync", cli_opts=CLI_OPTS, epilog=EPILOG)
        url, phase = config.database_url(conf), phase_of(conf)
        bounds = {"big_bytes": big_bytes, "compress_pages": conf.compress_pages}
        if conf.check:
            plan = patiently(lambda: check(url, **bounds), wait_seconds=conf.wait)
            print(foresee(plan))
            return Exit.REWRITE_NEEDED if plan.is_big and not conf.allow_rewrite else Exit.DONE
        done = patiently(
            lambda: upgrade(url, phase=phase, allow_rewrite=conf.allow_rewrite, report=tell, **bounds),
            wait_seconds=conf.wait,
        )
        print(describe(done))
        if conf.report:
            report_to(conf.report, done)
    except PankoError as error:
        print(f"panko-dbsync: {error}", file=sys.stderr)
        return exit_of(error)
    return Exit.DONE


def phase_of(conf: cfg.ConfigOpts) -> Phase:
    """Return what is asked for."""
    if conf.expand and conf.contract:
        raise ConfigurationError("Give --expand or --contract; without either both are done in turn.")
    if conf.expand:
        return Phase.EXPAND
    return Phase.CONTRACT if conf.contract else Phase.BOTH


def exit_of(error: PankoError) -> Exit:
    """Return the exit code that tells a program of an error."""
    if isinstance(error, RewriteNeededError):
        return Exit.REWRITE_NEEDED
    return Exit.SCHEMA_NEWER if isinstance(error, SchemaNewerError) else Exit.ERROR


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
    more = f"; the pages of {', '.join(plan.uncompressed)} would be compressed" if plan.uncompressed else ""
    if plan.before == plan.after:
        return f"Database is at revision {plan.after}{more}"
    what = f"Database would be upgraded from {plan.before or 'no revision'} to {plan.after}{more}"
    if not plan.rewrites:
        return what
    needed = " Only with --allow-rewrite." if plan.is_big else ""
    return f"{what}. {cost(plan.rewrites)}{needed}"


def describe(done: Upgrade) -> str:
    """Say what was done."""
    more = f"; copied the traits of {done.filled} events" if done.filled else ""
    if done.compressed:
        more += f"; compressed the pages of {done.compressed} tables"
    if done.contract_due:
        more += "; give --contract once no process of the release before is left"
    if done.before == done.after:
        return f"Database is at revision {done.after}{more}"
    return f"Database upgraded from {done.before or 'no revision'} to {done.after}{more}"


def report_to(path: str, done: Upgrade) -> None:
    """Write down what the operator wants to know of a run."""
    problem = reporting.write(path, {"revision": done.after, "contractDue": done.contract_due})
    if problem:
        tell(problem)


if __name__ == "__main__":
    sys.exit(main())
