"""How clients reach the API: `spec.haproxy` and `spec.service`."""

import dataclasses
from collections.abc import Mapping

from panko_operator.world import Manifest


@dataclasses.dataclass(frozen=True, slots=True)
class HAProxy:
    """The load balancer in front of the API's pods."""

    enabled: bool
    replicas: int
    image: str | None
    resources: Manifest | None
    max_connections: int

    @classmethod
    def parse(cls, haproxy: Manifest) -> "HAProxy":
        """Read `spec.haproxy`."""
        return cls(
            enabled=haproxy["enabled"],
            replicas=haproxy["replicas"],
            image=haproxy.get("image"),
            resources=haproxy.get("resources"),
            max_connections=haproxy["maxConnections"],
        )


@dataclasses.dataclass(frozen=True, slots=True)
class Service:
    """The Service that clients use."""

    type: str
    port: int
    annotations: Mapping[str, str]
    load_balancer_class: str | None

    @classmethod
    def parse(cls, service: Manifest) -> "Service":
        """Read `spec.service`."""
        return cls(
            type=service["type"],
            port=service["port"],
            annotations=service.get("annotations", {}),
            load_balancer_class=service.get("loadBalancerClass"),
        )
