"""Cinder's notifications."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from panko_client.demo.cast import Server, User, Volume
from panko_client.demo.notification import Notification, Request, zoned

PUBLISHER: Final = "volume.controller-1@ceph"
TYPE: Final = "ssd"


def operation(
    action: str, at: datetime, took: timedelta, payloads: tuple[dict[str, Any], dict[str, Any]], *, request: Request
) -> Iterator[Notification]:
    """Tell of `volume.attach` and its like from begin to end."""
    yield Notification(at, PUBLISHER, f"{action}.start", payloads[0], request.context)
    yield Notification(at + took, PUBLISHER, f"{action}.end", payloads[1], request.context)


def volume(one: Volume, owner: User, *, status: str, created: datetime, to: Server | None = None) -> dict[str, Any]:
    """Return what cinder tells of a volume."""
    return {
        "tenant_id": owner.project.id,
        "user_id": owner.id,
        "volume_id": one.id,
        "volume_type": TYPE,
        "display_name": one.name,
        "availability_zone": "nova",
        "created_at": zoned(created),
        "status": status,
        "size": one.size_gb,
        "host": "controller-1@ceph#volumes",
        "replication_status": None,
        "volume_attachment": [{"server_id": to.id, "attached_host": to.host}] if to else [],
    }


def snapshot(snapshot_id: str, one: Volume, owner: User, *, status: str, created: datetime) -> dict[str, Any]:
    """Return what cinder tells of a snapshot of a volume."""
    return {
        "tenant_id": owner.project.id,
        "user_id": owner.id,
        "snapshot_id": snapshot_id,
        "volume_id": one.id,
        "display_name": f"{one.name}-nightly",
        "availability_zone": "nova",
        "created_at": zoned(created),
        "status": status,
    }
