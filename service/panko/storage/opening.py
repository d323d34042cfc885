"""Opens the database that the configuration names. Nothing is sent to it before the first request."""

from oslo_config import cfg

from panko import config
from panko.storage import Connection, sql


def connect(conf: cfg.ConfigOpts) -> Connection:
    """Return the Connection of one process. It serves as soon as its database does, and raises until then."""
    settings = sql.ConnectionSettings(
        pool_size=conf.database.max_pool_size,
        slow_query_seconds=conf.database.slow_query_seconds or None,
        max_page_bytes=conf.api.max_page_bytes,
    )
    return sql.connect(config.database_url(conf), settings)
