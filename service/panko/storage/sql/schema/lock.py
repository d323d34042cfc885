"""The lock that lets one panko-dbsync at a time change the schema. The session loses it when its process dies."""

import contextlib
from collections.abc import Iterator

from sqlalchemy import Connection, Engine

from panko.errors import StorageUnavailableError
from panko.storage.sql import engines
from panko.storage.sql.settings import WRITES

STILL_AT_WORK = "Another panko-dbsync is still at work; wait for it, then run this one again."
LOCK_WAIT_SECONDS = 600


@contextlib.contextmanager
def locked(engine: Engine) -> Iterator[Connection]:
    """Hold a lock that the session loses when this process dies.

    It is the transaction where that holds the whole upgrade, and outlives the transactions of an upgrade elsewhere.
    """
    database = engines.of(engine.dialect)
    with engine.execution_options(**{WRITES: True}).connect() as connection:
        if database.IS_UPGRADED_IN_ONE_TRANSACTION:
            with connection.begin():
                yield connection
            return
        if not database.lock(connection, LOCK_WAIT_SECONDS):
            raise StorageUnavailableError(STILL_AT_WORK)
        yield connection
        connection.commit()


def commit(connection: Connection) -> None:
    """Commit a part of an upgrade, unless the whole of it is one transaction."""
    if not engines.of(connection.dialect).IS_UPGRADED_IN_ONE_TRANSACTION:
        connection.commit()
