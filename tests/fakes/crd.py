"""What the API server makes of a Panko before anybody reads it: the CRD's defaults filled in."""

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
CRD = ROOT / "deploy/crds/panko.openstack.org_pankos.yaml"
SAMPLES = ROOT / "deploy/manifests/samples"


def definition() -> dict[str, Any]:
    """Read the CustomResourceDefinition."""
    return yaml.safe_load(CRD.read_text())


def schema() -> dict[str, Any]:
    """Return the schema of the one version."""
    (version,) = definition()["spec"]["versions"]
    return version["schema"]["openAPIV3Schema"]


def sample(name: str) -> dict[str, Any]:
    """Read one of the samples, as a user wrote it."""
    return yaml.safe_load((SAMPLES / f"{name}.yaml").read_text())


def live(body: dict[str, Any]) -> dict[str, Any]:
    """Return the body as the API server stores it: with defaults, a uid and a generation."""
    metadata = {"uid": "9d3ab1d6-4c5e-4f3c-9d4a-7a3bb8ad3a10", "generation": 1, **body["metadata"]}
    return {**defaulted(body, schema()), "metadata": metadata}


def defaulted(value: Any, node: dict[str, Any]) -> Any:
    """Fill in defaults as structural schemas do: from the outside in."""
    if isinstance(value, list):
        return [defaulted(item, node.get("items", {})) for item in value]
    if not isinstance(value, dict):
        return value
    properties = node.get("properties", {})
    filled = {name: child["default"] for name, child in properties.items() if "default" in child} | value
    return {name: defaulted(item, properties.get(name, {})) for name, item in filled.items()}
