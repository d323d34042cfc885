"""How the schema is brought to the newest revision. Must not be used while serving requests.

Safe when started twice at once: the second one waits for the first and finds nothing left to do.
"""

import contextlib
import dataclasses
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from panko.errors import PankoError, StorageUnavailableError
from panko.storage.sql.schema import preflight
from panko.storage.sql.schema.backfill import fill
from panko.storage.sql.schema.preflight import BIG_BYTES, Plan, RewriteNeededError
from panko.storage.sql.session.engine import make_engine
from panko.storage.sql.session.failures import classify, code_of
from panko.storage.sql.session.retry import Retry
from panko.storage.sql.session.url import normalise
from panko.storage.sql.settings import SCHEMA_CHANGE, WRITES

STILL_AT_WORK = "Another panko-dbsync is still at work; wait for it, then run this one again."
LOCK_NAME = "panko-dbsync"
LOCK_NUMBER = 7_236_838_110_021  # PostgreSQL's advisory locks have numbers for names; this one is ours
LOCK_WAIT_SECONDS = 600
SECONDS_BETWEEN_TRIES = 0.5

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

    `filled` events of the original's writers were given what the successor keeps beside their traits.
    """

    before: str | None
    after: str
    filled: int = 0


def check(url: str, *, big_bytes: int = BIG_BYTES) -> Plan:
    """Return what an upgrade would do, and change nothing; raise as `upgrade` does."""

    def look(engine: Engine) -> Plan:
        with engine.connect() as connection:
            plan = preflight.plan(connection, newest_revision(), big_bytes=big_bytes)
            _refuse_unknown(plan)
            return plan

    return _with_engine(url, look)


def upgrade(
    url: str, *, allow_rewrite: bool = False, big_bytes: int = BIG_BYTES, report: Report = lambda _: None
) -> Upgrade:
    """Bring the schema to the newest revision, or wait for somebody else who does. What takes long is reported.

    Raise ConfigurationError, UpgradeError, SchemaNewerError when the schema is of a release to come, RewriteNeededError
    when more than `big_bytes` of tables have to be rewritten and that is not allowed, and StorageUnavailableError when
    the database does not answer or another upgrade does not end within ten minutes.
    """
    least = None if allow_rewrite else big_bytes
    return _with_engine(url, lambda engine: _upgrade(engine, report, refused_bytes=least))


def _with_engine(url: str, work: Callable[[Engine], T]) -> T:
    engine = make_engine(normalise(url), SCHEMA_CHANGE)
    try:
        # SQLite refuses at once to become a WAL database while somebody else looks at it. For a server that is not
        # there yet the caller waits, and says so.
        tries = SCHEMA_CHANGE.retry_tries if engine.dialect.name == "sqlite" else 1
        return Retry(tries, SCHEMA_CHANGE.retry_deadline_seconds).call(lambda: work(engine))
    except SQLAlchemyError as error:
        advice = "The upgrade is not complete; correct that and run it again."
        raise UpgradeError(f"{_what_failed(error)} {advice}") from error
    finally:
        engine.dispose()


def _what_failed(error: SQLAlchemyError) -> str:
    """Say why, by the driver's code; its own words would show values and accounts to whoever reads a Panko's status."""
    reason = classify(error).reason
    code = code_of(getattr(error, "orig", None) or error)
    return f"{reason} (error {code})" if code is not None else reason


def _upgrade(engine: Engine, report: Report, *, refused_bytes: int | None) -> Upgrade:
    with _locked(engine) as connection:
        plan = preflight.plan(connection, newest_revision(), big_bytes=refused_bytes or 0)
        _refuse_unknown(plan)
        if plan.is_big and refused_bytes is not None:
            raise RewriteNeededError(plan)
        if plan.is_big:
            report(preflight.cost(plan.rewrites))
        if connection.dialect.name != "sqlite":
            connection.commit()
        command.upgrade(_config(connection, report), "head")
        return Upgrade(plan.before, plan.after, fill(connection, report))


def _refuse_unknown(plan: Plan) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if plan.before is not None and plan.before not in known:
        raise SchemaNewerError(plan.before, plan.after)


def newest_revision() -> str:
    """Return the revision that this release needs."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def _config(connection: Connection | None = None, report: Report = lambda _: None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    config.attributes["report"] = report
    return config


@contextlib.contextmanager
def _locked(engine: Engine) -> Iterator[Connection]:
    """Hold a lock that the session loses when this process dies.

    SQLite's is the transaction, which holds the whole upgrade; the others' outlives the transactions of an upgrade.
    """
    with engine.execution_options(**{WRITES: True}).connect() as connection:
        if engine.dialect.name == "sqlite":
            with connection.begin():
                yield connection
            return
        _acquire(connection)
        yield connection
        connection.commit()


def _acquire(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        _acquire_postgresql(connection)
        return
    acquired = connection.execute(
        text("SELECT GET_LOCK(CONCAT(:name, '-', DATABASE()), :seconds)"),
        {"name": LOCK_NAME, "seconds": LOCK_WAIT_SECONDS},
    ).scalar()
    connection.commit()
    if acquired != 1:
        raise StorageUnavailableError(STILL_AT_WORK)


def _acquire_postgresql(connection: Connection) -> None:
    """Ask again and again: CREATE INDEX CONCURRENTLY waits for every transaction, and so for one that waited here."""
    deadline = time.monotonic() + LOCK_WAIT_SECONDS
    while True:
        acquired = connection.execute(text("SELECT pg_try_advisory_lock(:number)"), {"number": LOCK_NUMBER}).scalar()
        connection.commit()
        if acquired:
            return
        if time.monotonic() > deadline:
            raise StorageUnavailableError(STILL_AT_WORK)
        time.sleep(SECONDS_BETWEEN_TRIES)
