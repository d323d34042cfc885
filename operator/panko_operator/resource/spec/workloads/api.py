"""The API's pods: `spec.api`, how many there are (`spec.autoscaling`), and how many may be away."""

import dataclasses

from panko_operator.resource.spec.workloads.pods import Pods
from panko_operator.world import Manifest


@dataclasses.dataclass(frozen=True, slots=True)
class API:
    """The API's pods, and what runs in each."""

    workers: int
    threads: int
    pods: Pods

    @classmethod
    def parse(cls, api: Manifest) -> "API":
        """Read `spec.api`."""
        return cls(workers=api["workers"], threads=api["threads"], pods=Pods.parse(api))


@dataclasses.dataclass(frozen=True, slots=True)
class Autoscaling:
    """The range in which Kubernetes chooses the number of the API's pods, by the processor time that they take."""

    min_replicas: int
    max_replicas: int
    target_cpu_percent: int  # of what a pod requests

    @classmethod
    def parse(cls, autoscaling: Manifest | None) -> "Autoscaling | None":
        """Read `spec.autoscaling`, which may be absent."""
        if autoscaling is None:
            return None
        return cls(
            autoscaling["minReplicas"], autoscaling["maxReplicas"], autoscaling["targetCPUUtilizationPercentage"]
        )


@dataclasses.dataclass(frozen=True, slots=True)
class PodDisruptionBudget:
    """How many pods of a kind a drained node may take at a time: a number or a percentage."""

    max_unavailable: int | str

    @classmethod
    def parse(cls, budget: Manifest) -> "PodDisruptionBudget":
        """Read `spec.podDisruptionBudget`."""
        return cls(budget["maxUnavailable"])
