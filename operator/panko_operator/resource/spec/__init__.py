"""The spec of a Panko, field by field as in the CRD.

Parsed once, here; a field that the CRD gives no default is None (or empty) when it was not written. No default is
invented here.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from panko_operator.resource.spec.database import Database
from panko_operator.resource.spec.explorer import Explorer
from panko_operator.resource.spec.exposure import Gateway, HAProxy, Ingress, Service
from panko_operator.resource.spec.keystone import Keystone
from panko_operator.resource.spec.memcached import Memcached
from panko_operator.resource.spec.monitoring import Monitoring
from panko_operator.resource.spec.network import NetworkPolicy
from panko_operator.resource.spec.publisher import Publisher
from panko_operator.resource.spec.retention import Retention
from panko_operator.resource.spec.rotation import Rotation
from panko_operator.resource.spec.tls import TLS
from panko_operator.resource.spec.workloads.api import API, Autoscaling, PodDisruptionBudget
from panko_operator.resource.spec.workloads.collector import Collector
from panko_operator.world import Manifest


@dataclasses.dataclass(frozen=True, slots=True)
class DeletionPolicy:
    """What becomes of the database and of Keystone's entries with the resource: Retain or Delete."""

    database: str
    keystone: str


@dataclasses.dataclass(frozen=True, slots=True)
class Spec:
    """Everything that a Panko asks for."""

    image: str | None
    image_pull_policy: str | None
    image_pull_secrets: Sequence[Manifest]
    replicas: int
    api: API
    database: Database
    keystone: Keystone
    memcached: Memcached
    haproxy: HAProxy
    service: Service
    ingress: Ingress | None
    gateway: Gateway | None
    tls: TLS | None
    retention: Retention
    collector: Collector | None
    publishers: tuple[Publisher, ...]
    custom_service_config: str
    policy: str
    deletion_policy: DeletionPolicy
    suspend: bool
    suspend_mode: str
    network_policy: NetworkPolicy
    autoscaling: Autoscaling | None
    pod_disruption_budget: PodDisruptionBudget
    rotation: Rotation
    monitoring: Monitoring
    explorer: Explorer

    @classmethod
    def parse(cls, spec: Mapping[str, Any]) -> "Spec":
        """Read the `spec` of a live object."""
        return cls(
            image=spec.get("image"),
            image_pull_policy=spec.get("imagePullPolicy"),
            image_pull_secrets=spec.get("imagePullSecrets", ()),
            replicas=spec["replicas"],
            api=API.parse(spec["api"]),
            database=Database.parse(spec["database"]),
            keystone=Keystone.parse(spec["keystone"]),
            memcached=Memcached.parse(spec["memcached"]),
            haproxy=HAProxy.parse(spec["haproxy"]),
            service=Service.parse(spec["service"]),
            ingress=Ingress.parse(spec.get("ingress")),
            gateway=Gateway.parse(spec.get("gateway")),
            tls=TLS.parse(spec.get("tls")),
            retention=Retention.parse(spec["retention"]),
            collector=Collector.parse(spec.get("collector")),
            publishers=tuple(Publisher.parse(publisher) for publisher in spec["publishers"]),
            custom_service_config=spec["customServiceConfig"],
            policy=spec["policy"],
            deletion_policy=DeletionPolicy(spec["deletionPolicy"]["database"], spec["deletionPolicy"]["keystone"]),
            suspend=spec["suspend"],
            suspend_mode=spec["suspendMode"],
            network_policy=NetworkPolicy.parse(spec["networkPolicy"]),
            autoscaling=Autoscaling.parse(spec.get("autoscaling")),
            pod_disruption_budget=PodDisruptionBudget.parse(spec["podDisruptionBudget"]),
            rotation=Rotation.parse(spec["rotation"]),
            monitoring=Monitoring.parse(spec["monitoring"]),
            explorer=Explorer.parse(spec["explorer"]),
        )

    @property
    def keeps_house(self) -> bool:
        """Whether certificates and logins are looked after although all else is suspended."""
        return self.suspend and self.suspend_mode == "AllButHousekeeping"

    @property
    def scaled(self) -> Autoscaling | None:
        """The range in which the number of the API's pods is Kubernetes' choice; None where it is fixed."""
        return self.autoscaling if self.replicas else None

    @property
    def most_replicas(self) -> int:
        """How many pods of the API there are at most, but for the one more of a rollout."""
        return self.scaled.max_replicas if self.scaled else self.replicas
