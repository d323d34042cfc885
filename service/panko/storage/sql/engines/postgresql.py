"""Sessions of PostgreSQL."""

import functools
from typing import Any

from sqlalchemy import URL, Engine, event
from sqlalchemy.pool import ConnectionPoolEntry

from panko.storage.sql.settings import ConnectionSettings

SNAPSHOT: tuple[str, ...] = ("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",)


def options(url: URL, settings: ConnectionSettings) -> dict[str, Any]:
    """Return the arguments of `create_engine`."""
    variables = {
        "statement_timeout": (settings.statement_timeout_seconds or 0) * 1000,
        "lock_timeout": settings.lock_wait_timeout_seconds * 1000,
        "idle_in_transaction_session_timeout": 60_000,
        # Each reads all that a condition selects before the first row of it, however few rows are wanted.
        "enable_bitmapscan": "off",
        "enable_seqscan": "off",
        "enable_hashjoin": "off",
        "enable_mergejoin": "off",
    }
    connect_args: dict[str, Any] = {
        "connect_timeout": settings.connect_timeout_seconds,
        "options": " ".join(f"-c {name}={value}" for name, value in variables.items()),
        "prepare_threshold": None,  # prepared statements do not survive a connection pooler in between
    }
    if "require_auth" not in url.query:
        connect_args["require_auth"] = "!password,!md5"  # nothing that the password can be read from
    if settings.read_timeout_seconds is not None:
        connect_args |= {
            "keepalives_idle": settings.read_timeout_seconds,
            "keepalives_interval": 2,
            "keepalives_count": 2,
            "tcp_user_timeout": settings.read_timeout_seconds * 1000,
        }
    return {
        "isolation_level": "READ COMMITTED",
        "pool_recycle": settings.recycle_seconds,
        "connect_args": connect_args,
    }


def set_up(settings: ConnectionSettings, dbapi_connection: Any, record: ConnectionPoolEntry) -> None:
    """Do nothing: a session's variables travel with the connection's own request."""


def listen(engine: Engine, settings: ConnectionSettings) -> None:
    """Bound every answer, and send rows together."""
    engine.dialect.use_insertmanyvalues_wo_returning = True  # psycopg would send row by row
    event.listen(engine, "do_connect", functools.partial(_connect, settings))


def _connect(
    settings: ConnectionSettings, _dialect: object, _record: object, args: Any, options: dict[str, Any]
) -> Any:
    from panko.storage.sql.engines.read_timeout import BoundedConnection  # noqa: PLC0415 - only who uses it needs psycopg

    connection = BoundedConnection.connect(*args, **options)
    connection.read_timeout_seconds = settings.read_timeout_seconds
    return connection
