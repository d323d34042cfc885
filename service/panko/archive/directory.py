"""An archive in a directory, that of a mounted volume as a rule.

An object is written beside the archive, brought to the disk and renamed. What a run that was killed left there is
removed a day later.
"""

import contextlib
import os
import tempfile
import time
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

from panko.errors import ArchiveError

UNFINISHED: Final = ".unfinished"
KEPT_SECONDS: Final = 24 * 3600  # no run takes as long
PIECE: Final = 1024 * 1024
FOLDER_MODE: Final = 0o750
FILE_MODE: Final = 0o640  # the group of a volume may read it


class Directory:
    """A Target of files; the directory itself is never made: what is not mounted would be lost."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __str__(self) -> str:
        return str(self._path)

    def names(self, folder: str) -> Collection[str]:
        """Return the names of the files of a folder."""
        with self._told():
            if not self._path.is_dir():
                raise ArchiveError(f"{self} is no directory: mount the volume of the archive there, or make it.")
            try:
                return [file.name for file in (self._path / folder).iterdir()]
            except FileNotFoundError:
                return ()

    def write(self, folder: str, name: str, data: bytes) -> None:
        """Write a file and return when it is on the disk."""
        with self._told():
            self._tidy()
            (self._path / folder).mkdir(mode=FOLDER_MODE, exist_ok=True)
            handle, unfinished = tempfile.mkstemp(dir=self._path / UNFINISHED)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                    file.flush()
                    os.fchmod(file.fileno(), FILE_MODE)
                    os.fsync(file.fileno())
                Path(unfinished).replace(self._path / folder / name)
            except BaseException:
                Path(unfinished).unlink(missing_ok=True)
                raise
            for changed in (self._path / folder, self._path):
                _sync(changed)

    def read(self, folder: str, name: str) -> Iterator[bytes]:
        """Yield a file, from the disk where the system can forget what it has in memory of it."""
        with self._told(), (self._path / folder / name).open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            while piece := file.read(PIECE):
                yield piece

    def _tidy(self) -> None:
        unfinished = self._path / UNFINISHED
        unfinished.mkdir(mode=FOLDER_MODE, exist_ok=True)
        for left in unfinished.iterdir():
            with contextlib.suppress(FileNotFoundError):
                if left.stat().st_mtime < time.time() - KEPT_SECONDS:
                    left.unlink()

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise ArchiveError(
                f"{self} cannot be written or read: {error.strerror}. No event of this part is deleted; make room, or "
                "see to the volume."
            ) from error


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
