"""Read transactions: every statement of one sees the same committed state."""

from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy import Connection

SNAPSHOT: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "mysql": ("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", "START TRANSACTION READ ONLY"),
        "postgresql": ("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",),
        "sqlite": (),  # every transaction is one
    }
)


def begin_snapshot(connection: Connection) -> None:
    """Make a snapshot of this transaction, which has not read anything yet.

    Under READ COMMITTED an event that expires meanwhile could be returned without its traits.
    """
    for statement in SNAPSHOT[connection.dialect.name]:
        connection.exec_driver_sql(statement)
