"""How far each file is stored: a file that is replaced whole, so that no crash leaves half of it."""

import dataclasses
import json
import os
from pathlib import Path
from typing import Any

from panko_client.errors import InputError


@dataclasses.dataclass(frozen=True, slots=True)
class Position:
    """Where an import of a file is, and what became of everything before."""

    offset: int = 0
    line: int = 0
    created: int = 0
    duplicates: int = 0
    refused: int = 0
    head: str = ""


class State:
    """The positions of files, by their paths. Without a path of its own nothing is kept."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._positions: dict[str, Any] = {}
        if path is not None and path.exists():
            try:
                self._positions = dict(json.loads(path.read_text("utf-8")))
            except (OSError, ValueError, TypeError) as error:
                raise InputError(f"{path} is no state of an import ({error}); name another file.") from error

    def position(self, name: str) -> Position:
        """Return where the import of a file is."""
        try:
            return Position(**self._positions.get(name, {}))
        except TypeError as error:
            raise InputError(f"{self._path} is no state of an import; name another file.") from error

    def save(self, name: str, position: Position) -> None:
        """Keep where the import of a file is; return when that is on disk."""
        if self._path is None:
            return
        self._positions[name] = dataclasses.asdict(position)
        new = self._path.with_name(f"{self._path.name}.new")
        with new.open("w", encoding="utf-8") as file:
            json.dump(self._positions, file)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path)
