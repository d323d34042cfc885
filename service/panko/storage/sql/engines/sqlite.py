"""SQLite."""

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import URL, Connection, DateTime, Engine, Integer, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool
from sqlalchemy.types import TypeEngine

from panko.storage.sql.engines import deadline, inserting
from panko.storage.sql.engines.failure import BUSY, DEFECT, FULL, NO_DATABASE, NO_SCHEMA, REFUSED, TOO_SLOW, Failure
from panko.storage.sql.settings import WRITES, ConnectionSettings

SCHEMES: tuple[str, ...] = ("sqlite",)
DRIVER = "sqlite"

FAILURES: Mapping[str, Failure] = MappingProxyType(
    {
        "SQLITE_BUSY": BUSY,
        "SQLITE_LOCKED": BUSY,
        "SQLITE_READONLY": REFUSED,
        "SQLITE_CANTOPEN": NO_DATABASE,
        "SQLITE_FULL": FULL,
        "SQLITE_INTERRUPT": TOO_SLOW,
    }
)
DISCONNECTS: frozenset[int | str] = frozenset()
MISSING_ROW: frozenset[int | str] = frozenset({"SQLITE_CONSTRAINT_FOREIGNKEY"})

ROW_ID: TypeEngine[int] = Integer()  # an INTEGER PRIMARY KEY is the 64-bit row id; BIGINT would not be
INSTANT: TypeEngine[Any] = DateTime()

IS_UPGRADED_IN_ONE_TRANSACTION = True
REFUSES_SESSIONS_AT_ONCE = True  # it does not become a WAL database while somebody else looks at it
MAKES_INDEXES_IN_A_TRANSACTION = True
ADD_INDEX = "CREATE INDEX {name} ON {table} ({columns})"
DROP_INDEX = "DROP INDEX {name}"

STEPS_BETWEEN_LOOKS = 10_000  # of its machine: a fraction of a millisecond

IN_THIS_ORDER: str | None = None
UNJOINED: str | None = None

SNAPSHOT: tuple[str, ...] = ()  # every transaction is one


def own_url(url: URL) -> URL:
    """Return the URL without an encoding, which is another database's to choose."""
    return url.difference_update_query(["charset"])


def parameters() -> None:
    """Leave them to the driver, which names an unknown one when it connects."""


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
    _bound(connection)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _bound(connection: Connection) -> None:
    """End a statement after its deadline, at which the database itself looks now and then."""
    end = deadline.of(connection)
    driver: Any = connection.connection.driver_connection
    driver.set_progress_handler(None if end is None else lambda: time.monotonic() > end, STEPS_BETWEEN_LOOKS)


def code(error: BaseException) -> str | None:
    """Return the name of a driver's error."""
    found: str | None = getattr(error, "sqlite_errorname", None)
    return found


def failure(error: DBAPIError) -> Failure | None:
    """Tell what an error means by its name, or by its words where the name tells nothing."""
    name = None if error.orig is None else code(error.orig)
    if name is None:
        return None
    if name == "SQLITE_ERROR":
        return NO_SCHEMA if "no such" in str(error.orig) else DEFECT
    return FAILURES.get("_".join(name.split("_")[:2]))


def by_index(index: str) -> None:
    """Name no index: it would make a statement fail whose index is not there, instead of taking another."""


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
    """Say a value as it is."""
    return value


def begins_with(text: str, prefix: str, pattern: str) -> str:  # noqa: ARG001 - of the protocol
    """Compare exactly, unlike LIKE; the bound is what an index can follow."""
    return f"({text} >= {prefix} AND substr({text}, 1, length({prefix})) = {prefix})"


def ends_with(text: str, suffix: str, pattern: str) -> str:  # noqa: ARG001 - of the protocol
    """Compare exactly, unlike LIKE; the last no letters of a text would be all of them."""
    return f"substr({text}, length({text}) - length({suffix}) + 1) = {suffix}"


def stored_bytes(text: str) -> str:
    """Return the length of a text in bytes, which older releases have no function for."""
    return f"LENGTH(CAST({text} AS BLOB))"


def whole_seconds(instant: str) -> str:
    """Leave out the fraction, of which SQLite makes milliseconds, rounded."""
    return f"CAST(strftime('%s', substr({instant}, 1, 19)) AS INTEGER)"


def quotient(number: str, divisor: str) -> str:
    """Divide whole numbers."""
    return f"(({number}) / {divisor})"


def stored_instant(value: datetime) -> datetime:
    """Make an instant a date and time without zone, in UTC, as the original kept it here."""
    return value.astimezone(UTC).replace(tzinfo=None)


def loaded_instant(value: Any) -> datetime:
    """Make an instant of what was stored."""
    return datetime.combine(value.date(), value.time(), UTC)


insert_rows = inserting.insert_rows
insert_in_sequence = inserting.insert_in_sequence
insert_families = inserting.insert_families
insert_children = inserting.insert_children


def weights(connection: Connection, names: Sequence[str]) -> Sequence[str]:  # noqa: ARG001 - of the protocol
    """Return the names: they are compared exactly."""
    return names


def statements_of_others(connection: Connection) -> int:  # noqa: ARG001 - of the protocol
    """Return 0: nobody counts them."""
    return 0


def lock(connection: Connection, wait_seconds: int) -> bool:  # noqa: ARG001 - of the protocol
    """Take none: a transaction that writes keeps others from writing, and an upgrade is one."""
    return True


def half_made_indexes(connection: Connection, table: str) -> Sequence[str]:  # noqa: ARG001 - of the protocol
    """Return nothing: an interrupted statement leaves no index."""
    return ()


def size_of(connection: Connection, table: str) -> None:
    """Return nothing: ids have 64 bits and texts every character from the beginning, so no table is rewritten."""


def uncompressed(connection: Connection) -> None:
    """Return nothing: pages are as they are."""


def progress(connection: Connection) -> None:
    """Ask nothing: no statement tells how far it is."""
