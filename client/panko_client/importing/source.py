"""A file of lines, packed by gzip or not, or standard input."""

import contextlib
import gzip
import hashlib
import io
import os
import sys
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Self, cast

from panko_client.errors import InputError
from panko_client.importing.state import Position

STDIN: Final = "-"
GZIP: Final = b"\x1f\x8b"
HEAD_BYTES: Final = 1024


class Source:
    """`stream` is what is in a file, unpacked; `key` names it in a state."""

    def __init__(self, name: str, file: IO[bytes], *, key: str = STDIN) -> None:
        self.name = name
        self.key = key
        self._file = file
        self.stream: IO[bytes] = file
        self._head = b""
        if key != STDIN:
            self._unpack()

    @classmethod
    def opened(cls, name: str) -> Self:
        """Open a file, or standard input for `-`."""
        if name == STDIN:
            return cls(name, sys.stdin.buffer)
        with contextlib.ExitStack() as opened:
            file = opened.enter_context(Path(name).open("rb"))
            source = cls(name, file, key=str(Path(name).resolve()))
            opened.pop_all()  # it is the source's from now on
            return source

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self.key != STDIN:
            self.stream.close()
            self._file.close()

    def go_to(self, position: Position) -> None:
        """Go to where an import was. Raise InputError when this is another file than then."""
        if position.offset == 0:
            return
        plain = self.stream is self._file
        whole = self._size() >= position.offset if plain else self.stream.seek(position.offset) == position.offset
        if not whole or self.digest(position.offset) != position.head:
            raise InputError(
                f"{self.name} is not the file whose import was begun; name another --state to begin with this one."
            )
        self.stream.seek(position.offset)

    def digest(self, offset: int) -> str:
        """Return what tells this file from another one: a digest of its beginning, up to an offset."""
        return hashlib.sha256(self._head[:offset]).hexdigest()

    def share(self) -> float | None:
        """Return how much of the file was read, of 1."""
        return None if self.key == STDIN else self._file.tell() / max(self._size(), 1)

    def _size(self) -> int:
        return os.fstat(self._file.fileno()).st_size

    def _unpack(self) -> None:
        packed = self._file.read(len(GZIP)) == GZIP
        self._file.seek(0)
        if packed:
            self.stream = cast("IO[bytes]", io.BufferedReader(cast("Any", gzip.GzipFile(fileobj=self._file))))
        self._head = self.stream.read(HEAD_BYTES)
        self.stream.seek(0)
