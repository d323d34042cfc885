"""A psycopg connection that gives up on a server that answers nothing.

libpq has no read time-out, and a frozen server's kernel keeps the TCP connection alive: without this a thread would
hang for as long as the server does.
"""

import time
from collections.abc import Generator
from typing import Any

import psycopg


class BoundedConnection(psycopg.Connection[Any]):
    """A connection that is closed when a single answer takes longer than `read_timeout_seconds`."""

    read_timeout_seconds: float | None = None

    def wait(self, gen: Generator[Any, Any, Any], *args: Any, **options: Any) -> Any:
        """Wait for an answer. psycopg wakes the generator ten times a second, ready or not."""
        if self.read_timeout_seconds is None:
            return super().wait(gen, *args, **options)
        return super().wait(self._bounded(gen, time.monotonic() + self.read_timeout_seconds), *args, **options)

    def _bounded(self, gen: Generator[Any, Any, Any], deadline: float) -> Generator[Any, Any, Any]:
        try:
            state = next(gen)
            while True:
                ready = yield state
                if not ready and time.monotonic() > deadline:
                    self.pgconn.finish()  # the answer may still come, and must not be taken for the next one
                    raise psycopg.OperationalError("the server did not answer in time")
                state = gen.send(ready)
        except StopIteration as end:
            return end.value
