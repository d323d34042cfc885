"""Where an archive is: the protocol of a directory and of storage that speaks S3."""

from collections.abc import Collection, Iterator
from typing import Protocol


class Target(Protocol):
    """Named objects. Every method raises ArchiveError, with a sentence that says where and why."""

    def __str__(self) -> str:
        """Name the place for people; no secret is in it."""

    def names(self, folder: str) -> Collection[str]:
        """Return the names of the objects of a folder; none where there is no such folder."""

    def write(self, folder: str, name: str, data: bytes) -> None:
        """Write an object, in the place of one of that name; whole, or not at all."""

    def read(self, folder: str, name: str) -> Iterator[bytes]:
        """Yield an object in pieces of bounded size."""
