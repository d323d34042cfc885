"""How clients reach the API: `spec.haproxy`, `spec.service`, `spec.ingress` and `spec.gateway`."""

import dataclasses
from collections.abc import Mapping, Sequence

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


@dataclasses.dataclass(frozen=True, slots=True)
class Ingress:
    """An Ingress in front of the Service. With `tls_secret_name` it ends TLS."""

    class_name: str | None
    host: str
    annotations: Mapping[str, str]
    tls_secret_name: str | None

    @classmethod
    def parse(cls, ingress: Manifest | None) -> "Ingress | None":
        """Read `spec.ingress`, which may be absent."""
        if ingress is None:
            return None
        return cls(
            class_name=ingress.get("className"),
            host=ingress["host"],
            annotations=ingress.get("annotations", {}),
            tls_secret_name=ingress.get("tlsSecretName"),
        )


@dataclasses.dataclass(frozen=True, slots=True)
class Gateway:
    """A route from Gateways to the Service. The references are passed on as they were written."""

    parent_refs: Sequence[Manifest]
    hostnames: tuple[str, ...]

    @classmethod
    def parse(cls, gateway: Manifest | None) -> "Gateway | None":
        """Read `spec.gateway`, which may be absent."""
        return None if gateway is None else cls(gateway["parentRefs"], tuple(gateway.get("hostnames", ())))
