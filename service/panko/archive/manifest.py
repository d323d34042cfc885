"""What the manifest of a day says: each part with its events, bytes and SHA-256. Pure."""

import dataclasses
import json
from collections.abc import Iterable
from typing import Any, Final

from panko.errors import ArchiveError

NAME: Final = "manifest.json"
FORMAT: Final = "panko-archive/1"


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    """A part, by its name in the folder of its day."""

    name: str
    events: int
    bytes: int
    sha256: str


@dataclasses.dataclass(frozen=True, slots=True)
class Manifest:
    """The parts of a day, sorted by name."""

    day: str
    parts: tuple[Entry, ...] = ()

    def names(self) -> set[str]:
        """Return the names of the parts."""
        return {part.name for part in self.parts}

    def with_parts(self, entries: Iterable[Entry]) -> "Manifest":
        """Return it with these in the place of others of their names."""
        parts = {part.name: part for part in (*self.parts, *entries)}
        return dataclasses.replace(self, parts=tuple(parts[name] for name in sorted(parts)))

    def text(self) -> bytes:
        """Write it, for people too."""
        document = {
            "format": FORMAT,
            "day": self.day,
            "events": sum(part.events for part in self.parts),
            "parts": [dataclasses.asdict(part) for part in self.parts],
        }
        return json.dumps(document, indent=2).encode() + b"\n"


def parse(text: bytes, *, day: str, where: str) -> Manifest:
    """Read what `text` wrote. Raise ArchiveError for anything else."""
    try:
        return _of(json.loads(text), day)
    except (ValueError, KeyError, TypeError) as error:
        raise ArchiveError(
            f"{where} is no manifest of {day}; move it away, and the next run makes one of the parts that are there."
        ) from error


def _of(document: Any, day: str) -> Manifest:
    if document["format"] != FORMAT or document["day"] != day:
        raise ValueError(day)
    parts = [
        Entry(str(part["name"]), int(part["events"]), int(part["bytes"]), str(part["sha256"]))
        for part in document["parts"]
    ]
    return Manifest(day).with_parts(parts)
