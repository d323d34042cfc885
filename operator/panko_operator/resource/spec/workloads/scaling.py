"""How many pods of the collector there are by what waits in the queues."""

import dataclasses

from panko_operator.world import Manifest


@dataclasses.dataclass(frozen=True, slots=True)
class Scaling:
    """The most pods, and how many messages of a queue may wait for each of them."""

    max_replicas: int
    messages_per_replica: int

    @classmethod
    def parse(cls, scaling: Manifest | None) -> "Scaling | None":
        """Read `spec.collector.autoscaling`, which may be absent."""
        return None if scaling is None else cls(scaling["maxReplicas"], scaling["messagesPerReplica"])
