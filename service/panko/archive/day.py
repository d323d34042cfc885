"""The folder of a day: parts, and a manifest of all of them.

Several may write to it at once. A part's name ends with a digest of its content, so nobody writes over another's; and
who wrote the manifest looks afterwards whether it names all parts that are there, so the last one sees to it.
"""

import logging
from collections.abc import Collection
from datetime import date
from typing import Final

from panko.archive import manifest
from panko.archive.manifest import Entry, Manifest
from panko.archive.part import Part
from panko.archive.target import Target
from panko.archive.verification import read_back
from panko.errors import ArchiveError

LOG = logging.getLogger(__name__)
TRIES: Final = 10
DIGITS: Final = 16  # of the digest, in a name
SUFFIX: Final = ".ndjson.gz"


def folder_of(day: date) -> str:
    """Return the name of a day's folder, as Hive, Spark and DuckDB know it."""
    return f"day={day.isoformat()}"


def store(target: Target, part: Part) -> None:
    """Write a part and return when it was read back and the manifest names it. Raise ArchiveError."""
    folder = folder_of(part.day)
    names = target.names(folder)
    name = _name(part, names)
    target.write(folder, name, part.data)
    wanted = Entry(name, len(part.removable), len(part.data), part.sha256)
    if read_back(target, folder, name) != wanted:
        raise ArchiveError(
            f"{folder}/{name} in {target} is not what was written there. No event of it is deleted; look what is wrong "
            "with the storage."
        )
    _list(target, part.day, wanted)
    LOG.info("%d events are archived in %s as %s/%s", wanted.events, target, folder, name)
    if part.broken:
        LOG.warning("%d of them have traits or a raw that is no JSON; it is archived as a text", part.broken)


def _name(part: Part, names: "Names") -> str:
    """Return a name with a number, or the one that a run which was killed has given to the same part."""
    ending = f"-{part.sha256[:DIGITS]}{SUFFIX}"
    there = [name for name in names if name.endswith(ending)]
    return min(there) if there else f"part-{len(parts_of(names)) + 1:04}{ending}"


def parts_of(names: "Names") -> list[str]:
    """Return the names that are those of parts."""
    return sorted(name for name in names if name.startswith("part-") and name.endswith(SUFFIX))


def _list(target: Target, day: date, written: Entry) -> None:
    """See to it that the manifest names a part, and all others that are there."""
    for _ in range(TRIES):
        names = target.names(folder_of(day))
        known = _manifest(target, day, names)
        strangers = [name for name in parts_of(names) if name not in {*known.names(), written.name}]
        if written in known.parts and not strangers:
            return
        found = [read_back(target, folder_of(day), name) for name in strangers]
        target.write(folder_of(day), manifest.NAME, known.with_parts([*found, written]).text())
    raise ArchiveError(
        f"The manifest of {day} in {target} does not stay as it was written. No event of the part is deleted; look who "
        "else writes there."
    )


def _manifest(target: Target, day: date, names: "Names") -> Manifest:
    if manifest.NAME not in names:
        return Manifest(day.isoformat())
    text = b"".join(target.read(folder_of(day), manifest.NAME))
    return manifest.parse(text, day=day.isoformat(), where=f"{folder_of(day)}/{manifest.NAME} in {target}")


Names = Collection[str]
