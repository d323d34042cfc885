"""Traits of notifications: the rows of ceilometer's own event_definitions.yaml that the week needs.

A row is a trait, where it is looked up, and its type when that is not a text. The last definition that fits a type is
taken, and the default traits stand under it, as in ceilometer.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any, Final

from panko_client import moments
from panko_client.demo.notification import Notification
from panko_client.event import Trait, Value, value_of

Row = tuple[str, ...]
Rows = tuple[Row, ...]
_Definition = tuple[str, tuple[tuple[str, ...], ...], str]

TEXT: Final = "string"
# Ceilometer's split of publisher_id at its first dot.
PUBLISHER: Final[Mapping[str, Callable[[str], str | None]]] = {
    "publisher_id/0": lambda publisher: publisher.partition(".")[0],
    "publisher_id/1": lambda publisher: publisher.partition(".")[2] or None,
}

DEFAULTS: Final[Rows] = (
    ("service", "publisher_id"),
    ("request_id", "ctxt.request_id"),
    ("project_id", "payload.tenant_id|ctxt.project_id"),
    ("user_id", "payload.user_id|ctxt.user_id"),
    ("tenant_id", "payload.tenant_id|ctxt.project_id"),
)
INSTANCE: Final[Rows] = (
    ("tenant_id", "payload.tenant_id"),
    ("user_id", "payload.user_id"),
    ("instance_id", "payload.instance_id"),
    ("display_name", "payload.display_name"),
    ("resource_id", "payload.instance_id"),
    ("cell_name", "payload.cell_name"),
    ("host", "publisher_id/1"),
    ("service", "publisher_id/0"),
    ("memory_mb", "payload.memory_mb", "integer"),
    ("disk_gb", "payload.disk_gb", "integer"),
    ("root_gb", "payload.root_gb", "integer"),
    ("ephemeral_gb", "payload.ephemeral_gb", "integer"),
    ("vcpus", "payload.vcpus", "integer"),
    ("instance_type_id", "payload.instance_type_id"),
    ("instance_flavor_id", "payload.instance_flavor_id"),
    ("instance_type", "payload.instance_type"),
    ("state", "payload.state"),
    ("os_architecture", "payload.image_meta.org.openstack__1__architecture"),
    ("os_version", "payload.image_meta.org.openstack__1__os_version"),
    ("os_distro", "payload.image_meta.org.openstack__1__os_distro"),
    ("launched_at", "payload.launched_at", "datetime"),
    ("deleted_at", "payload.deleted_at", "datetime"),
)
CINDER: Final[Rows] = (
    ("user_id", "payload.user_id"),
    ("project_id", "payload.tenant_id"),
    ("availability_zone", "payload.availability_zone"),
    ("display_name", "payload.display_name"),
    ("replication_status", "payload.replication_status"),
    ("status", "payload.status"),
    ("created_at", "payload.created_at", "datetime"),
    ("instance_id", "payload.volume_attachment.0.server_id"),
)
NETWORK: Final[Rows] = (("user_id", "ctxt.user_id"), ("project_id", "ctxt.tenant_id"))
AUDIT: Final[Rows] = (
    ("project_id", "payload.initiator.project_id"),
    ("user_id", "payload.initiator.id"),
    ("typeURI", "payload.typeURI"),
    ("eventType", "payload.eventType"),
    ("action", "payload.action"),
    ("outcome", "payload.outcome"),
    ("id", "payload.id"),
    ("eventTime", "payload.eventTime", "datetime"),
    ("requestPath", "payload.requestPath"),
    ("observer_id", "payload.observer.id"),
    ("target_id", "payload.target.id"),
    ("target_typeURI", "payload.target.typeURI"),
    ("target_name", "payload.target.name"),
    ("initiator_typeURI", "payload.initiator.typeURI"),
    ("initiator_id", "payload.initiator.id"),
    ("initiator_name", "payload.initiator.name"),
    ("initiator_host_address", "payload.initiator.host.address"),
)
PERIOD: Final[Rows] = (
    ("audit_period_beginning", "payload.audit_period_beginning", "datetime"),
    ("audit_period_ending", "payload.audit_period_ending", "datetime"),
)


def _network(kind: str) -> Rows:
    named = () if kind == "floatingip" else (("name", f"payload.{kind}.name"),)
    return (*NETWORK, *named, ("resource_id", f"payload.{kind}.id|payload.id"))


DEFINITIONS: Final[Mapping[str, Rows]] = {
    "compute.instance.*": INSTANCE,
    "compute.instance.create.end": (*INSTANCE, ("availability_zone", "payload.availability_zone")),
    "compute.instance.update": (*INSTANCE, ("old_state", "payload.old_state")),
    "compute.instance.exists": (*INSTANCE, *PERIOD),
    "volume.*": (
        *CINDER,
        ("resource_id", "payload.volume_id"),
        ("host", "payload.host"),
        ("size", "payload.size", "integer"),
        ("type", "payload.volume_type"),
    ),
    "snapshot.*": (*CINDER, ("resource_id", "payload.snapshot_id"), ("volume_id", "payload.volume_id")),
    "image.*": (
        ("project_id", "payload.owner"),
        ("resource_id", "payload.id"),
        ("name", "payload.name"),
        ("status", "payload.status"),
        ("created_at", "payload.created_at", "datetime"),
        ("user_id", "payload.owner"),
        ("deleted_at", "payload.deleted_at", "datetime"),
        ("size", "payload.size", "integer"),
    ),
    "identity.role_assignment.*": tuple(
        (name, f"payload.{name}") for name in ("role", "group", "domain", "user", "project")
    ),
    "identity.user.*": (
        ("resource_id", "payload.resource_info"),
        ("initiator_id", "payload.initiator.id"),
        ("project_id", "payload.initiator.project_id"),
        ("domain_id", "payload.initiator.domain_id"),
    ),
    "identity.authenticate": (
        *((name, f"payload.{name}") for name in ("typeURI", "id", "action", "eventType")),
        ("eventTime", "payload.eventTime", "datetime"),
        ("outcome", "payload.outcome"),
        ("initiator_typeURI", "payload.initiator.typeURI"),
        ("initiator_id", "payload.initiator.id"),
        ("initiator_name", "payload.initiator.name"),
        ("initiator_host_agent", "payload.initiator.host.agent"),
        ("initiator_host_addr", "payload.initiator.host.address"),
        ("target_typeURI", "payload.target.typeURI"),
        ("target_id", "payload.target.id"),
        ("observer_typeURI", "payload.observer.typeURI"),
        ("observer_id", "payload.observer.id"),
    ),
    "network.*": _network("network"),
    "port.*": _network("port"),
    "floatingip.*": _network("floatingip"),
    "*http.*": AUDIT,
    "*http.response": (*AUDIT, ("reason_code", "payload.reason.reasonCode")),
}


def _parsed(path: str) -> tuple[str, ...]:
    plain, _, quoted = path.partition(".org.")
    return (*plain.split("."), *([f"org.{quoted}"] if quoted else ()))


def _read(rows: Rows) -> tuple[_Definition, ...]:
    """Return rows with their paths taken apart, which a week looks up a quarter of a million times."""
    named = {row[0]: row for row in (*DEFAULTS, *rows)}
    return tuple(
        (name, tuple(_parsed(path) for path in row[1].split("|")), row[2] if len(row) > len(("name", "path")) else TEXT)
        for name, row in named.items()
    )


READ: Final = {pattern: _read(rows) for pattern, rows in {"*": (), **DEFINITIONS}.items()}


def traits(notification: Notification) -> tuple[Trait, ...]:
    """Return the traits that ceilometer makes of a notification."""
    document = notification.document()
    fitting = [rows for pattern, rows in READ.items() if fnmatchcase(notification.event_type, pattern)]
    found = (_trait(row, document) for row in fitting[-1])
    return tuple(trait for trait in found if trait is not None)


def _trait(definition: _Definition, document: dict[str, Any]) -> Trait | None:
    name, paths, kind = definition
    value = next((one for path in paths if (one := _at(document, path)) is not None), None)
    # Nova writes "" for a time that is none.
    if value is None or (value == "" and kind != TEXT):
        return None
    return Trait(name, _typed(kind, value), kind)


def _at(document: Any, path: tuple[str, ...]) -> Any:
    if path[0] in PUBLISHER:
        return PUBLISHER[path[0]](document["publisher_id"])
    for word in path:
        if isinstance(document, list):
            document = document[int(word)] if int(word) < len(document) else None
        else:
            document = document.get(word) if isinstance(document, dict) else None
    return document


def _typed(kind: str, value: Any) -> Value:
    if kind == "datetime":
        return moments.aware(datetime.fromisoformat(value))
    return value_of(kind, str(value))
