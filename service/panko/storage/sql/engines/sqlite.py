"""Sessions of SQLite."""

from typing import Any

from sqlalchemy import URL, Connection, Engine, event
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from panko.storage.sql.settings import WRITES, ConnectionSettings

SNAPSHOT: tuple[str, ...] = ()  # every transaction is one


def options(url: URL, settings: ConnectionSettings) -> dict[str, Any]:
    """Return the arguments of `create_engine`."""
    timeout = {"timeout": settings.lock_wait_timeout_seconds}
    if url.database in {None, "", ":memory:"}:
        # The one connection is the database: all threads take turns.
        return {"poolclass": QueuePool, "pool_size": 1, "connect_args": {"check_same_thread": False, **timeout}}
    return {"connect_args": timeout}


def set_up(settings: ConnectionSettings, dbapi_connection: Any, record: ConnectionPoolEntry) -> None:  # noqa: ARG001 - of the protocol
    """Set the variables of a session."""
    dbapi_connection.isolation_level = None  # BEGIN is ours, see _begin
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        dbapi_connection.execute(f"PRAGMA {pragma}")


def listen(engine: Engine, settings: ConnectionSettings) -> None:  # noqa: ARG001 - of the protocol
    """Begin transactions ourselves."""
    event.listen(engine, "begin", _begin)


def _begin(connection: Connection) -> None:
    """Take the write lock first: a reader that becomes a writer fails at once, whatever the busy timeout."""
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
