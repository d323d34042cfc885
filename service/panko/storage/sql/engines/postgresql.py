"""PostgreSQL."""

import functools
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import URL, BigInteger, Connection, DateTime, Engine, event, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeEngine

from panko.storage.sql.engines import deadline, inserting
from panko.storage.sql.engines.failure import (
    AWAY,
    BUSY,
    CROWDED,
    FULL,
    NO_DATABASE,
    NO_SCHEMA,
    READ_ONLY,
    REFUSED,
    TOO_SLOW,
    Failure,
)
from panko.storage.sql.engines.postgresql_driver import inserts
from panko.storage.sql.engines.protocol import ESCAPE
from panko.storage.sql.engines.table_size import TableSize
from panko.storage.sql.settings import ConnectionSettings

SCHEMES: tuple[str, ...] = ("postgresql", "postgres")
DRIVER = "postgresql+psycopg"

# https://www.postgresql.org/docs/current/errcodes-appendix.html; two characters name a class.
FAILURES: Mapping[str, Failure] = MappingProxyType(
    {
        "40001": BUSY,
        "40P01": BUSY,
        "55P03": BUSY,  # lock_timeout
        "08": AWAY,
        "57P01": AWAY,
        "57P02": AWAY,
        "57P03": AWAY,
        "57P05": AWAY,
        "53300": CROWDED,
        "25006": READ_ONLY,
        "57014": TOO_SLOW,
        "28": REFUSED,
        "42501": REFUSED,
        "3D000": NO_DATABASE,
        "42P01": NO_SCHEMA,
        "42703": NO_SCHEMA,
        "53100": FULL,
    }
)
DISCONNECTS: frozenset[int | str] = frozenset({"25006", "57P01", "57P02", "57P03"})
# libpq reports whatever goes wrong while connecting without an SQLSTATE.
LIBPQ: Mapping[str, Failure] = MappingProxyType(
    {
        "password authentication failed": REFUSED,
        "no pg_hba.conf entry": REFUSED,
        "does not exist": NO_DATABASE,
        "too many clients": CROWDED,
        "too many connections": CROWDED,
    }
)
MISSING_ROW: frozenset[int | str] = frozenset({"23503"})

ROW_ID: TypeEngine[int] = BigInteger()
INSTANT: TypeEngine[Any] = DateTime()

IS_UPGRADED_IN_ONE_TRANSACTION = False
REFUSES_SESSIONS_AT_ONCE = False
LOCK = text("SELECT pg_try_advisory_lock(7236838110021)")  # numbers stand for names; this one is ours
SECONDS_BETWEEN_TRIES = 0.5
MAKES_INDEXES_IN_A_TRANSACTION = False  # CONCURRENTLY, which lets writers go on, is refused in one
ADD_INDEX = "CREATE INDEX CONCURRENTLY {name} ON {table} ({columns})"
DROP_INDEX = "DROP INDEX CONCURRENTLY {name}"
HALF_MADE = text(
    "SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid"
    " WHERE NOT indisvalid AND indrelid = to_regclass(:table)"
)
SIZE = text("SELECT reltuples, pg_total_relation_size(oid) FROM pg_class WHERE oid = to_regclass(:name)")

IN_THIS_ORDER: str | None = None  # see the variables of a session
UNJOINED: str | None = "OFFSET 0"

SNAPSHOT: tuple[str, ...] = ("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",)


def own_url(url: URL) -> URL:
    """Return the URL without an encoding, which is another database's to choose."""
    return url.difference_update_query(["charset"])


def parameters() -> None:
    """Leave them to the driver, which names an unknown one when it connects."""


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
        # What an index does not tell is then a plan of enormous costs, and worth to be compiled first: for a second.
        "jit": "off",
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
    """Bound every answer."""
    event.listen(engine, "do_connect", functools.partial(_connect, settings))
    event.listen(engine, "before_cursor_execute", _bounded)


def _bounded(connection: Connection, cursor: Any, *_: object) -> None:
    """Bound the next statement; what is set ends with its transaction."""
    seconds = deadline.seconds_left(connection)
    if seconds is not None:
        cursor.execute(f"SET LOCAL statement_timeout = {max(1, int(seconds * 1000))}")


