"""Until when the statements of a connection may take, as its execution options say."""

import time

from sqlalchemy import Connection

from panko.storage.sql.settings import DEADLINE

SHORTEST_SECONDS = 0.001  # none at all would be no bound


def of(connection: Connection) -> float | None:
    """Return the moment of `time.monotonic()` after which no statement goes on; None where there is none."""
    found: float | None = connection.get_execution_options().get(DEADLINE)
    return found


def seconds_left(connection: Connection) -> float | None:
    """Return how long the next statement may take; None where nothing is said about it."""
    end = of(connection)
    return None if end is None else max(end - time.monotonic(), SHORTEST_SECONDS)
