"""What is found of an object when it is read back: the only thing by which events may be deleted."""

import hashlib
import zlib
from collections.abc import Iterator
from typing import Final

from panko.archive.line import is_json
from panko.archive.manifest import Entry
from panko.archive.part import GZIP
from panko.archive.target import Target
from panko.errors import ArchiveError

PIECE: Final = 1024 * 1024  # of what is unpacked


def read_back(target: Target, folder: str, name: str) -> Entry:
    """Return what an object holds, read to its last byte. Raise ArchiveError when it is no packed lines of JSON."""
    digest, size, lines = hashlib.sha256(), 0, _Lines()
    unpacker = zlib.decompressobj(GZIP)
    try:
        for piece in target.read(folder, name):
            digest.update(piece)
            size += len(piece)
            for text in _unpacked(unpacker, piece):
                lines.read(text)
    except zlib.error as error:
        raise _damaged(target, folder, name, "it does not unpack") from error
    if not unpacker.eof or unpacker.unused_data:
        raise _damaged(target, folder, name, "it does not unpack")
    if lines.broken or lines.begun:
        raise _damaged(target, folder, name, f"line {lines.broken or lines.count + 1} is no JSON")
    return Entry(name, lines.count, size, digest.hexdigest())


class _Lines:
    """Lines that come in pieces. `broken` is the number of the first one that cannot be read, or zero."""

    def __init__(self) -> None:
        self.count = 0
        self.broken = 0
        self.begun: list[bytes] = []

    def read(self, text: bytes) -> None:
        """Read the lines that end in a piece, and keep what is begun."""
        first, *others = text.split(b"\n")
        self.begun.append(first)
        for after in others:
            self.count += 1
            if not is_json(b"".join(self.begun)):
                self.broken = self.broken or self.count
            self.begun = [after]
        self.begun = [piece for piece in self.begun if piece]


def _unpacked(unpacker: "zlib._Decompress", piece: bytes) -> Iterator[bytes]:
    while piece:
        if text := unpacker.decompress(piece, PIECE):
            yield text
        piece = unpacker.unconsumed_tail


def _damaged(target: Target, folder: str, name: str, why: str) -> ArchiveError:
    return ArchiveError(
        f"{folder}/{name} in {target} is damaged: {why}. Move it away; its events are still in the "
        "database unless the manifest names it."
    )
