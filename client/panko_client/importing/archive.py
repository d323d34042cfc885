"""What the expirer has archived, as files to import: a folder, or the manifest of a day with its SHA-256 sums."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from panko_client.errors import InputError
from panko_client.importing.source import STDIN

MANIFEST: Final = "manifest.json"
FORMAT: Final = "panko-archive/1"
PARTS: Final = "part-*.ndjson.gz"


@dataclass(frozen=True, slots=True)
class File:
    """A file to import. `sha256` is what a manifest says of it, or how that begins as a part's name says."""

    name: str
    sha256: str = ""

    def verify(self) -> None:
        """Raise InputError when it is not what was archived."""
        if not self.sha256:
            return
        with Path(self.name).open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if not found.startswith(self.sha256):
            raise InputError(
                f"{self.name} is not what was archived: its SHA-256 is {found}, and should be {self.sha256}. Fetch it "
                "again; nothing of it was imported."
            )


def files(name: str) -> Iterator[File]:
    """Yield the files that a word of the command line means: itself, or those of a manifest or of a folder."""
    path = Path(name)
    if name != STDIN and path.is_dir():
        yield from _of_folder(path)
    elif path.name == MANIFEST:
        yield from _of_manifest(path)
    else:
        yield File(name)


def _of_folder(folder: Path) -> Iterator[File]:
    """Yield the parts of all days in a folder; one that no manifest names was written by a run that was killed."""
    found = False
    for path in sorted({file.parent for name in (MANIFEST, PARTS) for file in folder.rglob(name)}):
        named = list(_of_manifest(path / MANIFEST)) if (path / MANIFEST).exists() else []
        yield from named
        names = {file.name for file in named}
        yield from (_stranger(part) for part in sorted(path.glob(PARTS)) if str(part) not in names)
        found = True
    if not found:
        raise InputError(f"{folder} holds no archive; name a folder with days in it, or files.")


def _of_manifest(path: Path) -> Iterator[File]:
    try:
        parts = _parts(json.loads(path.read_bytes()))
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path} is no manifest of an archive; name the files instead.") from error
    for name, sha256 in parts:
        if Path(name).name != name:
            raise InputError(f"{path} names {name!r}, which is outside of its folder; name the files instead.")
        yield File(str(path.parent / name), sha256)


def _parts(document: Any) -> list[tuple[str, str]]:
    if document["format"] != FORMAT:
        raise ValueError(document["format"])
    return [(str(part["name"]), str(part["sha256"])) for part in document["parts"]]


def _stranger(part: Path) -> File:
    """Return a part whose name alone tells its digest, as `part-0001-3f9a1c….ndjson.gz`."""
    return File(str(part), part.name.partition(".")[0].rpartition("-")[2])
