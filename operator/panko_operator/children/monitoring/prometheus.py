"""What the objects of the Prometheus operator have in common. Pure."""

from typing import Final

from panko_operator.resource import Panko
from panko_operator.world import Manifest

API_VERSION: Final = "monitoring.coreos.com/v1"


def manifest(panko: Panko, kind: str, name: str, spec: Manifest) -> Manifest:
    """Build an object with the labels by which a Prometheus chooses what it reads."""
    metadata = panko.metadata(name, "monitoring")
    metadata["labels"] = {**panko.spec.monitoring.labels, **metadata["labels"]}
    return {"apiVersion": API_VERSION, "kind": kind, "metadata": metadata, "spec": spec}
