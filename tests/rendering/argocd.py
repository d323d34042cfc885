"""What Argo CD is told of a Panko: a ConfigMap, made of the scripts, and test data, made of what the operator says."""

import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml

from fakes import phases
from rendering import programs

FOLDER: Final = programs.REPOSITORY / "deploy" / "argocd"
KIND: Final = FOLDER / "panko.openstack.org" / "Panko"
CONFIG_MAP: Final = FOLDER / "argocd-cm.yaml"
SUMMARIES: Final = ("Ready", "Reconciling", "Stalled")
ACTED_ON: Final = ("ready", "suspended", "planned")  # phases on which actions are tried
_HEADER: Final = """\
# For the ConfigMap of Argo CD: how a Panko is, and what people may do with it. Made of the scripts beside it by
# `make manifests`.
apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-cm
  namespace: argocd
data:
"""


def write() -> None:
    """Write all of it."""
    for path, text in files():
        path.write_text(text)


def files() -> Iterator[tuple[Path, str]]:
    """Yield the path and the text of each file that is made."""
    yield CONFIG_MAP, config_map()
    for phase, body in phases.bodies().items():
        yield KIND / "testdata" / f"{phase}.yaml", _text(_without_what_is_done(body))
        if phase in ACTED_ON:
            yield KIND / "actions" / "testdata" / f"{phase}.yaml", _text(without_status(body))


def without_status(body: dict[str, Any]) -> dict[str, Any]:
    """Return what people write, and names."""
    return {key: value for key, value in body.items() if key != "status"}


def config_map() -> str:
    """Return the ConfigMap, in the form of Argo CD's own manual."""
    actions = _block("discovery.lua", (KIND / "actions" / "discovery.lua").read_text()) + "definitions:\n"
    for script in sorted(KIND.glob("actions/*/action.lua")):
        definition = f"name: {script.parent.name}\n" + _block("action.lua", script.read_text())
        actions += "- " + textwrap.indent(definition, "  ")[2:]
    key = "panko.openstack.org_Panko"
    parts = {f"health.{key}": (KIND / "health.lua").read_text(), f"actions.{key}": actions}
    return _HEADER + "".join(
        textwrap.indent(_block(f"resource.customizations.{name}", text), "  ") for name, text in parts.items()
    )


def _block(key: str, text: str) -> str:
    return f"{key}: |\n{textwrap.indent(text, '  ')}"


def _without_what_is_done(body: dict[str, Any]) -> dict[str, Any]:
    """Leave out the conditions of steps in no trouble: another step is no other test data."""
    if "conditions" not in body.get("status", {}):
        return body
    kept = [one for one in body["status"]["conditions"] if one["type"] in SUMMARIES or one["status"] == "False"]
    return {**body, "status": {**body["status"], "conditions": kept}}


def _text(body: dict[str, Any]) -> str:
    return yaml.safe_dump(body, sort_keys=False, width=1000)