def _connect(
    settings: ConnectionSettings, _dialect: object, _record: object, args: Any, options: dict[str, Any]
) -> Any:
    from panko.storage.sql.engines.postgresql_driver.session import BoundedConnection  # noqa: PLC0415 - only who uses it needs psycopg

    connection = BoundedConnection.connect(*args, **options)
    connection.read_timeout_seconds = settings.read_timeout_seconds
    return connection


def code(error: BaseException) -> str | None:
    """Return the SQLSTATE of a driver's error."""
    found: str | None = getattr(error, "sqlstate", None)
    return found


def failure(error: DBAPIError) -> Failure | None:
    """Tell what an error means by its SQLSTATE, or by its words where there is no other way."""
    state = None if error.orig is None else code(error.orig)
    known = None if state is None else FAILURES.get(state) or FAILURES.get(state[:2])
    if known is not None or error.connection_invalidated:
        return known
    if type(error.orig).__module__.startswith("psycopg") and isinstance(error, OperationalError):
        words = str(error.orig)
        return next((failure for part, failure in LIBPQ.items() if part in words), AWAY)
    return None


def by_index(index: str) -> None:
    """Name no index: there are no such hints."""


def same_bytes(left: str, right: str) -> str:
    """Compare as any text is compared here: exactly."""
    return f"{left} = {right}"


def like_original(text: str) -> str:
    """Compare exactly: so the original did here too."""
    return text


def exactly(text: str) -> str:
    """Say a text as it is, which is compared exactly."""
    return text


def by_row(value: str) -> str:
    """Hide a column: where a value is believed to be rare its index would be taken, which reads what others stored."""
    return f"COALESCE({value}, {value})"


def begins_with(text: str, prefix: str, pattern: str) -> str:  # noqa: ARG001 - of the protocol
    """Compare by the pattern."""
    return f"{text} LIKE {pattern} ESCAPE '{ESCAPE}'"


ends_with = begins_with


def stored_bytes(text: str) -> str:
    """Return the length of a text in bytes."""
    return f"OCTET_LENGTH({text})"


def whole_seconds(instant: str) -> str:
    """Take what is stored for a time in UTC."""
    return f"CAST(FLOOR(EXTRACT(EPOCH FROM {instant})) AS BIGINT)"


def quotient(number: str, divisor: str) -> str:
    """Divide whole numbers."""
    return f"(({number}) / {divisor})"


def stored_instant(value: datetime) -> datetime:
    """Make an instant a date and time without zone, in UTC, as the original kept it here."""
    return value.astimezone(UTC).replace(tzinfo=None)


def loaded_instant(value: Any) -> datetime:
    """Make an instant of what was stored."""
    return datetime.combine(value.date(), value.time(), UTC)


insert_rows = inserts.insert_rows
insert_in_sequence = inserting.insert_in_sequence
insert_families = inserting.insert_families
insert_children = inserts.insert_children


def weights(connection: Connection, names: Sequence[str]) -> Sequence[str]:  # noqa: ARG001 - of the protocol
    """Return the names: they are compared exactly."""
    return names


def statements_of_others(connection: Connection) -> int:  # noqa: ARG001 - of the protocol
    """Return 0: they are counted with a delay, and one's own cannot be told from others'."""
    return 0


def lock(connection: Connection, wait_seconds: int) -> bool:
    """Ask again and again: CREATE INDEX CONCURRENTLY waits for every transaction, and so for one that waited here."""
    deadline = time.monotonic() + wait_seconds
    while True:
        acquired = bool(connection.execute(LOCK).scalar())
        connection.commit()
        if acquired or time.monotonic() > deadline:
            return acquired
        time.sleep(SECONDS_BETWEEN_TRIES)


def half_made_indexes(connection: Connection, table: str) -> Sequence[str]:
    """Return what an interrupted CREATE INDEX CONCURRENTLY left: indexes that no statement uses."""
    return connection.execute(HALF_MADE, {"table": table}).scalars().all()


def size_of(connection: Connection, table: str) -> TableSize | None:
    """Return the estimates of the last ANALYZE."""
    return TableSize.of(*connection.execute(SIZE, {"name": table}).one())


def uncompressed(connection: Connection) -> None:
    """Return nothing: values are compressed where they are long, and pages never."""


def progress(connection: Connection) -> None:
    """Ask nothing: no statement tells how far it is."""
