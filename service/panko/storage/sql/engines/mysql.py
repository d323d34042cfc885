"""MariaDB and MySQL."""

import inspect
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pymysql.connections
from sqlalchemy import URL, BigInteger, Connection, Engine, TextClause, event, text
from sqlalchemy.dialects.mysql import DECIMAL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeEngine

from panko.storage.sql.engines import deadline
from panko.storage.sql.engines.failure import (
    AWAY,
    BUSY,
    CROWDED,
    FULL,
    LOG_OF_CHANGES_FULL,
    LOGGED_AS_STATEMENTS,
    NO_DATABASE,
    NO_SCHEMA,
    READ_ONLY,
    REFUSED,
    TOO_SLOW,
    Failure,
)
from panko.storage.sql.engines.mysql_driver import inserts
from panko.storage.sql.engines.mysql_driver.session import Session
from panko.storage.sql.engines.protocol import ESCAPE
from panko.storage.sql.engines.table_size import TableSize
from panko.storage.sql.settings import INCREMENT, MAX_PACKET, READS, ConnectionSettings

SCHEMES: tuple[str, ...] = ("mysql", "mariadb")
DRIVER = "mysql+pymysql"

# https://mariadb.com/kb/en/mariadb-error-codes/
FAILURES: Mapping[int, Failure] = MappingProxyType(
    {
        1644: BUSY,  # a block of ours: ids of others are among its own
        1205: BUSY,  # lock wait timeout
        1213: BUSY,  # deadlock, and Galera's certification conflicts
        1020: BUSY,  # record has changed since last read (innodb_snapshot_isolation)
        1047: AWAY,  # Galera: node not in the primary component
        1053: AWAY,  # server shutdown in progress
        1158: AWAY,  # network errors
        1180: AWAY,  # an error during COMMIT: Galera's node left its cluster; whether it was stored shows the next try
        1159: AWAY,
        1160: AWAY,
        1161: AWAY,
        1927: AWAY,  # connection was killed
        2002: AWAY,
        2003: AWAY,
        2006: AWAY,
        2013: AWAY,
        2014: AWAY,  # a connection left in the middle of an answer
        2055: AWAY,
        4031: AWAY,  # disconnected for inactivity
        1040: CROWDED,
        1203: CROWDED,
        1226: CROWDED,
        1290: READ_ONLY,
        1836: READ_ONLY,
        1969: TOO_SLOW,  # max_statement_time, MariaDB
        3024: TOO_SLOW,  # max_execution_time, MySQL
        1044: REFUSED,
        1045: REFUSED,
        1142: REFUSED,
        1143: REFUSED,
        1698: REFUSED,
        1049: NO_DATABASE,
        1054: NO_SCHEMA,  # unknown column
        1146: NO_SCHEMA,
        1021: FULL,
        1114: FULL,
        1665: LOGGED_AS_STATEMENTS,
        1799: LOG_OF_CHANGES_FULL,  # of an index that is made, or of a table that is made again
    }
)
# After these the session is of no use, though SQLAlchemy does not know it.
DISCONNECTS: frozenset[int | str] = frozenset({1047, 1053, 1180, 1290, 1836})
MISSING_ROW: frozenset[int | str] = frozenset({1216, 1452})

ROW_ID: TypeEngine[int] = BigInteger()
INSTANT: TypeEngine[Any] = DECIMAL(precision=20, scale=6)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

WEIGHT = "HEX(WEIGHT_STRING(CONVERT(%s USING utf8mb4) COLLATE utf8mb4_general_ci))"
COUNTERS = ("SHOW GLOBAL STATUS LIKE 'Questions'", "SHOW SESSION STATUS LIKE 'Questions'")

