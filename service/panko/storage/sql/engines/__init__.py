"""One module for each kind of database: how it is connected to, and what its sessions and transactions begin with."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Protocol

from sqlalchemy import URL, Engine
from sqlalchemy.pool import ConnectionPoolEntry

from panko.storage.sql.engines import mysql, postgresql, sqlite
from panko.storage.sql.settings import ConnectionSettings


class Kind(Protocol):
    """What each of the modules has."""

    # What makes a snapshot of a transaction that has not read anything yet.
    SNAPSHOT: tuple[str, ...]

    def options(self, url: URL, settings: ConnectionSettings) -> dict[str, Any]:
        """Return the arguments of `create_engine`."""

    def set_up(self, settings: ConnectionSettings, dbapi_connection: Any, record: ConnectionPoolEntry) -> None:
        """Set the variables of a session that has just begun."""

    def listen(self, engine: Engine, settings: ConnectionSettings) -> None:
        """Take part in how connections are opened and transactions begin."""


KINDS: Mapping[str, Kind] = MappingProxyType({"mysql": mysql, "postgresql": postgresql, "sqlite": sqlite})
