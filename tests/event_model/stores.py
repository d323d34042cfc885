"""Stores of a database, opened for a while."""

import contextlib
from collections.abc import Iterator

from panko.storage.sql import ConnectionSettings, connect
from panko.storage.sql.connection import SQLConnection


@contextlib.contextmanager
def opened(url: str) -> Iterator[SQLConnection]:
    """Open the store of a database for one thread, and close it whatever comes."""
    store = connect(url, ConnectionSettings(pool_size=1))
    try:
        yield store
    finally:
        store.dispose()