IS_UPGRADED_IN_ONE_TRANSACTION = False
REFUSES_SESSIONS_AT_ONCE = False
LOCK = text("SELECT GET_LOCK(CONCAT('panko-dbsync-', DATABASE()), :seconds)")
MAKES_INDEXES_IN_A_TRANSACTION = True
ADD_INDEX = "ALTER TABLE {table} ADD INDEX {name} ({columns}), ALGORITHM=INPLACE, LOCK=NONE"
DROP_INDEX = "ALTER TABLE {table} DROP INDEX {name}, ALGORITHM=INPLACE, LOCK=NONE"
SIZE = text(
    "SELECT table_rows, data_length + index_length FROM information_schema.tables"
    " WHERE table_schema = DATABASE() AND table_name = :name"
)
# https://mariadb.com/kb/en/innodb-page-compression/
COMPRESS_PAGES = "ALTER TABLE {table} PAGE_COMPRESSED=1 PAGE_COMPRESSION_LEVEL=1, ALGORITHM=INPLACE, LOCK=NONE"
UNCOMPRESSED = text(
    "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND engine = 'InnoDB'"
    " AND create_options NOT RLIKE 'PAGE_COMPRESSED`=.(1|ON|YES)'"
)
PROGRESS = text(
    "SELECT stage, max_stage, progress FROM information_schema.processlist WHERE id = :id AND max_stage > 0"
)

IN_THIS_ORDER: str | None = "STRAIGHT_JOIN"
UNJOINED: str | None = None  # see the variables of a session

SNAPSHOT: tuple[str, ...] = ("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", "START TRANSACTION READ ONLY")


def own_url(url: URL) -> URL:
    """Return the URL with utf8mb4 instead of the `charset=utf8` of old ones, which cannot hold every character."""
    return url.update_query_dict({"charset": "utf8mb4"})


def parameters() -> Iterable[str]:
    """Return the names of the arguments that PyMySQL knows; of another it makes a TypeError for each request."""
    return inspect.signature(pymysql.connections.Connection).parameters


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
        cursor.execute(f"SHOW VARIABLES WHERE Variable_name IN ('wsrep_on', '{MAX_PACKET}', '{INCREMENT}')")
        server = dict(cursor.fetchall())
        record.info[MAX_PACKET] = int(server[MAX_PACKET])
        record.info[INCREMENT] = int(server.get(INCREMENT, 0))
        if server.get("wsrep_on") == "ON":
            variables["wsrep_sync_wait"] = 1
        cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
        cursor.execute("SET " + ", ".join(f"SESSION {name} = {value}" for name, value in variables.items()))


def listen(engine: Engine, settings: ConnectionSettings) -> None:  # noqa: ARG001 - of the protocol
    """Begin transactions only where something is written."""
    event.listen(engine, "begin", _begin)
    event.listen(engine, "do_connect", _connect)
    event.listen(engine, "before_cursor_execute", _bounded, retval=True)


def _connect(_dialect: object, _record: object, args: Any, options: dict[str, Any]) -> Session:
    return Session(*args, **options)


def _begin(connection: Connection) -> None:
    if not connection.get_execution_options().get(READS, False):
        session: Any = connection.connection.dbapi_connection
        session.begin()


def _bounded(
    connection: Connection, _cursor: object, statement: str, parameters: Any, _context: object, _many: object
) -> tuple[str, Any]:
    """Say in a statement how long it may take: what is said to a session would hold for the next one too."""
    seconds = deadline.seconds_left(connection)
    if seconds is None or not statement.startswith("SELECT"):
        return statement, parameters
    if getattr(connection.dialect, "is_mariadb", False):
        return f"SET STATEMENT max_statement_time = {seconds:.3f} FOR {statement}", parameters
    hint = f"SELECT /*+ MAX_EXECUTION_TIME({max(1, int(seconds * 1000))}) */"
    return hint + statement.removeprefix("SELECT"), parameters


def _mariadb_variables(settings: ConnectionSettings) -> dict[str, str | int]:
    # An EXISTS of ours is evaluated for each event of a walk that ends early, never turned into a join.
    return {"max_statement_time": settings.statement_timeout_seconds or 0, "optimizer_switch": "'exists_to_in=off'"}


def _mysql_variables(settings: ConnectionSettings) -> dict[str, str | int]:
    seconds = settings.statement_timeout_seconds or 0
    return {"max_execution_time": seconds * 1000, "optimizer_switch": "'semijoin=off'"}


def code(error: BaseException) -> int | None:
    """Return the number of a driver's error."""
    first = error.args[0] if error.args else None
    return first if isinstance(first, int) else None


