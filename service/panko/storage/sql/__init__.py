"""Events in a SQL database. `connect` is all that others need, and `migrate` to bring the schema up."""

from panko.storage.sql.connection import SQLConnection, connect
from panko.storage.sql.settings import ConnectionSettings

__all__ = ["ConnectionSettings", "SQLConnection", "connect"]
