"""Read transactions: every statement of one sees the same committed state."""

from sqlalchemy import Connection

from panko.storage.sql import engines


def begin_snapshot(connection: Connection) -> None:
    """Make a snapshot of this transaction, which has not read anything yet.

    Under READ COMMITTED an event that expires meanwhile could be returned without its traits.
    """
    for statement in engines.of(connection.dialect).SNAPSHOT:
        connection.exec_driver_sql(statement)
