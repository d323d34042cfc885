"""Says how far a long statement is, where the database tells it."""

import contextlib
import threading
from collections.abc import Callable, Iterator

from sqlalchemy import Connection, Engine, TextClause, create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from panko.storage.sql import engines

SECONDS_BETWEEN_REPORTS = 5


@contextlib.contextmanager
def reported(connection: Connection, what: str, report: Callable[[str], None]) -> Iterator[None]:
    """Report what a statement is for, and every few seconds how far it is, until it has ended."""
    report(what)
    progress = engines.of(connection.dialect).progress(connection)
    if progress is None:
        yield
        return
    ended = threading.Event()
    watcher = threading.Thread(target=_watch, args=(connection.engine, progress, what, report, ended), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()


def _watch(engine: Engine, asked: TextClause, what: str, report: Callable[[str], None], ended: threading.Event) -> None:
    own = create_engine(engine.url, poolclass=NullPool)
    while not ended.wait(SECONDS_BETWEEN_REPORTS):
        # Nobody needs to know: a step without progress is still a step.
        with contextlib.suppress(SQLAlchemyError), own.connect() as connection:
            row = connection.execute(asked).first()
            if row is not None:
                report(f"{what}: stage {row.stage} of {row.max_stage}, {row.progress:.0f} %")
