"""The spec of a Panko, field by field as in the CRD.

Parsed once, here; a field that the CRD gives no default is None (or empty) when it was not written. No default is
invented here.
"""

import dataclasses
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from panko_operator.world import Manifest

DURATION_PART = re.compile(r"(\d+)([hms])")
DURATION_UNITS = {"h": "hours", "m": "minutes", "s": "seconds"}


@dataclasses.dataclass(frozen=True, slots=True)
class LoginRef:
    """A Secret that holds a user and a password, and the keys of both."""

    name: str
    username_key: str
    password_key: str

    @classmethod
    def parse(cls, ref: Manifest | None) -> "LoginRef | None":
        """Read a reference that may be absent."""
        return None if ref is None else cls(ref["name"], ref["usernameKey"], ref["passwordKey"])


@dataclasses.dataclass(frozen=True, slots=True)
class KeyRef:
    """A key of a Secret: a password, or the certificates of an authority."""

    name: str
    key: str

    @classmethod
    def parse(cls, ref: Manifest | None) -> "KeyRef | None":
        """Read a reference that may be absent."""
        return None if ref is None else cls(ref["name"], ref["key"])


@dataclasses.dataclass(frozen=True, slots=True)
class TLS:
    """How the database server is known. `client_secret_name` is a Secret with tls.crt and tls.key."""

    verify_name: bool
    ca: KeyRef
    client_secret_name: str | None

    @classmethod
    def parse(cls, tls: Manifest | None) -> "TLS | None":
        """Read `spec.database.tls`, which may be absent."""
        if tls is None:
            return None
        ca = tls["caSecretRef"]
        client = tls.get("clientSecretRef")
        return cls(tls["mode"] == "verify-full", KeyRef(ca["name"], ca["key"]), client and client["name"])


@dataclasses.dataclass(frozen=True, slots=True)
class API:
    """The API's pods. The Kubernetes types are passed on as they were written."""

    workers: int
    threads: int
    resources: Manifest | None
    node_selector: Mapping[str, str]
    tolerations: Sequence[Manifest]
    affinity: Manifest | None
    topology_spread_constraints: Sequence[Manifest] | None
    priority_class_name: str | None
    pod_annotations: Mapping[str, str]
    pod_labels: Mapping[str, str]

    @classmethod
    def parse(cls, api: Manifest) -> "API":
        """Read `spec.api`."""
        return cls(
            workers=api["workers"],
            threads=api["threads"],
            resources=api.get("resources"),
            node_selector=api.get("nodeSelector", {}),
            tolerations=api.get("tolerations", ()),
            affinity=api.get("affinity"),
            topology_spread_constraints=api.get("topologySpreadConstraints"),
            priority_class_name=api.get("priorityClassName"),
            pod_annotations=api.get("podAnnotations", {}),
            pod_labels=api.get("podLabels", {}),
        )


@dataclasses.dataclass(frozen=True, slots=True)
class Database:
    """Where events are kept. Exactly one of the references is there."""

    engine: str
    host: str
    port: int | None
    name: str | None
    adopt: bool
    admin_secret_ref: LoginRef | None
    account_secret_ref: LoginRef | None
    tls: TLS | None

    @classmethod
    def parse(cls, database: Manifest) -> "Database":
        """Read `spec.database`."""
        return cls(
            engine=database["engine"],
            host=database["host"],
            port=database.get("port"),
            name=database.get("name"),
            adopt=database["adopt"],
            admin_secret_ref=LoginRef.parse(database.get("adminSecretRef")),
            account_secret_ref=LoginRef.parse(database.get("accountSecretRef")),
            tls=TLS.parse(database.get("tls")),
        )


@dataclasses.dataclass(frozen=True, slots=True)
class Keystone:
    """How the API is known to Keystone. `endpoints` are URLs by interface, only those that were written."""

    auth_url: str
    admin_secret_name: str
    region: str
    service_user: str | None
    service_project: str
    user_domain: str
    project_domain: str
    roles: tuple[str, ...]
    endpoints: Mapping[str, str]
    ca: KeyRef | None
    publish: bool

    @classmethod
    def parse(cls, keystone: Manifest) -> "Keystone":
        """Read `spec.keystone`."""
        return cls(
            auth_url=keystone["authURL"],
            admin_secret_name=keystone["adminSecretRef"]["name"],
            region=keystone["region"],
            service_user=keystone.get("serviceUser"),
            service_project=keystone["serviceProject"],
            user_domain=keystone["userDomain"],
            project_domain=keystone["projectDomain"],
            roles=tuple(keystone["roles"]),
            endpoints=keystone["endpoints"],
            ca=KeyRef.parse(keystone.get("caSecretRef")),
            publish=keystone["publish"],
        )


