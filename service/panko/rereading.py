"""A file that others write while the service runs, such as a mounted Secret."""

from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from oslo_log import log

from panko.errors import ConfigurationError

LOG = log.getLogger(__name__)

Content = TypeVar("Content")


class Reread(Generic[Content]):
    """What a file says, which is read again when it changes. One that became unreadable leaves it as it was.

    `read` raises ConfigurationError for what it cannot use, and so does the beginning.
    """

    def __init__(self, path: str, read: Callable[[Path], Content]) -> None:
        self._path = Path(path)
        self._read = read
        self._seen = self._stamp()
        self._content = read(self._path)

    def current(self) -> Content:
        """Return what it says now."""
        stamp = self._stamp()
        if stamp != self._seen:
            self._seen = stamp
            try:
                self._content = self._read(self._path)
                LOG.info("%s has changed and was read again", self._path)
            except ConfigurationError as error:
                # A trace back tells nothing more.
                LOG.error("%s has changed and stays as it was: %s", self._path, error)  # noqa: TRY400
        return self._content

    def _stamp(self) -> tuple[int, int, int]:
        try:
            status = self._path.stat()
        except OSError:
            return (0, 0, 0)
        return (status.st_mtime_ns, status.st_ino, status.st_size)