def failure(error: DBAPIError) -> Failure | None:
    """Tell what an error means by its number."""
    number = None if error.orig is None else code(error.orig)
    return None if number is None else FAILURES.get(number)


def by_index(index: str) -> str:
    """Name an index: PRIMARY is that of the primary key."""
    return f"FORCE INDEX ({index})"


def same_bytes(left: str, right: str) -> str:
    """Compare by bytes: the collation of the original takes all characters beyond the basic plane for one."""
    return f"CAST({left} AS BINARY) = CAST({right} AS BINARY)"


def like_original(text: str) -> str:
    """Compare without regard to case, accents and trailing spaces."""
    return f"({text} COLLATE utf8mb4_general_ci)"


def exactly(text: str) -> str:
    """Say a text by its bytes."""
    return f"CAST({text} AS BINARY)"


def by_row(value: str) -> str:
    """Say a value as it is: which index is used is said by its name."""
    return value


def begins_with(text: str, prefix: str, pattern: str) -> str:  # noqa: ARG001 - of the protocol
    """Compare by the pattern."""
    return f"{text} LIKE {pattern} ESCAPE '{ESCAPE}'"


ends_with = begins_with


def stored_bytes(text: str) -> str:
    """Return the length of a text in bytes."""
    return f"OCTET_LENGTH({text})"


def whole_seconds(instant: str) -> str:
    """Leave out the fraction of what is stored."""
    return f"FLOOR({instant})"


def quotient(number: str, divisor: str) -> str:
    """Divide by DIV: a fraction of four digits may be rounded up to the next number."""
    return f"(({number}) DIV {divisor})"


def stored_instant(value: datetime) -> Decimal:
    """Make an instant decimal seconds since the epoch, as the original kept it here."""
    return Decimal((value - EPOCH) // MICROSECOND).scaleb(-6)


def loaded_instant(value: Any) -> datetime:
    """Make an instant of what was stored."""
    return EPOCH + int(value.scaleb(6)) * MICROSECOND


insert_rows = inserts.insert_rows
insert_in_sequence = inserts.insert_in_sequence
insert_children = inserts.insert_children
insert_families = inserts.insert_families


def weights(connection: Connection, names: Sequence[str]) -> Sequence[str]:
    """Ask for the weights that the collation of names compares; it pads the shorter text with spaces."""
    statement = f"SELECT {', '.join([WEIGHT] * len(names))}"
    return connection.exec_driver_sql(statement, tuple(name.rstrip(" ") for name in names)).one()


def statements_of_others(connection: Connection) -> int:
    """Tell by counters that every account may read."""
    everybody, own = (int(connection.exec_driver_sql(show).one()[1]) for show in COUNTERS)
    return everybody - own


def lock(connection: Connection, wait_seconds: int) -> bool:
    """Wait in the server, for a name of the database's own: all databases of a server share the names of locks."""
    acquired = connection.execute(LOCK, {"seconds": wait_seconds}).scalar()
    connection.commit()
    return acquired == 1


def half_made_indexes(connection: Connection, table: str) -> Sequence[str]:  # noqa: ARG001 - of the protocol
    """Return nothing: an interrupted statement leaves no index."""
    return ()


def size_of(connection: Connection, table: str) -> TableSize | None:
    """Return the estimates of InnoDB."""
    return TableSize.of(*connection.execute(SIZE, {"name": table}).one())


def uncompressed(connection: Connection) -> Mapping[str, str] | None:
    """Look for tables without the option of MariaDB's; MySQL has another one, which changes no page that is there."""
    if not getattr(connection.dialect, "is_mariadb", False):
        return None
    if connection.exec_driver_sql("SELECT @@innodb_compression_algorithm").scalar() == "none":
        return None
    return {name: COMPRESS_PAGES.format(table=name) for name in connection.execute(UNCOMPRESSED).scalars()}


def progress(connection: Connection) -> TextClause | None:
    """Ask the list of processes, where MariaDB tells of progress and MySQL does not."""
    if not getattr(connection.dialect, "is_mariadb", False):
        return None
    return PROGRESS.bindparams(id=connection.exec_driver_sql("SELECT CONNECTION_ID()").scalar_one())
