"""Stores the events of one file, a batch after the other, and keeps how far it is."""

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from panko_client.delivery import Post, Settled, batches, deliver
from panko_client.importing.lines import BadLine, Line
from panko_client.importing.rejects import Rejects
from panko_client.importing.state import Position
from panko_client.patience import Clock

# Of bad lines on end: so many are held in memory, and read again after an interruption, at most.
BAD_LINES: Final = 1000
BAD_CHARACTERS: Final = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Pace:
    """Events of a request, and a second, at most."""

    batch: int
    rate: float | None = None


class Importer:
    """Imports a file. `saved` is told of every position that is reached."""

    def __init__(
        self, post: Post, rejects: Rejects, *, pace: Pace, clock: Clock, saved: Callable[[Position], None]
    ) -> None:
        self._post = post
        self._rejects = rejects
        self._pace = pace
        self._clock = clock
        self._saved = saved
        self._bad: list[BadLine] = []

    def run(self, lines: Iterable[Line | BadLine], position: Position) -> Position:
        """Store what the lines hold, and return where the import is then. Raise what is no line's fault."""
        begun, sent = self._clock.monotonic(), 0
        left = iter(lines)
        while True:
            for batch in batches(self._good(left), self._pace.batch):
                self._wait(begun, sent)
                sent += len(batch)
                for piece in deliver(self._post, batch):
                    position = self._settled(position, piece)
                position = self._reached(position, batch[-1])
            if not self._bad:
                return position
            position = self._reached(position, self._bad[-1])

    def _good(self, lines: Iterator[Line | BadLine]) -> Iterator[Line]:
        """Yield events up to the end, or to a bad line with which there are enough of them."""
        count = characters = 0
        for line in lines:
            if isinstance(line, Line):
                yield line
                continue
            self._bad.append(line)
            count, characters = count + 1, characters + len(line.text)
            if count >= BAD_LINES or characters >= BAD_CHARACTERS:
                return

    def _wait(self, begun: float, sent: int) -> None:
        if self._pace.rate:
            early = begun + sent / self._pace.rate - self._clock.monotonic()
            if early > 0:
                self._clock.sleep(early)

    def _settled(self, position: Position, piece: Settled[Line]) -> Position:
        if piece.stored is not None:
            return dataclasses.replace(
                position,
                created=position.created + piece.stored.created,
                duplicates=position.duplicates + piece.stored.duplicates,
            )
        for line in piece.events:
            if piece.refusal is not None:
                self._rejects.keep_event(line, piece.refusal)
        return dataclasses.replace(position, refused=position.refused + len(piece.events))

    def _reached(self, position: Position, last: Line | BadLine) -> Position:
        """Count the bad lines up to there, and keep the position."""
        bad = [line for line in self._bad if line.number <= last.number]
        self._bad = self._bad[len(bad) :]
        for line in bad:
            self._rejects.keep_line(line)
        position = dataclasses.replace(position, offset=last.end, line=last.number, refused=position.refused + len(bad))
        self._saved(position)
        return position
