"""The chart as it is published: with the images of a registry as its defaults. `… published ghcr.io/OWNER FOLDER`."""

import shutil
import sys
from pathlib import Path
from typing import Final

from rendering import chart, version

_DEFAULTS: Final = {
    "image:\n  repository: panko-operator\n": "image:\n  repository: {home}/panko-operator\n",
    '  image: ""\n': "  image: {home}/panko:{version}\n",
}


def write(home: str, folder: Path) -> None:
    """Copy the chart into a new folder; the images are those below `home`, of this version."""
    shutil.copytree(chart.PATH, folder)
    values = folder / "values.yaml"
    text = values.read_text()
    for old, new in _DEFAULTS.items():
        if text.count(old) != 1:
            raise ValueError(f"{old!r} is {text.count(old)} times in {chart.PATH / values.name}: say which is meant")
        text = text.replace(old, new.format(home=home, version=version.semantic(version.current())))
    values.write_text(text)


if __name__ == "__main__":
    write(sys.argv[1], Path(sys.argv[2]))
