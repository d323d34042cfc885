"""What the spec says of the pods of a component, whatever they run."""

import dataclasses
from collections.abc import Mapping, Sequence

from panko_operator.world import Manifest


@dataclasses.dataclass(frozen=True, slots=True)
class Pods:
    """Where they run and what they have. The Kubernetes types are passed on as they were written."""

    resources: Manifest | None
    node_selector: Mapping[str, str]
    tolerations: Sequence[Manifest]
    affinity: Manifest | None
    topology_spread_constraints: Sequence[Manifest] | None
    priority_class_name: str | None
    annotations: Mapping[str, str]
    labels: Mapping[str, str]

    @classmethod
    def parse(cls, component: Manifest) -> "Pods":
        """Read it from `spec.api` or `spec.collector`."""
        return cls(
            resources=component.get("resources"),
            node_selector=component.get("nodeSelector", {}),
            tolerations=component.get("tolerations", ()),
            affinity=component.get("affinity"),
            topology_spread_constraints=component.get("topologySpreadConstraints"),
            priority_class_name=component.get("priorityClassName"),
            annotations=component.get("podAnnotations", {}),
            labels=component.get("podLabels", {}),
        )
