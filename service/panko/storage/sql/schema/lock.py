"""The lock that lets one panko-dbsync at a time change the schema. The session loses it when its process dies."""

import contextlib
import time
from collections.abc import Iterator

from sqlalchemy import Connection, Engine, text

from panko.errors import StorageUnavailableError
from panko.storage.sql.settings import WRITES

STILL_AT_WORK = "Another panko-dbsync is still at work; wait for it, then run this one again."
LOCK_NAME = "panko-dbsync"
LOCK_NUMBER = 7_236_838_110_021  # PostgreSQL's advisory locks have numbers for names; this one is ours
LOCK_WAIT_SECONDS = 600
SECONDS_BETWEEN_TRIES = 0.5


@contextlib.contextmanager
def locked(engine: Engine) -> Iterator[Connection]:
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
