"""What a failure of the database means: which may pass by themselves, and what to tell the person otherwise. Pure.

Nothing here quotes a driver's message: those hold SQL, values, hosts and account names.
"""

import dataclasses
import enum
from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError


class Remedy(enum.Enum):
    """What may help against a failure."""

    LOOK = "the same transaction succeeds at once when it looks first what is stored"
    RETRY = "the same transaction may succeed right away"
    WAIT = "the same transaction may succeed when somebody has done something"
    NONE = "a defect of this program or of its input"


@dataclasses.dataclass(frozen=True, slots=True)
class Failure:
    """A remedy, and one sentence for a person."""

    remedy: Remedy
    reason: str


AWAY = Failure(
    Remedy.RETRY,
    "The database does not answer. Try again in a few seconds; if that does not help, see that its server runs and "
    "that [database] connection names its host and port.",
)
# Nothing is wrong: an event that is stored was sent again. Seen twice in one call, somebody else writes the same.
KEY = Failure(Remedy.LOOK, "The database is busy with other writers; try again in a few seconds.")
BUSY = Failure(Remedy.RETRY, "The database is busy with other writers; try again in a few seconds.")
CROWDED = Failure(Remedy.RETRY, "The database has no connection left; try again, or raise its connection limit.")
READ_ONLY = Failure(Remedy.RETRY, "The database accepts no writing at the moment; try again in a few seconds.")
POOL = Failure(Remedy.WAIT, "All connections to the database are in use; try again, or add workers or threads.")
TOO_SLOW = Failure(
    Remedy.WAIT,
    "The database did not finish in time; ask for less, e.g. with a later start_timestamp or a lower limit.",
)
REFUSED = Failure(
    Remedy.WAIT, "The database refuses the account of [database] connection; correct its user, password or grants."
)
NO_SCHEMA = Failure(Remedy.WAIT, "The database has no tables, or old ones; run panko-dbsync.")
NO_DATABASE = Failure(Remedy.WAIT, "The database of [database] connection does not exist; create it.")
FULL = Failure(Remedy.WAIT, "The database has no space left; make room on its disk.")
DEFECT = Failure(Remedy.NONE, "The database refused a statement.")

# https://mariadb.com/kb/en/mariadb-error-codes/
MYSQL: Mapping[int, Failure] = MappingProxyType(
    {
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
    }
)
# After these the session is of no use, though SQLAlchemy does not know it.
MYSQL_DISCONNECTS = frozenset({1047, 1053, 1180, 1290, 1836})

# https://www.postgresql.org/docs/current/errcodes-appendix.html; two characters name a class.
POSTGRESQL: Mapping[str, Failure] = MappingProxyType(
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
POSTGRESQL_DISCONNECTS = frozenset({"25006", "57P01", "57P02", "57P03"})

SQLITE: Mapping[str, Failure] = MappingProxyType(
    {
        "SQLITE_BUSY": BUSY,
        "SQLITE_LOCKED": BUSY,
        "SQLITE_READONLY": REFUSED,
        "SQLITE_CANTOPEN": NO_DATABASE,
        "SQLITE_FULL": FULL,
        "SQLITE_INTERRUPT": TOO_SLOW,
    }
)


# A row that is referred to does not exist, by MySQL's number, PostgreSQL's SQLSTATE and SQLite's name.
FOREIGN_KEYS = frozenset({1216, 1452, "23503", "SQLITE_CONSTRAINT_FOREIGNKEY"})

LIBPQ: Mapping[str, Failure] = MappingProxyType(
    {
        "password authentication failed": REFUSED,
        "no pg_hba.conf entry": REFUSED,
        "does not exist": NO_DATABASE,
        "too many clients": CROWDED,
        "too many connections": CROWDED,
    }
)


def code_of(error: BaseException) -> int | str | None:
    """Return a driver's error code: a number of MySQL, an SQLSTATE of PostgreSQL, a name of SQLite."""
    first = error.args[0] if error.args else None
    if isinstance(first, int):
        return first
    return getattr(error, "sqlite_errorname", None) or getattr(error, "sqlstate", None)


def is_missing_row(error: IntegrityError) -> bool:
    """Tell whether a foreign key was refused, and not a unique one."""
    code = code_of(error.orig) if error.orig is not None else None
    return code in FOREIGN_KEYS


def is_disconnect(error: BaseException) -> bool:
    """Tell whether the session is of no use after a driver's error that SQLAlchemy takes for harmless."""
    code = code_of(error)
    return code in MYSQL_DISCONNECTS or code in POSTGRESQL_DISCONNECTS


def classify(error: Exception) -> Failure:
    """Tell what a failure means."""
    if isinstance(error, PoolTimeoutError):
        return POOL
    if isinstance(error, IntegrityError):
        return KEY
    if not isinstance(error, DBAPIError):
        return DEFECT
    code = code_of(error.orig) if error.orig is not None else None
    return _by_code(code) or _by_kind(error)


def _by_code(code: int | str | None) -> Failure | None:
    if isinstance(code, int):
        return MYSQL.get(code)
    if code is None:
        return None
    if code.startswith("SQLITE_"):
        return SQLITE.get("_".join(code.split("_")[:2]))
    return POSTGRESQL.get(code) or POSTGRESQL.get(code[:2])


def _by_kind(error: DBAPIError) -> Failure:
    """Judge what has no telling code, by the words of the driver where there is no other way."""
    words = str(error.orig)
    if getattr(error.orig, "sqlite_errorname", None) == "SQLITE_ERROR":
        return NO_SCHEMA if "no such" in words else DEFECT
    if error.connection_invalidated:
        return AWAY
    if type(error.orig).__module__.startswith("psycopg") and isinstance(error, OperationalError):
        # libpq reports whatever goes wrong while connecting without an SQLSTATE.
        return next((failure for part, failure in LIBPQ.items() if part in words), AWAY)
    return DEFECT
