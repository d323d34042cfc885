"""One module for each kind of database, which holds all that is said of that kind alone.

No other module asks which kind it is: it asks the kind's module for what differs, by the names of `protocol`.
"""

from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy import URL
from sqlalchemy.engine import Dialect

from panko.storage.sql.engines import mysql, postgresql, sqlite
from panko.storage.sql.engines.protocol import DatabaseEngine

ENGINES: Mapping[str, DatabaseEngine] = MappingProxyType(
    {"mysql": mysql, "postgresql": postgresql, "sqlite": sqlite}  # by the names of SQLAlchemy's dialects
)


BY_SCHEME: Mapping[str, DatabaseEngine] = MappingProxyType(
    {scheme: engine for engine in ENGINES.values() for scheme in engine.SCHEMES}
)


def of(dialect: Dialect) -> DatabaseEngine:
    """Return what is said of a kind of database."""
    return ENGINES[dialect.name]


def of_url(url: URL) -> DatabaseEngine:
    """Return what is said of the kind of database that a URL names; raise KeyError with the name of another kind."""
    return BY_SCHEME[url.get_backend_name()]
