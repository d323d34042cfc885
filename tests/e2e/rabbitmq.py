"""A RabbitMQ of a test's own, to which OpenStack's services would send their notifications."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from e2e.area import Area
from live.cluster import Manifest

NAME = "rabbitmq"
IMAGE = "localhost/rabbitmq:3.10"
LABELS = {"app": NAME}
PORT = 5672
USERNAME = "openstack"
CONFIGURATION = """
listeners.tcp.default = {port}
default_user = {username}
default_pass = {password}
log.console = true
log.file = false
vm_memory_high_watermark.absolute = 256MB
disk_free_limit.absolute = 50MB
"""


@dataclass(frozen=True, slots=True)
class RabbitMQ:
    """A broker in an area."""

    area: Area
    password: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)

    def apply(self) -> None:
        """Start it."""
        configuration = CONFIGURATION.format(port=PORT, username=USERNAME, password=self.password)
        self.area.secret(f"{NAME}-configuration", {"rabbitmq.conf": configuration})
        metadata = {"name": NAME, "namespace": self.area.namespace}
        volume = {"name": "configuration", "secret": {"secretName": f"{NAME}-configuration"}}
        template = {
            "metadata": {"labels": LABELS},
            "spec": {"containers": [_container()], "volumes": [volume], "enableServiceLinks": False},
        }
        spec = {"replicas": 1, "selector": {"matchLabels": LABELS}, "template": template}
        ports = [{"port": PORT}]
        self.area.cluster.apply(
            {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": {"selector": LABELS, "ports": ports}},
            {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec},
        )

    def wait(self, *, seconds: float = 90) -> None:
        """Return when it takes connections."""
        words = ("rollout", "status", f"deployment/{NAME}", f"--namespace={self.area.namespace}")
        self.area.cluster.kubectl(*words, f"--timeout={seconds:.0f}s", seconds=seconds + 10)

    @property
    def host(self) -> str:
        """Its name inside the cluster."""
        return f"{NAME}.{self.area.namespace}.svc.cluster.local"

    @property
    def url(self) -> str:
        """Its URL, as `transport_url` of an OpenStack service has it."""
        return f"rabbit://{USERNAME}:{self.password}@{self.host}:{PORT}/"

    def notify(self, notifications: Sequence[Manifest]) -> None:
        """Send notifications as nova does; return when the broker has all of them."""
        self.area.admin.script("notify.py", self.host, str(PORT), stdin=_told(self.password, notifications))


def _told(password: str, notifications: Sequence[Manifest]) -> str:
    return json.dumps({"username": USERNAME, "password": password, "notifications": list(notifications)})


def _container() -> Manifest:
    return {
        "name": NAME,
        "image": IMAGE,
        "imagePullPolicy": "IfNotPresent",
        "ports": [{"name": "amqp", "containerPort": PORT}],
        "readinessProbe": {"tcpSocket": {"port": "amqp"}, "periodSeconds": 2},
        "resources": {"requests": {"cpu": "20m", "memory": "128Mi"}, "limits": {"memory": "512Mi"}},
        "securityContext": {
            "runAsNonRoot": True,
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "volumeMounts": [{"name": "configuration", "mountPath": "/etc/rabbitmq", "readOnly": True}],
    }
