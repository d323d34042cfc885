"""How the schema is brought to the newest revision. Must not be used while serving requests.

Safe when started twice at once: the second one waits for the first and finds nothing left to do.
"""

import dataclasses
from collections.abc import Callable
from typing import TypeVar

from alembic import command
from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.exc import SQLAlchemyError

from panko.errors import PankoError
from panko.storage.sql import engines
from panko.storage.sql.engines.failure import NO_SCHEMA
from panko.storage.sql.schema import backfill, compression, floor, history, preflight, presence
from panko.storage.sql.schema.history import Phase
from panko.storage.sql.schema.lock import commit, locked
from panko.storage.sql.schema.preflight import BIG_BYTES, Plan, RewriteNeededError
from panko.storage.sql.session.engine import make_engine
from panko.storage.sql.session.failures import classify, code_of
from panko.storage.sql.session.retry import Retry
from panko.storage.sql.session.url import normalise
from panko.storage.sql.settings import SCHEMA_CHANGE

Report = Callable[[str], None]
T = TypeVar("T")


class UpgradeError(PankoError):
    """The schema cannot be brought to the newest revision; what was done until then stays and is not done again."""


class SchemaNewerError(UpgradeError):
    """The schema is one that only newer releases can use."""

    def __init__(self, found: str, known: str) -> None:
        super().__init__(
            f"The schema is of revision {found}, and this release knows those up to {known}. Nothing was changed. "
            f"Go back to the image of the release that made {found}, or restore the backup from before it."
        )
        self.found, self.known = found, known


@dataclasses.dataclass(frozen=True, slots=True)
class Upgrade:
    """What an upgrade did; `before` is None when there was no revision yet.

    `filled` events of the original's writers were given what the successor keeps beside their traits, and the pages of
    so many tables as `compressed` were compressed. With `contract_due` something is left to do once no process of an
    earlier release reads or writes.
    """

    before: str | None
    after: str
    filled: int = 0
    contract_due: bool = False
    compressed: int = 0


def check(url: str, *, big_bytes: int = BIG_BYTES, compress_pages: bool = False) -> Plan:
    """Return what an upgrade would do, and change nothing; raise as `upgrade` does."""

    def look(engine: Engine) -> Plan:
        with engine.connect() as connection:
            plan = _plan(connection, Phase.BOTH, big_bytes=big_bytes)
            return dataclasses.replace(plan, uncompressed=tuple(compression.due(connection) if compress_pages else ()))

    return _with_engine(url, look)


def upgrade(
    url: str,
    *,
    phase: Phase = Phase.BOTH,
    allow_rewrite: bool = False,
    big_bytes: int = BIG_BYTES,
    compress_pages: bool = False,
    report: Report = lambda _: None,
) -> Upgrade:
    """Bring the schema to the newest revision, or wait for somebody else who does. What takes long is reported.

    To expand ends where the release before can still work, unless there was nothing for it to work with; to contract
    does the rest. A schema of a newer release that this one can work with is left as it is. With `compress_pages` the
    database compresses the pages of all tables from now on, those that are there included.

    Raise ConfigurationError, also for a database that compresses no pages, UpgradeError, SchemaNewerError when the
    schema is of a release to come, RewriteNeededError when more than `big_bytes` of tables have to be rewritten and
    that is not allowed, and StorageUnavailableError when the database does not answer or another upgrade does not end
    within ten minutes.
    """
    least = None if allow_rewrite else big_bytes

    def bring_up(engine: Engine) -> Upgrade:
        with locked(engine) as connection:
            if compress_pages:
                compression.due(connection)  # refused before anything is changed
            done = _upgrade(connection, phase, report, refused_bytes=least)
            compressed = compression.compress(connection, report) if compress_pages else 0
            return dataclasses.replace(done, compressed=compressed)

    return _with_engine(url, bring_up)


