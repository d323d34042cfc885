"""A PyMySQL connection in autocommit mode, whose transactions begin with BEGIN.

A SELECT of its own is then one round trip: there is nothing to roll back behind it.
"""

from typing import Any

from pymysql.constants.SERVER_STATUS import SERVER_STATUS_IN_TRANS
from pymysql.err import MySQLError

from panko.storage.sql.engines.mysql_driver.guarded_login import GuardedConnection
from panko.storage.sql.engines.mysql_driver.literals import Rows


class Session(GuardedConnection):
    """A connection that sends ROLLBACK only inside of a transaction, as the server's last answer to a command tells.

    Answers to SELECT tell nothing, and begin no transaction in this mode.
    """

    server_status: int

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.encoders[Rows] = _written

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
        if self.server_status & SERVER_STATUS_IN_TRANS:
            super().rollback()


def _written(rows: Rows, _encoders: object = None) -> str:
    return rows.literal
