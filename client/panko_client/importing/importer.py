"""Stores the events of one file, a batch after the other, and keeps how far it is."""

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from panko_client.delivery import Post, Settled, batches, deliver
from panko_client.importing.lines import BadLine, Line
from panko_client.importing.rejects import Rejects
from panko_client.importing.state import Position
from panko_client.patience import Clock


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
        for batch in batches(self._good(lines), self._pace.batch):
            self._wait(begun, sent)
            sent += len(batch)
            for piece in deliver(self._post, batch):
                position = self._settled(position, piece)
            position = self._reached(position, batch[-1])
        if self._bad:
            position = self._reached(position, self._bad[-1])
        return position

    def _good(self, lines: Iterable[Line | BadLine]) -> Iterator[Line]:
        for line in lines:
            if isinstance(line, Line):
                yield line
            else:
                self._bad.append(line)

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