def _with_engine(url: str, work: Callable[[Engine], T]) -> T:
    engine = make_engine(normalise(url), SCHEMA_CHANGE)
    try:
        # For a server that is not there yet the caller waits, and says so.
        tries = SCHEMA_CHANGE.retry_tries if engines.of(engine.dialect).REFUSES_SESSIONS_AT_ONCE else 1
        return Retry(tries, SCHEMA_CHANGE.retry_deadline_seconds).call(lambda: work(engine))
    except SQLAlchemyError as error:
        raise UpgradeError(told(error)) from error
    finally:
        engine.dispose()


def told(error: SQLAlchemyError) -> str:
    """Say why, by the driver's code; its own words would show values and accounts to whoever reads a Panko's status."""
    failure = classify(error)
    # To run panko-dbsync is what others are told; this is panko-dbsync.
    reason = "A table or a column that an upgrade begins with is not there." if failure is NO_SCHEMA else failure.reason
    code = code_of(getattr(error, "orig", None) or error)
    named = f"{reason} (error {code})" if code is not None else reason
    return f"{named} The upgrade is not complete; correct that and run it again."


def _upgrade(connection: Connection, phase: Phase, report: Report, *, refused_bytes: int | None) -> Upgrade:
    plan = _plan(connection, phase, big_bytes=refused_bytes or 0)
    if plan.is_big and refused_bytes is not None:
        raise RewriteNeededError(plan)
    if plan.is_big:
        report(preflight.cost(plan.rewrites))
    if not history.known().knows(plan.after):
        return Upgrade(plan.before, plan.after)
    presence.stamp(connection, plan.before)
    # Before anything is taken away: an earlier release must not believe in what a broken off run has left.
    floor.write(connection, history.known().floor(plan.after))
    commit(connection)
    bring(connection, plan.after, report)
    return _filled(connection, plan, phase, report=report)


def _filled(connection: Connection, plan: Plan, phase: Phase, *, report: Report) -> Upgrade:
    """Give rows what earlier releases left out, and say whether more is left for later."""
    filled = backfill.fill(connection, report)
    if phase is not Phase.EXPAND:
        backfill.fill_owners_left(connection)
        return Upgrade(plan.before, plan.after, filled)
    is_due = plan.after != newest_revision() or backfill.is_unfilled(connection)
    return Upgrade(plan.before, plan.after, filled, contract_due=is_due)


def bring(connection: Connection, revision: str, report: Report = lambda _: None) -> None:
    """Do the revisions up to one."""
    config = history.config()
    config.attributes["connection"] = connection
    config.attributes["report"] = report
    command.upgrade(config, revision)


def _plan(connection: Connection, phase: Phase, *, big_bytes: int) -> Plan:
    """Return what a phase has to do; raise UpgradeError where it cannot be done."""
    known, found = history.known(), floor.current(connection)
    if found is not None and not known.knows(found):
        needed = floor.read(connection)
        if needed is None or not known.knows(needed):
            raise SchemaNewerError(found, known.newest)
        return Plan(found, found, (), big_bytes)
    before = presence.usable(connection, found)
    return preflight.plan(connection, before, _target(connection, before, phase), big_bytes=big_bytes)


def _target(connection: Connection, before: str | None, phase: Phase) -> str:
    known = history.known()
    if phase is Phase.CONTRACT and known.is_before(before, known.expanded):
        raise UpgradeError(
            f"The schema is of {f'revision {before}' if before else 'no revision'} and not yet expanded to "
            f"{known.expanded}; give --expand, replace every process of the release before, then give --contract."
        )
    # Of a database without events no earlier release can read or write.
    is_new = before is None and not inspect(connection).has_table("event")
    if is_new or phase is not Phase.EXPAND:
        return known.newest
    return known.expanded if before is None or known.is_before(before, known.expanded) else before


def newest_revision() -> str:
    """Return the revision that this release needs."""
    return history.known().newest
