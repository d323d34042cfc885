"""The chart of a release before this one, made from the present one until there is a release to take.

It belongs to the image `previous` of tests/cluster. The definition has neither `autoscaling`, which has no default,
nor `suspend`, which has one.
"""

import shutil
from pathlib import Path
from typing import Any

import yaml

from live.installation import CHART

VERSION = "10.9.0"
UNKNOWN = ("autoscaling", "suspend")
"""The fields of the spec that came with this release."""
CRD = "files/panko.openstack.org_pankos.yaml"


def chart(folder: Path) -> Path:
    """Write the chart into a folder that is not there yet, and return it."""
    shutil.copytree(CHART, folder)
    about = yaml.safe_load((folder / "Chart.yaml").read_text())
    (folder / "Chart.yaml").write_text(yaml.safe_dump({**about, "version": VERSION, "appVersion": VERSION}))
    crd = yaml.safe_load((folder / CRD).read_text())
    for version in crd["spec"]["versions"]:
        _forget(version["schema"]["openAPIV3Schema"]["properties"]["spec"])
    (folder / CRD).write_text(yaml.safe_dump(crd))
    return folder


def _forget(spec: dict[str, Any]) -> None:
    for field in UNKNOWN:
        del spec["properties"][field]
    rules = spec["x-kubernetes-validations"]
    spec["x-kubernetes-validations"] = [one for one in rules if not any(field in one["rule"] for field in UNKNOWN)]
    if not spec["x-kubernetes-validations"]:
        del spec["x-kubernetes-validations"]
