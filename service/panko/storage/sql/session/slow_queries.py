"""Logs statements that took long, as they were built: bound values are never part of that."""

import logging
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext

LOG = logging.getLogger(__name__)
TEXT_LENGTH = 1000
BEGIN = "panko_statement_begin"


def watch(engine: Engine, threshold_seconds: float | None, *, clock: Callable[[], float] = time.monotonic) -> None:
    """Log every statement of an engine that takes as long as the threshold or fails after it; None logs nothing."""
    if threshold_seconds is None:
        return

    def begin(connection: Any, *_: object) -> None:
        connection.info[BEGIN] = clock()

    def end(connection: Any, _cursor: object, statement: str, *_: object) -> None:
        note(logging.WARNING, connection.info.pop(BEGIN, None), statement=statement)

    def fail(context: ExceptionContext) -> None:
        connection = context.connection
        if connection is not None and not connection.invalidated and context.statement:
            # oslo.log adds to a warning what the exception at hand says, and a driver's exceptions quote values.
            note(logging.INFO, connection.info.pop(BEGIN, None), statement=context.statement)

    def note(level: int, begun: float | None, *, statement: str) -> None:
        seconds = 0.0 if begun is None else clock() - begun
        if seconds >= threshold_seconds:
            verb = "took" if level == logging.WARNING else "failed after"
            LOG.log(level, "A statement %s %.2f s: %s", verb, seconds, " ".join(statement.split())[:TEXT_LENGTH])

    event.listen(engine, "before_cursor_execute", begin)
    event.listen(engine, "after_cursor_execute", end)
    event.listen(engine, "handle_error", fail)
