"""What every kind of database is asked. Each module beside this one answers all of it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import URL, Connection, Engine, Table, TextClause
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeEngine

from panko.storage.sql.engines.failure import Failure
from panko.storage.sql.engines.inserting import Children, Parents, Values
from panko.storage.sql.engines.table_size import TableSize
from panko.storage.sql.settings import ConnectionSettings

ESCAPE = "|"  # before what would be special in a pattern of LIKE; no text of ours has many of them


class DatabaseEngine(Protocol):
    """A kind of database, as the module that answers for it."""

    # URLs.
    SCHEMES: tuple[str, ...]  # what a URL may begin with
    DRIVER: str  # what ours begins with

    def own_url(self, url: URL) -> URL:
        """Return a URL of this database with the arguments that ours has."""

    def parameters(self) -> Iterable[str] | None:
        """Return the names of the driver's arguments; None where it names an unknown one itself."""

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

    # Values and rows.
    ROW_ID: TypeEngine[int]  # the type of a primary key of 64 bits that the database counts up
    INSTANT: TypeEngine[Any]  # the type of a time to the microsecond

    def stored_instant(self, value: datetime) -> Any:
        """Make an instant what a column of that type holds."""

    def loaded_instant(self, value: Any) -> datetime:
        """Make an instant of what a column of that type holds; aware and in UTC."""

    def insert_rows(
        self,
        connection: Connection,
        table: Table,
        columns: Sequence[str],
        rows: Values,
        returning: Sequence[str] = (),
    ) -> Sequence[Any]:
        """Insert many rows in few statements, the values in the order of the columns.

        Return these columns of each row; only where the dialect says that it can, by `insert_returning`.
        """

    def insert_children(self, connection: Connection, columns: Sequence[str], tables: Mapping[Table, Values]) -> None:
        """Insert rows into each of some tables that have the same columns, in few round trips.

        What they refer to was inserted by this very transaction: no foreign key has to look for it.
        """

    def insert_in_sequence(
        self, connection: Connection, table: Table, columns: Sequence[str], rows: Values
    ) -> int | None:
        """Insert rows by one statement, and return the id of the first, from which the others' may be counted by one.

        Nothing is inserted, and None returned, where the database does not count so, or one statement is too short.
        """

    def insert_families(
        self, connection: Connection, parents: Parents, columns: Sequence[str], children: Children
    ) -> bool:
        """Insert few rows and their children, which have these columns, in one round trip.

        Insert nothing, and return False, where the database knows no such thing, or they are too long for it.
        """

    def weights(self, connection: Connection, names: Sequence[str]) -> Sequence[str]:
        """Return a text for each name; texts are equal when the database takes the names for the same."""

    def statements_of_others(self, connection: Connection) -> int:
        """Return how many statements other sessions have sent; always 0 where the database does not tell."""

    # What keeps the optimizer from a worse way; None where nothing does, or nothing has to.
    IN_THIS_ORDER: str | None  # before the columns: tables are joined in the order in which they are written
    UNJOINED: str | None  # after a statement in an EXISTS: it is evaluated row by row, and not made a join

    def by_index(self, index: str) -> str | None:
        """Return the hint by which the rows of a table are found by this index, or by PRIMARY, the primary key."""

    # Words of SQL, put around others.
    def same_bytes(self, left: str, right: str) -> str:
        """Compare two texts byte by byte."""

    def like_original(self, text: str) -> str:
        """Return a text that compares as in the original, whatever its column's collation."""

    def exactly(self, text: str) -> str:
        """Return a text as something that is the same for the same bytes alone."""

    def by_row(self, value: str) -> str:
        """Return a value in a form that no index is taken for."""

    def begins_with(self, text: str, prefix: str, pattern: str) -> str:
        """Tell whether a text begins with a prefix, which is given as a pattern of LIKE too."""

    def ends_with(self, text: str, suffix: str, pattern: str) -> str:
        """Tell whether a text ends with a suffix, which is given as a pattern of LIKE too."""

    def stored_bytes(self, text: str) -> str:
        """Return the length of a text in bytes."""

    def whole_seconds(self, instant: str) -> str:
        """Return the whole seconds from 1970 to an instant."""

    def quotient(self, number: str, divisor: str) -> str:
        """Divide two whole numbers, neither of them negative, and leave the rest out."""

    # Changes of the schema.
    IS_UPGRADED_IN_ONE_TRANSACTION: bool  # an upgrade is one transaction, which is the lock too: nothing in it commits
    MAKES_INDEXES_IN_A_TRANSACTION: bool
    REFUSES_SESSIONS_AT_ONCE: bool  # while others look at the database, whatever the time that a lock is waited for
    ADD_INDEX: str  # {name}, {table} and quoted {columns}; everybody goes on reading and writing where that is possible
    DROP_INDEX: str  # {name} and {table}

    def lock(self, connection: Connection, wait_seconds: int) -> bool:
        """Take the lock of upgrades for this session, outside of transactions; tell whether it was free in time."""

    def half_made_indexes(self, connection: Connection, table: str) -> Sequence[str]:
        """Return the indexes of a table that an interrupted ADD_INDEX left, of no use to anybody."""

    def size_of(self, connection: Connection, table: str) -> TableSize | None:
        """Return how large a table is; None where no upgrade rewrites one."""

    def uncompressed(self, connection: Connection) -> Mapping[str, str] | None:
        """Return the statement by which each table's pages get compressed, of tables that have uncompressed ones.

        Everybody goes on reading and writing meanwhile. None where the database compresses no pages.
        """

    def progress(self, connection: Connection) -> TextClause | None:
        """Return what tells another session how far this one is: stage, max_stage and progress, a percentage."""
