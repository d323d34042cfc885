"""The plain manifests, made of the chart: what the chart installs by default, without a trace of Helm."""

import copy
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import yaml

from rendering import chart, programs
from rendering.chart import Manifest

PATH: Final = programs.REPOSITORY / "deploy" / "manifests"
_FILES: Final = {
    "rbac.yaml": ("ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"),
    "deployment.yaml": ("Deployment", "Service"),
}
_HEADER: Final = "# Made of charts/panko-operator by `make manifests`: change the chart.\n"
_HELM: Final = ("app.kubernetes.io/managed-by", "helm.sh/chart", "helm.sh/resource-policy")


def files(workdir: Path) -> dict[str, str]:
    """Return the text of each file, by its name."""
    objects = [plain(one) for one in chart.render({}, workdir) if not chart.is_hook(one)]
    return {name: _text(one for one in objects if one["kind"] in kinds) for name, kinds in _FILES.items()}


def plain(manifest: Manifest) -> Manifest:
    """Return the object without Helm's own labels and annotations."""
    answer = copy.deepcopy(manifest)
    for field in ("labels", "annotations"):
        kept = {key: value for key, value in answer["metadata"].pop(field, {}).items() if key not in _HELM}
        if kept:
            answer["metadata"][field] = kept
    return answer


class _Dumper(yaml.SafeDumper):
    """Writes lists indented, as people do."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        super().increase_indent(flow, indentless=False)


def _text(objects: Iterable[Manifest]) -> str:
    return _HEADER + yaml.dump_all(objects, Dumper=_Dumper, sort_keys=False, width=120)
