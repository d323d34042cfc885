"""Tells what a failure of the database means, by what each kind of database says of its errors. Pure."""

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from panko.storage.sql.engines import ENGINES
from panko.storage.sql.engines.failure import AWAY, DEFECT, KEY, POOL, Failure


def code_of(error: BaseException) -> int | str | None:
    """Return a driver's error code: a number of MySQL, an SQLSTATE of PostgreSQL, a name of SQLite."""
    codes = (engine.code(error) for engine in ENGINES.values())
    return next((code for code in codes if code is not None), None)


def is_missing_row(error: IntegrityError) -> bool:
    """Tell whether a foreign key was refused, for the row that it refers to is gone, and not a unique one."""
    code = code_of(error.orig) if error.orig is not None else None
    return any(code in engine.MISSING_ROW for engine in ENGINES.values())


def is_disconnect(error: BaseException) -> bool:
    """Tell whether the session is of no use after a driver's error that SQLAlchemy takes for harmless."""
    code = code_of(error)
    return any(code in engine.DISCONNECTS for engine in ENGINES.values())


def classify(error: Exception) -> Failure:
    """Tell what a failure means. Drivers agree on which errors are a refused key, and on nothing else."""
    if isinstance(error, PoolTimeoutError):
        return POOL
    if isinstance(error, IntegrityError):
        return KEY
    if not isinstance(error, DBAPIError):
        return DEFECT
    known = (engine.failure(error) for engine in ENGINES.values())
    otherwise = AWAY if error.connection_invalidated else DEFECT
    return next((failure for failure in known if failure is not None), otherwise)
