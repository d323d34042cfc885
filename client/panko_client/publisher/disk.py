"""Events that wait for the API in files, and so outlive the process and the machine's power.

Each process has a file of its own, an SQLite database, which it locks while it lives. What dead processes have left is
taken over by the next that starts.
"""

import contextlib
import fcntl
import os
import sqlite3
import threading
import uuid
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Final

from panko_client.delivery import batches
from panko_client.errors import InputError
from panko_client.publisher.queue import Waiting, check_room

SUFFIX: Final = ".queue"
SCHEMA: Final = "CREATE TABLE IF NOT EXISTS event (number INTEGER PRIMARY KEY AUTOINCREMENT, body BLOB NOT NULL)"
# An answer of `add` is a promise: a commit is on disk.
PRAGMAS: Final = ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL")


class DiskQueue:
    """Keeps events in a folder, which nobody but the agent's user may read."""

    def __init__(self, folder: Path, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._held = _lock(folder / f"{uuid.uuid4().hex}{SUFFIX}")
            self._database = _open(self._held.path)
            self._count = self._adopt(folder)
        except (OSError, sqlite3.Error) as error:
            raise InputError(
                f"The folder {folder} for events that wait cannot be used ({error}); let the agent's user write it."
            ) from error

    def add(self, bodies: Sequence[bytes]) -> Sequence[int]:
        """Keep all of these on disk, and return their numbers. Raise QueueFullError, and keep none, without room."""
        with self._lock:
            check_room(self._count, len(bodies), self._most)
            with self._database:
                numbers = [
                    int(self._database.execute("INSERT INTO event (body) VALUES (?)", (body,)).lastrowid or 0)
                    for body in bodies
                ]
            self._count += len(numbers)
        return numbers

    def first(self, most: int) -> Sequence[Waiting]:
        """Return the oldest that make a good request, `most` at most, and leave them."""
        with self._lock:
            rows = self._database.execute("SELECT number, body FROM event ORDER BY number LIMIT ?", (most,))
            return next(batches((Waiting(number, body) for number, body in rows), most), [])

    def remove(self, numbers: Collection[int]) -> None:
        """Forget those that are settled."""
        with self._lock:
            with self._database:
                removed = sum(
                    self._database.execute("DELETE FROM event WHERE number = ?", (number,)).rowcount
                    for number in numbers
                )
            self._count -= removed  # after the commit: what is rolled back waits still

    def __len__(self) -> int:
        """Return how many wait."""
        with self._lock:
            return self._count

    def close(self) -> None:
        """Let the next process have what still waits; an empty file goes."""
        with self._lock, contextlib.suppress(sqlite3.ProgrammingError):  # closed already
            empty = self._is_empty()
            self._database.close()
            self._held.release(remove=empty)

    def _is_empty(self) -> bool:
        """Tell by the file itself, for what it holds would go with it; one that cannot be read may hold events."""
        try:
            self._database.rollback()  # what a failed commit may have left
            return self._database.execute("SELECT 1 FROM event LIMIT 1").fetchone() is None
        except sqlite3.ProgrammingError:
            raise
        except sqlite3.Error:
            return False

    def _adopt(self, folder: Path) -> int:
        """Take over what the dead have left, and return how many events wait now."""
        for path in sorted(folder.glob(f"*{SUFFIX}")):
            if path == self._held.path:
                continue
            with contextlib.suppress(BlockingIOError):  # its process lives
                held = _lock(path)
                bodies = list(_left(path))
                with self._database:
                    self._database.executemany("INSERT INTO event (body) VALUES (?)", bodies)
                held.release(remove=True)  # after the commit: a crash in between sends them twice, and loses none
        return int(self._database.execute("SELECT COUNT(*) FROM event").fetchone()[0])


class _Held:
    """The lock of a file, which the kernel gives back when the process is gone."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self._descriptor = descriptor

    def release(self, *, remove: bool) -> None:
        if remove:
            for suffix in ("", "-wal", "-shm", "-lock"):
                Path(f"{self.path}{suffix}").unlink(missing_ok=True)
        os.close(self._descriptor)


def _lock(path: Path) -> _Held:
    """Lock a file. Raise BlockingIOError when another process has it."""
    descriptor = os.open(f"{path}-lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise
    return _Held(path, descriptor)


def _open(path: Path) -> sqlite3.Connection:
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    database = sqlite3.connect(path, check_same_thread=False)  # one lock of ours is around every use
    for pragma in PRAGMAS:
        database.execute(pragma)
    database.execute(SCHEMA)
    return database


def _left(path: Path) -> Iterator[tuple[bytes]]:
    with contextlib.closing(_open(path)) as database:
        yield from database.execute("SELECT body FROM event ORDER BY number")
