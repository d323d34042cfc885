"""What a person at a terminal sees of an import, on one line."""

from collections.abc import Callable
from pathlib import PurePath
from typing import IO, Final

from panko_client.errors import RequestError
from panko_client.importing.state import Position

EVERY_SECONDS: Final = 0.2


class Progress:
    """Writes to a terminal, and to nothing else."""

    def __init__(self, stream: IO[str], monotonic: Callable[[], float]) -> None:
        self._stream = stream
        self._monotonic = monotonic
        self._shows = stream.isatty()
        self._begun = monotonic()
        self._first: int | None = None
        self._told_at = 0.0

    def at(self, name: str, position: Position, share: float | None) -> None:
        """Tell how far a file is."""
        now = self._monotonic()
        done = position.created + position.duplicates + position.refused
        self._first = done if self._first is None else self._first
        if now - self._told_at < EVERY_SECONDS:
            return
        rate = (done - self._first) / max(now - self._begun, EVERY_SECONDS)
        percent = "" if share is None else f" {share:.0%}"
        self._tell(f"{PurePath(name).name}:{percent} {done} events, {rate:.0f}/s", now)

    def waits(self, error: RequestError) -> None:
        """Tell why nothing goes on."""
        self._tell(f"waiting: {error}", self._monotonic())

    def end(self) -> None:
        """Leave the terminal with nothing of this on it."""
        if self._shows:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def _tell(self, text: str, now: float) -> None:
        if self._shows:
            self._told_at = now
            self._stream.write(f"\r{text.splitlines()[0][:100]}\x1b[K")
            self._stream.flush()
