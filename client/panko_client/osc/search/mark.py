"""How far an export is: a file beside it, which is replaced whole, so that no crash leaves half of it."""

import dataclasses
import json
import os
from pathlib import Path
from typing import Any, Final

from panko_client.errors import InputError

SUFFIX: Final = ".panko-export"
NEW: Final = ".new"


@dataclasses.dataclass(frozen=True, slots=True)
class Mark:
    """What was asked for, and how many events and bytes of it are in the file; without a cursor it is whole."""

    filter: str
    all_projects: bool
    since: str | None
    until: str | None
    count: int = 0
    offset: int = 0
    cursor: str | None = None

    def is_of(self, filter_: str, *, all_projects: bool) -> bool:
        """Tell whether it was asked for the same. Times are those of the mark: `3d` would be another moment now."""
        return (self.filter, self.all_projects) == (filter_, all_projects)


def path_of(file: Path) -> Path:
    """Return where the mark of an export into a file is."""
    return file.with_name(file.name + SUFFIX)


def save(mark: Mark, file: Path) -> None:
    """Keep a mark; return when it is on disk."""
    path = path_of(file)
    new = path.with_name(path.name + NEW)
    with new.open("w", encoding="utf-8") as output:
        json.dump(dataclasses.asdict(mark), output)
        output.flush()
        os.fsync(output.fileno())
    new.replace(path)


def load(file: Path) -> Mark:
    """Return the mark of an export that was interrupted. Raise InputError with what to do when it is of no use."""
    path = path_of(file)
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError as error:
        raise InputError(
            f"No export into {file} was interrupted after its first page: leave --resume out, and name another "
            "--output where the file is there."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read ({error}): {_anew(file)}.") from error
    mark = _read(text)
    if mark is None:
        raise InputError(f"{path} is torn, so how far the export is cannot be told: {_anew(file)}.")
    if not file.is_file() or file.stat().st_size < mark.offset:
        raise InputError(f"{file} is shorter than it was when its export was interrupted: {_anew(file)}.")
    return mark


def _anew(file: Path) -> str:
    return f"remove it and {file}, and export again without --resume" if file.exists() else "leave --resume out"


def _read(text: str) -> Mark | None:
    try:
        mark = Mark(**json.loads(text))
    except (ValueError, TypeError, RecursionError):
        return None
    return mark if all(map(_fits, dataclasses.astuple(mark), KINDS)) else None


KINDS: Final[tuple[Any, ...]] = (str, bool, str | None, str | None, int, int, str | None)


def _fits(value: Any, kind: Any) -> bool:
    return isinstance(value, kind) and (not isinstance(value, int) or value >= 0)
