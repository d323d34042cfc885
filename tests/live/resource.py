"""A Panko as a test sees it: the manifest, its conditions, its publisher."""

import base64
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from live import openstack
from live.cluster import Cluster, Manifest
from live.waiting import until

API_VERSION = "panko.openstack.org/v1beta1"
PUBLISHER = "ceilometer"
RECONCILE_AT = "panko.openstack.org/reconcile-at"


@dataclass(frozen=True, slots=True)
class Panko:
    """One Panko in a cluster."""

    cluster: Cluster
    name: str
    namespace: str
    scheme: str = "http"

    @property
    def url(self) -> str:
        """The Service's URL inside the cluster."""
        return f"{self.scheme}://{self.name}.{self.namespace}.svc.cluster.local:8777"

    @property
    def labels(self) -> str:
        """The selector of everything that belongs to it."""
        return f"app.kubernetes.io/instance={self.name},app.kubernetes.io/managed-by=panko-operator"

    def live(self) -> Manifest:
        """Return the live object; {} when there is none."""
        return self.cluster.get("panko", self.name, self.namespace) or {}

    def condition(self, kind: str) -> Manifest:
        """Return a condition of the live object; {} when it is not there."""
        conditions = self.live().get("status", {}).get("conditions", [])
        return next((one for one in conditions if one["type"] == kind), {})

    def ready(self) -> bool:
        """Tell whether the newest generation is Ready, and no pod is left to be replaced."""
        live = self.live()
        status = live.get("status", {})
        told = {one["type"]: one["status"] for one in status.get("conditions", [])}
        at_rest = (told.get("Ready"), told.get("Reconciling")) == ("True", "False")
        return bool(live) and status.get("observedGeneration") == live["metadata"]["generation"] and at_rest

    def wait_ready(self, *, seconds: float = 120) -> None:
        """Return when the newest generation is Ready."""
        until(self.ready, f"Panko {self.name} Ready", seconds=seconds, explain=self.told)

    def wait_condition(self, kind: str, *, status: str, saying: str = "", seconds: float = 90) -> Manifest:
        """Return a condition when it has this status and its message has these words."""

        def probe() -> Manifest | None:
            found = self.condition(kind)
            fits = found.get("status") == status and saying.lower() in found.get("message", "").lower()
            return found if fits else None

        found = until(probe, f"{kind}={status} saying {saying!r}", seconds=seconds, explain=self.told)
        return dict(found or {})

    def told(self) -> str:
        """Return the conditions as a person reads them."""
        conditions = self.live().get("status", {}).get("conditions", [])
        return "\n".join(f"{one['type']}={one['status']} {one['reason']}: {one['message']}" for one in conditions)

    def patch(self, spec: Mapping[str, Any]) -> None:
        """Change fields of the spec."""
        self.cluster.patch("panko", self.name, self.namespace, {"spec": spec})

    def pods(self, component: str) -> list[Manifest]:
        """Return the live pods of a component that are not on their way out."""
        labels = f"app.kubernetes.io/instance={self.name},app.kubernetes.io/component={component}"
        found = self.cluster.items("pods", self.namespace, labels=labels)
        return [pod for pod in found if "deletionTimestamp" not in pod["metadata"]]

    def names(self, component: str) -> set[str]:
        """Return the names of these pods."""
        return {pod["metadata"]["name"] for pod in self.pods(component)}

    def replaced(self, component: str, gone: set[str], *, count: int) -> bool:
        """Tell whether so many pods are ready and none of before is left, those on their way out not counted."""
        ready = [pod for pod in self.pods(component) if _is_ready(pod)]
        return len(ready) == count and gone.isdisjoint(self.names(component))

    def wait_available(self, component: str, *, seconds: float = 150) -> None:
        """Return when every pod of a component has been ready for as long as its Deployment asks for."""
        words = ("rollout", "status", f"deployment/{self.name}-{component}", f"--namespace={self.namespace}")
        self.cluster.kubectl(*words, f"--timeout={seconds:.0f}s", seconds=seconds + 10)

    def running(self) -> dict[str, int]:
        """Return each pod of the API and of HAProxy by its uid, with how often its containers were restarted."""
        pods = [*self.pods("api"), *self.pods("haproxy")]
        return {
            pod["metadata"]["uid"]: sum(one["restartCount"] for one in pod["status"]["containerStatuses"])
            for pod in pods
        }

    def look(self) -> None:
        """Have the operator look now at what no watch tells of: the database and Keystone."""
        words = ("annotate", "panko", self.name, f"--namespace={self.namespace}", "--overwrite")
        self.cluster.kubectl(*words, f"{RECONCILE_AT}={time.time()}")

    def children(self) -> list[Manifest]:
        """Return every child by label; pods come and go by themselves."""
        kinds = "deployments,services,secrets,configmaps,jobs,cronjobs,poddisruptionbudgets,networkpolicies"
        return self.cluster.items(kinds, self.namespace, labels=self.labels)

    def publisher_url(self, given_secret: str = "") -> str:
        """Return the URL, with its account, that goes into ceilometer's event_pipeline.yaml.

        A password that somebody gave is in that Secret of theirs alone.
        """
        password = self.secret(given_secret or f"{self.name}-publisher-{PUBLISHER}")["password"]
        login = f"{PUBLISHER}:{quote(password, safe='')}"
        scheme, _, address = self.url.partition("://")
        return f"{scheme}://{login}@{address}/v2/events"

    def secret(self, name: str) -> dict[str, str]:
        """Return the content of a Secret."""
        found = self.cluster.get("secret", name, self.namespace)
        return {key: base64.b64decode(value).decode() for key, value in (found or {"data": {}})["data"].items()}


def _is_ready(pod: Manifest) -> bool:
    return any(one["type"] == "Ready" and one["status"] == "True" for one in pod["status"].get("conditions", []))


def manifest(name: str, namespace: str, spec: Mapping[str, Any] | None = None) -> Manifest:
    """Build a Panko on the cluster's own OpenStack, with a database, user and region of its own."""
    own = namespace.replace("-", "_")
    base = {
        "replicas": 1,
        "api": {"workers": 1},
        "haproxy": {"replicas": 1},
        "database": {
            "host": f"mariadb.{openstack.DOMAIN}",
            "name": f"{own}_{name}".replace("-", "_"),
            "adminSecretRef": {"name": "mariadb-root"},
        },
        "keystone": {
            "authURL": openstack.KEYSTONE_URL,
            "adminSecretRef": {"name": "keystone-admin"},
            "region": namespace,
            "serviceUser": f"{namespace}-{name}",
        },
        "memcached": {"servers": [f"memcached.{openstack.DOMAIN}:11211"]},
        "publishers": [{"name": PUBLISHER}],
    }
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": API_VERSION, "kind": "Panko", "metadata": metadata, "spec": merged(base, spec or {})}


def merged(base: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """Merge as a JSON merge patch does: None removes a key."""
    result = dict(base)
    for key, value in change.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, Mapping):
            inner = result.get(key)
            result[key] = merged(inner if isinstance(inner, Mapping) else {}, value)
        else:
            result[key] = value
    return result
