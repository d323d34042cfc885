"""A memcached of a test's own: the one of the cluster's OpenStack is Keystone's too, which does not work without it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from e2e.area import Area

NAME = "memcached"
IMAGE = "localhost/memcached:1.6"
LABELS = {"app": NAME}
PORT = 11211


@dataclass(frozen=True, slots=True)
class Memcached:
    """A server in an area."""

    area: Area

    def apply(self) -> None:
        """Start it."""
        metadata = {"name": NAME, "namespace": self.area.namespace}
        confined = {
            "runAsNonRoot": True,
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "seccompProfile": {"type": "RuntimeDefault"},
        }
        container = {
            "name": NAME,
            "image": IMAGE,
            "imagePullPolicy": "IfNotPresent",
            "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}},
            "securityContext": confined,
        }
        template = {"metadata": {"labels": LABELS}, "spec": {"containers": [container]}}
        spec = {"replicas": 1, "selector": {"matchLabels": LABELS}, "template": template}
        ports = [{"port": PORT}]
        self.area.cluster.apply(
            {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": {"selector": LABELS, "ports": ports}},
            {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec},
        )

    @property
    def server(self) -> str:
        """Its address, as `memcached.servers` has it."""
        return f"{NAME}.{self.area.namespace}.svc.cluster.local:{PORT}"

    @contextmanager
    def away(self) -> Iterator[None]:
        """Stop it while the body runs."""
        self.area.cluster.scale(NAME, self.area.namespace, 0)
        try:
            yield
        finally:
            self.area.cluster.scale(NAME, self.area.namespace, 1)
