"""A PyMySQL connection in autocommit mode, whose transactions begin with their first statement.

A SELECT of its own is then one round trip: there is nothing to roll back behind it. So is BEGIN with a block behind it.
"""

from typing import Any

from pymysql.constants.SERVER_STATUS import SERVER_STATUS_IN_TRANS
from pymysql.err import MySQLError

from panko.storage.sql.engines.mysql_driver.guarded_login import GuardedConnection
from panko.storage.sql.engines.mysql_driver.literals import Rows

# How a block of MariaDB's begins. What fails in it leaves no transaction open: an error tells of none.
BLOCK = "BEGIN NOT ATOMIC DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; RESIGNAL; END; "


class Session(GuardedConnection):
    """A connection that sends BEGIN, COMMIT and ROLLBACK only where they do something.

    Whether there is a transaction the server's last answer to a command tells. Answers to SELECT tell nothing and begin
    none in this mode; errors tell nothing either, and a block that fails leaves none open.
    """

    server_status: int
    _is_to_begin = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.encoders[Rows] = _written

    def begin(self) -> None:
        """Begin a transaction with the next statement."""
        self._is_to_begin = True

    def query(self, sql: str | bytes, unbuffered: bool = False) -> int:  # noqa: FBT001, FBT002 - PyMySQL's signature
        """Send a statement, and what begins a transaction before it."""
        if self._is_to_begin:
            self._is_to_begin = False
            if isinstance(sql, str) and sql.startswith(BLOCK):
                sql = f"{BLOCK}START TRANSACTION; {sql.removeprefix(BLOCK)}"
            else:
                super().query("BEGIN")
        return super().query(sql, unbuffered)

    def commit(self) -> None:
        """End the transaction, if one has begun."""
        if not self._is_to_begin:
            super().commit()
        self._is_to_begin = False

    def _read_query_result(self, unbuffered: bool = False) -> int:  # noqa: FBT001, FBT002 - PyMySQL's signature
        """Read an answer; close the connection where it was left in the middle, which a ROLLBACK would have told."""
        try:
            affected: int = super()._read_query_result(unbuffered)  # type: ignore[misc]  # not in its stubs
        except MySQLError:
            raise
        except BaseException:
            self._force_close()  # type: ignore[attr-defined]  # not in its stubs
            raise
        return affected

    def rollback(self) -> None:
        """End the transaction, if there is one."""
        self._is_to_begin = False
        if self.server_status & SERVER_STATUS_IN_TRANS:
            super().rollback()


def _written(rows: Rows, _encoders: object = None) -> str:
    return rows.literal
