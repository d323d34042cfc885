"""How the schema is brought to the newest revision. Must not be used while serving requests.

Safe when started twice at once: the second one waits for the first and finds nothing left to do.
"""

import contextlib
import dataclasses
from collections.abc import Iterator
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from panko.errors import PankoError, StorageUnavailableError
from panko.storage.sql.engine import WRITES, make_engine
from panko.storage.sql.retry import Retry
from panko.storage.sql.settings import SCHEMA_CHANGE
from panko.storage.sql.url import normalise

LOCK_NAME = "panko-dbsync"
LOCK_NUMBER = 7_236_838_110_021  # PostgreSQL's advisory locks have numbers for names; this one is ours
LOCK_WAIT_SECONDS = 600


class UpgradeError(PankoError):
    """The schema cannot be brought to the newest revision; what was done until then stays and is not done again."""


@dataclasses.dataclass(frozen=True, slots=True)
class Upgrade:
    """What an upgrade did; `before` is None when there was no revision yet."""

    before: str | None
    after: str


def upgrade(url: str) -> Upgrade:
    """Bring the schema to the newest revision, or wait for somebody else who does.

    Raise ConfigurationError, UpgradeError, and StorageUnavailableError when the database does not answer or another
    upgrade does not end within ten minutes.
    """
    engine = make_engine(normalise(url), SCHEMA_CHANGE)
    try:
        # SQLite refuses at once to become a WAL database while somebody else looks at it. For a server that is not
        # there yet the caller waits, and says so.
        tries = SCHEMA_CHANGE.retry_tries if engine.dialect.name == "sqlite" else 1
        return Retry(tries, SCHEMA_CHANGE.retry_deadline_seconds).call(lambda: _upgrade(engine))
    except SQLAlchemyError as error:
        raise UpgradeError(
            f"The database refused a step of the upgrade ({getattr(error, 'orig', error)}); mend that and run it again."
        ) from error
    except CommandError as error:
        raise UpgradeError(
            f"This release does not know the revision of the database ({error}); run the panko-dbsync of a newer one."
        ) from error
    finally:
        engine.dispose()


def _upgrade(engine: Engine) -> Upgrade:
    with _locked(engine) as connection:
        before = _revision(connection)
        command.upgrade(_config(connection), "head")
        return Upgrade(before, newest_revision())


def newest_revision() -> str:
    """Return the revision that this release needs."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _revision(connection: Connection) -> str | None:
    revision = MigrationContext.configure(connection).get_current_revision()
    if connection.dialect.name != "sqlite":
        connection.commit()
    return revision


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
        connection.execute(text(f"SET lock_timeout = '{LOCK_WAIT_SECONDS}s'"))
        connection.execute(text("SELECT pg_advisory_lock(:number)"), {"number": LOCK_NUMBER})
        connection.execute(text("RESET lock_timeout"))
        connection.commit()
        return
    acquired = connection.execute(
        text("SELECT GET_LOCK(CONCAT(:name, '-', DATABASE()), :seconds)"),
        {"name": LOCK_NAME, "seconds": LOCK_WAIT_SECONDS},
    ).scalar()
    connection.commit()
    if acquired != 1:
        raise StorageUnavailableError("Another panko-dbsync is still at work; wait for it, then run this one again.")
