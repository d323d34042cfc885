"""Neutron's notifications."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from panko_client.demo.cast import Server
from panko_client.demo.notification import Notification, Request

PUBLISHER: Final = "network.controller-2"


def port_created(server: Server, at: datetime, request: Request) -> Iterator[Notification]:
    """Tell of a server's port: its begin does not know it yet."""
    wanted = {"network_id": server.owner.project.network_id, "device_id": server.id}
    port = {**wanted, "id": server.port_id, "name": "", "status": "DOWN"}
    yield _told(at, "port.create.start", {"port": wanted}, request)
    yield _told(at + timedelta(milliseconds=640), "port.create.end", {"port": port}, request)


def port_deleted(server: Server, at: datetime, request: Request) -> Iterator[Notification]:
    """Tell that a server's port is gone."""
    port = {"id": server.port_id, "name": "", "device_id": server.id}
    yield _told(at, "port.delete.start", {"port_id": server.port_id, "id": server.port_id}, request)
    yield _told(at + timedelta(milliseconds=410), "port.delete.end", {"port": port, "id": server.port_id}, request)


def network_created(network_id: str, name: str, at: datetime, request: Request) -> Iterator[Notification]:
    """Tell of a new network."""
    yield _told(at, "network.create.start", {"network": {"name": name}}, request)
    network = {"id": network_id, "name": name}
    yield _told(at + timedelta(milliseconds=380), "network.create.end", {"network": network}, request)


def floating_ip_created(floating_ip_id: str, server: Server, at: datetime, request: Request) -> Iterator[Notification]:
    """Tell of an address for a server."""
    yield _told(at, "floatingip.create.start", {"floatingip": {"port_id": server.port_id}}, request)
    address = {"id": floating_ip_id, "port_id": server.port_id, "status": "ACTIVE"}
    yield _told(at + timedelta(milliseconds=720), "floatingip.create.end", {"floatingip": address}, request)


def _told(at: datetime, event_type: str, payload: dict[str, Any], request: Request) -> Notification:
    return Notification(at, PUBLISHER, event_type, payload, request.context)
