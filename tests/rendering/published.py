"""The chart as it is published: with the images of a registry, and what Artifact Hub shows of them.

`… published ghcr.io/OWNER FOLDER https://github.com/OWNER/REPOSITORY`
"""

import shutil
import sys
from pathlib import Path
from typing import Final

import yaml

from rendering import artifact_hub, chart, version

_DEFAULTS: Final = {
    "image:\n  repository: panko-operator\n": "image:\n  repository: {home}/panko-operator\n",
    'its schema first.\n  image: ""\n': "its schema first.\n  image: {home}/panko:{version}\n",
    'as its tag.\n  image: ""\n': "as its tag.\n  image: {home}/panko-collector:{version}\n",
    "runbookURL: docs/alerts.md\n": "runbookURL: {source}/blob/v{version}/docs/alerts.md\n",
}


def write(home: str, folder: Path, source: str) -> None:
    """Copy the chart into a new folder; the images are those below `home`, of this version, made of `source`."""
    shutil.copytree(chart.PATH, folder)
    values, tag = folder / "values.yaml", version.semantic(version.current())
    text = values.read_text()
    for old, new in _DEFAULTS.items():
        if text.count(old) != 1:
            raise ValueError(f"{old!r} is {text.count(old)} times in {chart.PATH / values.name}: say which is meant")
        text = text.replace(old, new.format(home=home, source=source, version=tag))
    values.write_text(text)
    described = folder / artifact_hub.CHART.name
    told = artifact_hub.of_a_release(yaml.safe_load(text), source)
    described.write_text(artifact_hub.annotated(described.read_text(), told))


if __name__ == "__main__":
    write(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
