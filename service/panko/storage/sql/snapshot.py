"""Read transactions: every statement of one sees the same committed state."""

from sqlalchemy import Connection

SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"


def begin_snapshot(connection: Connection) -> None:
    """Make this transaction, which has not read anything yet, a snapshot; on SQLite every transaction is one.

    Under READ COMMITTED an event that expires meanwhile could be returned without its traits.
    """
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql(SNAPSHOT)
