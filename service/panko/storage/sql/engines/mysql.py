"""Sessions of MariaDB and MySQL."""

from typing import Any

from sqlalchemy import URL, Connection, Engine, event
from sqlalchemy.pool import ConnectionPoolEntry

from panko.storage.sql.engines.mysql_session import Session
from panko.storage.sql.settings import MAX_PACKET, READS, ConnectionSettings

SNAPSHOT: tuple[str, ...] = ("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", "START TRANSACTION READ ONLY")


def options(url: URL, settings: ConnectionSettings) -> dict[str, Any]:  # noqa: ARG001 - of the protocol
    """Return the arguments of `create_engine`."""
    return {
        "pool_recycle": settings.recycle_seconds,
        "connect_args": {
            "connect_timeout": settings.connect_timeout_seconds,
            "read_timeout": settings.read_timeout_seconds,
            "write_timeout": settings.read_timeout_seconds,
            "autocommit": True,
        },
    }


def set_up(settings: ConnectionSettings, dbapi_connection: Any, record: ConnectionPoolEntry) -> None:
    """Set the variables of a session."""
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


def listen(engine: Engine, settings: ConnectionSettings) -> None:  # noqa: ARG001 - of the protocol
    """Begin transactions only where something is written."""
    event.listen(engine, "begin", _begin)
    event.listen(engine, "do_connect", _connect)


def _connect(_dialect: object, _record: object, args: Any, options: dict[str, Any]) -> Session:
    return Session(*args, **options)


def _begin(connection: Connection) -> None:
    if not connection.get_execution_options().get(READS, False):
        connection.exec_driver_sql("BEGIN")


def _mariadb_variables(settings: ConnectionSettings) -> dict[str, str | int]:
    # An EXISTS of ours is evaluated for each event of a walk that ends early, never turned into a join.
    return {"max_statement_time": settings.statement_timeout_seconds or 0, "optimizer_switch": "'exists_to_in=off'"}


def _mysql_variables(settings: ConnectionSettings) -> dict[str, str | int]:
    seconds = settings.statement_timeout_seconds or 0
    return {"max_execution_time": seconds * 1000, "optimizer_switch": "'semijoin=off'"}
