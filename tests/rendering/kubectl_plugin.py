"""`kubectl panko` as one file that any Python runs: `python -m rendering.kubectl_plugin FOLDER`, `make kubectl-plugin`.

The same sources give the same bytes: names are in order, times are of 1980, and nothing is compiled.
"""

import importlib.metadata
import stat
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from panko_client.kubectl.completion import NAME as COMPLETION
from panko_client.kubectl.completion import SCRIPT
from rendering import programs

NAME: Final = "kubectl-panko"
PACKAGE: Final = programs.REPOSITORY / "client" / "panko_client"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the first that a zip can tell
_SHEBANG: Final = b"#!/usr/bin/env python3\n"
_MAIN: Final = "from panko_client.kubectl.__main__ import main\n\nmain()\n"
_MODE: Final = 0o755


def write(folder: Path) -> Path:
    """Write the plug-in, and beside it what kubectl asks for completion; return the plug-in."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / NAME
    with path.open("wb") as file:
        file.write(_SHEBANG)
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in sorted(contents().items()):
                entry = zipfile.ZipInfo(name, _EPOCH)
                entry.external_attr = (stat.S_IFREG | 0o644) << 16
                archive.writestr(entry, content, zipfile.ZIP_DEFLATED, 9)
    (folder / COMPLETION).write_text(SCRIPT)
    for each in (path, folder / COMPLETION):
        each.chmod(_MODE)
    return path


def contents() -> dict[str, bytes]:
    """Return what is in it, by name: our package of the plug-in, click, and both licences."""
    ours = {path.relative_to(PACKAGE.parent).as_posix(): path for path in _sources()}
    return {
        "__main__.py": _MAIN.encode(),
        "LICENSE": (programs.REPOSITORY / "LICENSE").read_bytes(),
        **{name: path.read_bytes() for name, path in ours.items()},
        **_click(),
    }


def _sources() -> Iterator[Path]:
    yield PACKAGE / "__init__.py"
    yield from (PACKAGE / "kubectl").rglob("*.py")


def _click() -> dict[str, bytes]:
    """Return the modules and the licence of click as it is installed."""
    files = importlib.metadata.files("click") or ()
    wanted = [one for one in files if one.suffix == ".py" or "licenses" in one.parts]
    if not wanted:
        raise FileNotFoundError("click is not installed; run `make .venv/ready`")
    return {one.as_posix(): Path(str(one.locate())).read_bytes() for one in wanted}


if __name__ == "__main__":
    print(write(Path(sys.argv[1])))
