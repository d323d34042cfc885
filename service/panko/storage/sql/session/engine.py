"""The SQLAlchemy engine, with every bound that keeps a sick database from hanging the service.

Makes no statement but those that set a session up.
"""

import functools
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import Dialect, ExceptionContext
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from panko.storage.sql.session import arguments, failures, slow_queries
from panko.storage.sql.session.mysql_session import Session
from panko.storage.sql.session.settings import MAX_PACKET, ConnectionSettings

USED_AT = "panko_used_at"
IDLE_SECONDS = 1
WRITES = "panko_writes"  # execution option: the transaction will write, so SQLite takes its lock at BEGIN
READS = "panko_reads"  # execution option: statements read, each for itself, so MySQL needs no transaction


def make_engine(url: URL, settings: ConnectionSettings) -> Engine:
    """Make an engine; no connection is opened yet. Raise ConfigurationError for arguments of no use."""
    kind = url.get_backend_name()
    options = {
        "hide_parameters": True,
        "pool_size": settings.pool_size,
        "max_overflow": 0,
        "pool_timeout": settings.pool_timeout_seconds,
        "pool_use_lifo": True,
        **OPTIONS[kind](url, settings),
    }
    with arguments.checked(url):
        engine = create_engine(url, **options)
    event.listen(engine, "handle_error", _mark_disconnects)
    event.listen(engine, "checkin", _remember_use)
    event.listen(engine, "checkout", functools.partial(_ping_idle, engine.dialect))
    event.listen(engine, "connect", functools.partial(SESSIONS[kind], settings))
    slow_queries.watch(engine, settings.slow_query_seconds)
    if kind == "sqlite":
        event.listen(engine, "begin", _begin_sqlite)
    if kind == "mysql":
        event.listen(engine, "begin", _begin_mysql)
        event.listen(engine, "do_connect", _connect_mysql)
    if kind == "postgresql":
        engine.dialect.use_insertmanyvalues_wo_returning = True  # psycopg would send row by row
        event.listen(engine, "do_connect", functools.partial(_connect_postgresql, settings))
    return engine


def _remember_use(_dbapi_connection: object, record: ConnectionPoolEntry) -> None:
    record.info[USED_AT] = time.monotonic()


def _ping_idle(dialect: Dialect, dbapi_connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
    """Replace a connection that died while nobody used it; one that was used a moment ago is not asked."""
    if time.monotonic() - record.info.get(USED_AT, 0) > IDLE_SECONDS and not _answers(dialect, dbapi_connection):
        raise DisconnectionError


def _answers(dialect: Dialect, dbapi_connection: Any) -> bool:
    try:
        return bool(dialect.do_ping(dbapi_connection))
    except Exception as error:
        if isinstance(error, dialect.loaded_dbapi.Error):
            return False
        raise


def _mark_disconnects(context: ExceptionContext) -> None:
    if failures.is_disconnect(context.original_exception):
        context.is_disconnect = True


def _mysql_options(_url: URL, settings: ConnectionSettings) -> dict[str, Any]:
    return {
        "pool_recycle": settings.recycle_seconds,
        "connect_args": {
            "connect_timeout": settings.connect_timeout_seconds,
            "read_timeout": settings.read_timeout_seconds,
            "write_timeout": settings.read_timeout_seconds,
            "autocommit": True,
        },
    }


def _connect_mysql(_dialect: object, _record: object, args: Any, options: dict[str, Any]) -> Session:
    return Session(*args, **options)


def _begin_mysql(connection: Connection) -> None:
    if not connection.get_execution_options().get(READS, False):
        connection.exec_driver_sql("BEGIN")


def _mysql_session(settings: ConnectionSettings, dbapi_connection: Any, record: ConnectionPoolEntry) -> None:
    is_mariadb = "mariadb" in dbapi_connection.get_server_info().lower()
    variables: dict[str, str | int] = {
        "sql_mode": "'TRADITIONAL'",
        "autocommit": 1,  # the driver believes it is, whatever the server's init_connect says
        "innodb_lock_wait_timeout": settings.lock_wait_timeout_seconds,
        "lock_wait_timeout": settings.lock_wait_timeout_seconds,
        **(_mariadb_variables if is_mariadb else _mysql_variables)(settings),
    }
    with dbapi_connection.cursor() as cursor:
        cursor.execute("SHOW VARIABLES WHERE Variable_name IN ('wsrep_on', 'max_allowed_packet')")
        server = dict(cursor.fetchall())
        record.info[MAX_PACKET] = int(server["max_allowed_packet"])
        if server.get("wsrep_on") == "ON":
            variables["wsrep_sync_wait"] = 1
        cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
        cursor.execute("SET " + ", ".join(f"SESSION {name} = {value}" for name, value in variables.items()))


def _mariadb_variables(settings: ConnectionSettings) -> dict[str, str | int]:
    # An EXISTS of ours is evaluated for each event of a walk that ends early, never turned into a join.
    return {"max_statement_time": settings.statement_timeout_seconds or 0, "optimizer_switch": "'exists_to_in=off'"}


def _mysql_variables(settings: ConnectionSettings) -> dict[str, str | int]:
    seconds = settings.statement_timeout_seconds or 0
    return {"max_execution_time": seconds * 1000, "optimizer_switch": "'semijoin=off'"}


def _postgresql_options(url: URL, settings: ConnectionSettings) -> dict[str, Any]:
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


def _connect_postgresql(
    settings: ConnectionSettings, _dialect: object, _record: object, args: Any, options: dict[str, Any]
) -> Any:
    from panko.storage.sql.session.read_timeout import BoundedConnection  # noqa: PLC0415 - only who uses it needs psycopg

    connection = BoundedConnection.connect(*args, **options)
    connection.read_timeout_seconds = settings.read_timeout_seconds
    return connection


def _postgresql_session(_settings: ConnectionSettings, _dbapi_connection: Any, _record: object) -> None:
    """Do nothing: a session's variables travel with the connection's own request."""


def _sqlite_options(url: URL, settings: ConnectionSettings) -> dict[str, Any]:
    timeout = {"timeout": settings.lock_wait_timeout_seconds}
    if url.database in {None, "", ":memory:"}:
        # The one connection is the database: all threads take turns.
        return {"poolclass": QueuePool, "pool_size": 1, "connect_args": {"check_same_thread": False, **timeout}}
    return {"connect_args": timeout}


def _sqlite_session(_settings: ConnectionSettings, dbapi_connection: Any, _record: object) -> None:
    dbapi_connection.isolation_level = None  # BEGIN is ours, see _begin_sqlite
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        dbapi_connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock first: a reader that becomes a writer fails at once, whatever the busy timeout."""
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


OPTIONS: Mapping[str, Callable[[URL, ConnectionSettings], dict[str, Any]]] = MappingProxyType(
    {"mysql": _mysql_options, "postgresql": _postgresql_options, "sqlite": _sqlite_options}
)
SESSIONS: Mapping[str, Callable[[ConnectionSettings, Any, ConnectionPoolEntry], None]] = MappingProxyType(
    {"mysql": _mysql_session, "postgresql": _postgresql_session, "sqlite": _sqlite_session}
)
