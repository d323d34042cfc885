"""A part of an archive while it is written: packed lines in memory, of a bounded number and size. Pure."""

import hashlib
import zlib
from dataclasses import dataclass
from datetime import date
from typing import Final

from panko.archive.line import line
from panko.storage import ExpiredEvent

MOST_EVENTS: Final = 50_000
MOST_BYTES: Final = 16 * 1024 * 1024  # packed
LEVEL: Final = 5  # a tenth larger than the smallest, in half of the time
GZIP: Final = 16 + zlib.MAX_WBITS


@dataclass(frozen=True, slots=True)
class Part:
    """Events of one day, packed. `removable` are the ids and message_ids of its events in the database.

    `broken` is how many of them held a text that was meant to be JSON and is none.
    """

    day: date
    data: bytes
    sha256: str
    removable: list[tuple[int, str]]
    broken: int


class PartWriter:
    """Packs events of a day. The same events always make the same bytes."""

    def __init__(self, day: date) -> None:
        self.day = day
        self._packer = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP)
        self._pieces: list[bytes] = []
        self._size = 0
        self._removable: list[tuple[int, str]] = []
        self._broken = 0

    @property
    def is_full(self) -> bool:
        """Tell whether another part has to take what comes."""
        return len(self._removable) >= MOST_EVENTS or self._size >= MOST_BYTES

    def add(self, event: ExpiredEvent) -> None:
        """Pack an event."""
        text, whole = line(event)
        self._keep(self._packer.compress(text))
        self._broken += not whole
        self._removable.append((event.id, event.message_id))

    def finish(self) -> Part:
        """Return all that was packed."""
        self._keep(self._packer.flush())
        data = b"".join(self._pieces)
        self._pieces.clear()
        return Part(self.day, data, hashlib.sha256(data).hexdigest(), self._removable, self._broken)

    def _keep(self, piece: bytes) -> None:
        if piece:
            self._pieces.append(piece)
            self._size += len(piece)
