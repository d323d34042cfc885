"""What is collected, from where, and by which pods."""

import dataclasses

from panko_operator.resource.spec.references import KeyRef
from panko_operator.resource.spec.workloads.pods import Pods
from panko_operator.resource.spec.workloads.scaling import Scaling
from panko_operator.world import Manifest


@dataclasses.dataclass(frozen=True, slots=True)
class Collector:
    """Exchanges that are not written are the service's own."""

    transport_urls: tuple[KeyRef, ...]
    image: str | None
    replicas: int
    autoscaling: Scaling | None
    exchanges: tuple[str, ...]
    topics: tuple[str, ...]
    sample_topics: tuple[str, ...]
    telemetry_secret: KeyRef | None
    ca: KeyRef | None
    definitions: KeyRef | None  # of a ConfigMap
    pods: Pods

    @classmethod
    def parse(cls, collector: Manifest | None) -> "Collector | None":
        """Read `spec.collector`, which may be absent."""
        if collector is None:
            return None
        return cls(
            transport_urls=tuple(KeyRef(ref["name"], ref["key"]) for ref in collector["transportURLSecretRefs"]),
            image=collector.get("image"),
            replicas=collector["replicas"],
            autoscaling=Scaling.parse(collector.get("autoscaling")),
            exchanges=tuple(collector.get("exchanges", ())),
            topics=tuple(collector["topics"]),
            sample_topics=tuple(collector.get("sampleTopics", ())),
            telemetry_secret=KeyRef.parse(collector.get("telemetrySecretRef")),
            ca=KeyRef.parse(collector.get("caSecretRef")),
            definitions=KeyRef.parse(collector.get("definitionsConfigMapRef")),
            pods=Pods.parse(collector),
        )

    @property
    def scaled(self) -> Scaling | None:
        """How the number of pods is chosen; None where it is fixed. One that is stopped stays so."""
        return self.autoscaling if self.replicas else None

    @property
    def queues(self) -> tuple[str, ...]:
        """The queues of each RabbitMQ that are collected."""
        notified = [f"{topic}.{priority}" for topic in self.topics for priority in ("info", "error")]
        return (*notified, *(f"{topic}.sample" for topic in self.sample_topics))

    @property
    def secret_names(self) -> tuple[str, ...]:
        """The Secrets that people provide for it."""
        return tuple(ref.name for ref in (*self.transport_urls, self.telemetry_secret, self.ca) if ref)
