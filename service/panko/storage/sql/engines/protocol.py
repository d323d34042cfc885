"""What every kind of database is asked. Each module beside this one answers all of it."""

from typing import Any, Protocol

from sqlalchemy import URL, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from panko.storage.sql.engines.failure import Failure
from panko.storage.sql.settings import ConnectionSettings


class DatabaseEngine(Protocol):
    """A kind of database, as the module that answers for it."""

    # Sessions.
    SNAPSHOT: tuple[str, ...]  # what makes a snapshot of a transaction that has not read anything yet

    def options(self, url: URL, settings: ConnectionSettings) -> dict[str, Any]:
        """Return the arguments of `create_engine`."""

    def set_up(self, settings: ConnectionSettings, dbapi_connection: Any, record: ConnectionPoolEntry) -> None:
        """Set the variables of a session that has just begun."""

    def listen(self, engine: Engine, settings: ConnectionSettings) -> None:
        """Take part in how connections are opened and transactions begin."""

    # Failures.
    DISCONNECTS: frozenset[int | str]  # after these the session is of no use, though SQLAlchemy does not know it
    MISSING_ROW: frozenset[int | str]  # a row that is referred to does not exist

    def code(self, error: BaseException) -> int | str | None:
        """Return the code of a driver's error; None where another driver raised it."""

    def failure(self, error: DBAPIError) -> Failure | None:
        """Tell what an error means; None where it tells nothing, or is another database's."""