@dataclasses.dataclass(frozen=True, slots=True)
class Memcached:
    """Where tokens are remembered. With TLS there is a `ca`; `client_secret_name` has tls.crt and tls.key."""

    servers: tuple[str, ...]
    ca: KeyRef | None
    client_secret_name: str | None

    @classmethod
    def parse(cls, memcached: Manifest) -> "Memcached":
        """Read `spec.memcached`."""
        tls = memcached.get("tls", {})
        client = tls.get("clientSecretRef")
        return cls(tuple(memcached["servers"]), KeyRef.parse(tls.get("caSecretRef")), client and client["name"])


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
class Retention:
    """How long events are kept. A `time_to_live` of zero keeps them for ever."""

    time_to_live: timedelta
    schedule: str
    suspend: bool
    batch_size: int

    @classmethod
    def parse(cls, retention: Manifest) -> "Retention":
        """Read `spec.retention`."""
        return cls(
            time_to_live=parse_duration(retention["timeToLive"]),
            schedule=retention["schedule"],
            suspend=retention["suspend"],
            batch_size=retention["batchSize"],
        )


@dataclasses.dataclass(frozen=True, slots=True)
class Publisher:
    """An account that may POST events with HTTP Basic. Its password is generated when no Secret is named.

    `event_types` and `projects` are all that it may store; an empty one does not confine it.
    """

    name: str
    password_secret_ref: KeyRef | None
    event_types: tuple[str, ...]
    projects: tuple[str, ...]

    @classmethod
    def parse(cls, publisher: Manifest) -> "Publisher":
        """Read one of `spec.publishers`."""
        return cls(
            publisher["name"],
            KeyRef.parse(publisher.get("passwordSecretRef")),
            tuple(publisher.get("eventTypes", ())),
            tuple(publisher.get("projects", ())),
        )


@dataclasses.dataclass(frozen=True, slots=True)
class DeletionPolicy:
    """What becomes of the database and of Keystone's entries with the resource: Retain or Delete."""

    database: str
    keystone: str


@dataclasses.dataclass(frozen=True, slots=True)
class Spec:
    """Everything that a Panko asks for."""

    image: str | None
    image_pull_policy: str | None
    image_pull_secrets: Sequence[Manifest]
    replicas: int
    api: API
    database: Database
    keystone: Keystone
    memcached: Memcached
    haproxy: HAProxy
    service: Service
    retention: Retention
    publishers: tuple[Publisher, ...]
    custom_service_config: str
    policy: str
    deletion_policy: DeletionPolicy

    @classmethod
    def parse(cls, spec: Mapping[str, Any]) -> "Spec":
        """Read the `spec` of a live object."""
        return cls(
            image=spec.get("image"),
            image_pull_policy=spec.get("imagePullPolicy"),
            image_pull_secrets=spec.get("imagePullSecrets", ()),
            replicas=spec["replicas"],
            api=API.parse(spec["api"]),
            database=Database.parse(spec["database"]),
            keystone=Keystone.parse(spec["keystone"]),
            memcached=Memcached.parse(spec["memcached"]),
            haproxy=HAProxy.parse(spec["haproxy"]),
            service=Service.parse(spec["service"]),
            retention=Retention.parse(spec["retention"]),
            publishers=tuple(Publisher.parse(publisher) for publisher in spec["publishers"]),
            custom_service_config=spec["customServiceConfig"],
            policy=spec["policy"],
            deletion_policy=DeletionPolicy(spec["deletionPolicy"]["database"], spec["deletionPolicy"]["keystone"]),
        )


def parse_duration(text: str) -> timedelta:
    """Read a duration as Kubernetes writes it: `720h`, `1h30m`, or `0`."""
    parts = {DURATION_UNITS[unit]: int(number) for number, unit in DURATION_PART.findall(text)}
    return timedelta(**parts)
