"""The SQLAlchemy engine, with every bound that keeps a sick database from hanging the service.

Makes no statement but those that set a session up.
"""

import functools
import time
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.engine import Dialect, ExceptionContext
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from panko.storage.sql import engines
from panko.storage.sql.session import arguments, failures, slow_queries
from panko.storage.sql.settings import ConnectionSettings

USED_AT = "panko_used_at"
IDLE_SECONDS = 1


def make_engine(url: URL, settings: ConnectionSettings) -> Engine:
    """Make an engine; no connection is opened yet. Raise ConfigurationError for arguments of no use."""
    kind = engines.of_url(url)
    options = {
        "hide_parameters": True,
        "pool_size": settings.pool_size,
        "max_overflow": 0,
        "pool_timeout": settings.pool_timeout_seconds,
        "pool_use_lifo": True,
        **kind.options(url, settings),
    }
    with arguments.checked(url):
        engine = create_engine(url, **options)
    event.listen(engine, "handle_error", _mark_disconnects)
    event.listen(engine, "checkin", _remember_use)
    event.listen(engine, "checkout", functools.partial(_ping_idle, engine.dialect))
    event.listen(engine, "connect", functools.partial(kind.set_up, settings))
    slow_queries.watch(engine, settings.slow_query_seconds)
    kind.listen(engine, settings)
    return engine


def _remember_use(_dbapi_connection: object, record: ConnectionPoolEntry) -> None:
    record.info[USED_AT] = time.monotonic()


def _ping_idle(dialect: Dialect, dbapi_connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
    """Replace a connection that died while nobody used it; one that was used a moment ago is not asked."""
    if time.monotonic() - record.info.get(USED_AT, 0) > IDLE_SECONDS and not _answers(dialect, dbapi_connection):
        raise DisconnectionError


def _answers(dialect: Dialect, dbapi_connection: Any) -> bool:
    try:
        return bool(dialect.do_ping(dbapi_connection))
    except Exception as error:
        if isinstance(error, dialect.loaded_dbapi.Error):
            return False
        raise


def _mark_disconnects(context: ExceptionContext) -> None:
    if failures.is_disconnect(context.original_exception):
        context.is_disconnect = True
