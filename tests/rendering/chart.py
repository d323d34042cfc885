"""The Helm chart, rendered to objects. It asks no cluster."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from rendering import programs

PATH: Final = programs.REPOSITORY / "charts" / "panko-operator"
CRD: Final = programs.REPOSITORY / "deploy" / "crds" / "panko.openstack.org_pankos.yaml"
CRD_IN_CHART: Final = PATH / "files" / CRD.name
RELEASE: Final = "panko-operator"
NAMESPACE: Final = "panko-system"
# helm renders for an old Kubernetes when it has no cluster to ask.
KUBE_VERSION: Final = "1.31.0"

Manifest = dict[str, Any]


def render(
    values: Mapping[str, Any], workdir: Path, *, path: Path = PATH, api_versions: Sequence[str] = ()
) -> list[Manifest]:
    """Return the objects of a release with these values, the test hooks included.

    `api_versions` are of kinds that the cluster has beside Kubernetes' own.
    """
    file = workdir / "values.yaml"
    file.write_text(yaml.safe_dump(dict(values)))
    words = (programs.helm(), "template", RELEASE, path, "--namespace", NAMESPACE, "--kube-version", KUBE_VERSION)
    has = [word for one in api_versions for word in ("--api-versions", one)]
    return parse(programs.run(*words, *has, "--values", file))


def parse(text: str) -> list[Manifest]:
    """Return the objects of a YAML stream."""
    return [document for document in yaml.safe_load_all(text) if document is not None]


def is_hook(manifest: Manifest) -> bool:
    """Tell whether an object is made for a run of `helm test` or `helm uninstall` only."""
    return "helm.sh/hook" in manifest["metadata"].get("annotations", {})
