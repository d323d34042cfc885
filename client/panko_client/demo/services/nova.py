"""Nova's notifications, in the unversioned format that ceilometer reads."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from panko_client import moments
from panko_client.demo.cast import Flavor, Server
from panko_client.demo.notification import Notification, Request, zoned


@dataclass(frozen=True, slots=True)
class Instance:
    """A server at some moment of its life."""

    server: Server
    flavor: Flavor
    state: str
    created: datetime
    launched: datetime | None = None
    deleted: datetime | None = None

    def payload(self, **more: Any) -> dict[str, Any]:
        """Return what nova tells of it."""
        server, flavor, image = self.server, self.flavor, self.server.image
        return {
            "tenant_id": server.owner.project.id,
            "user_id": server.owner.id,
            "instance_id": server.id,
            "display_name": server.name,
            "cell_name": "",
            "memory_mb": flavor.memory_mb,
            "disk_gb": flavor.disk_gb,
            "root_gb": flavor.disk_gb,
            "ephemeral_gb": 0,
            "vcpus": flavor.vcpus,
            "instance_type_id": flavor.number,
            "instance_flavor_id": str(flavor.number),
            "instance_type": flavor.name,
            "state": self.state,
            "image_meta": {
                "org.openstack__1__architecture": "x86_64",
                "org.openstack__1__os_distro": image.distro,
                "org.openstack__1__os_version": image.version,
            },
            "created_at": zoned(self.created),
            "launched_at": moments.written(self.launched) if self.launched else "",
            "deleted_at": moments.written(self.deleted) if self.deleted else "",
            "availability_zone": "nova",
            **more,
        }


def step(at: datetime, action: str, instance: Instance, request: Request, **more: Any) -> Notification:
    """Tell of one thing: `create.start`, `update`, `power_off.end`."""
    publisher = f"compute.{instance.server.host}"
    return Notification(at, publisher, f"compute.instance.{action}", instance.payload(**more), request.context)


def operation(
    action: str, at: datetime, took: timedelta, before: Instance, *, after: Instance, request: Request
) -> Iterator[Notification]:
    """Tell of something from its begin to its end, and of the change of the state between."""
    yield step(at, f"{action}.start", before, request)
    yield step(at + took, "update", after, request, old_state=before.state)
    yield step(at + took + timedelta(milliseconds=3), f"{action}.end", after, request)


def exists(hour: datetime, instance: Instance, context: Mapping[str, Any]) -> Notification:
    """Tell that a server was there in the hour before."""
    period = {
        "audit_period_beginning": moments.written(hour - timedelta(hours=1)),
        "audit_period_ending": moments.written(hour),
    }
    publisher = f"compute.{instance.server.host}"
    return Notification(
        hour + timedelta(seconds=2), publisher, "compute.instance.exists", instance.payload(**period), context
    )
