"""Says how far a long statement is, as MariaDB tells it in its list of processes. Other databases tell nothing."""

import contextlib
import threading
from collections.abc import Callable, Iterator

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

SECONDS_BETWEEN_REPORTS = 5
STATEMENT = text(
    "SELECT stage, max_stage, progress FROM information_schema.processlist WHERE id = :id AND max_stage > 0"
)


@contextlib.contextmanager
def reported(connection: Connection, what: str, report: Callable[[str], None]) -> Iterator[None]:
    """Report what a statement is for, and every few seconds how far it is, until it has ended."""
    report(what)
    if not getattr(connection.dialect, "is_mariadb", False):
        yield
        return
    watched = connection.exec_driver_sql("SELECT CONNECTION_ID()").scalar_one()
    ended = threading.Event()
    watcher = threading.Thread(target=_watch, args=(connection.engine, watched, what, report, ended), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()


def _watch(engine: Engine, watched: int, what: str, report: Callable[[str], None], ended: threading.Event) -> None:
    own = create_engine(engine.url, poolclass=NullPool)
    while not ended.wait(SECONDS_BETWEEN_REPORTS):
        # Nobody needs to know: a step without progress is still a step.
        with contextlib.suppress(SQLAlchemyError), own.connect() as connection:
            row = connection.execute(STATEMENT, {"id": watched}).first()
            if row is not None:
                report(f"{what}: stage {row.stage} of {row.max_stage}, {row.progress:.0f} %")
