"""A namespace of a test's own, with a Keystone region of the same name, so that tests never meet."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from live import openstack, resource
from live.cluster import Cluster, Manifest
from live.openstack import OpenStack
from live.resource import Panko
from live.waiting import until

RESTRICTED = {"pod-security.kubernetes.io/enforce": "restricted"}


@dataclass(frozen=True, slots=True)
class Area:
    """Made on entry; on exit its Pankos are told to go, and `clear` does the rest for all areas of a session."""

    admin: OpenStack
    namespace: str

    def __enter__(self) -> Self:
        metadata = {"name": self.namespace, "labels": RESTRICTED}
        namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}
        self.cluster.apply(namespace, *self.admin.admin_secrets(self.namespace))
        # Keystone itself has to be in the region's catalogue: the API and the command line look for it there.
        self.admin.script("region.py", "add", self.namespace, openstack.KEYSTONE_URL)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cluster.kubectl("delete", "pankos", "--all", f"--namespace={self.namespace}", "--wait=false")

    @property
    def cluster(self) -> Cluster:
        return self.admin.cluster

    @property
    def client(self) -> OpenStack:
        """The administrator, asking in this region."""
        return self.admin.acting(OS_REGION_NAME=self.namespace)

    def panko(self, name: str = "panko", spec: Mapping[str, Any] | None = None) -> Panko:
        """Apply a Panko; it is small unless the spec says otherwise."""
        self.cluster.apply(resource.manifest(name, self.namespace, spec))
        return Panko(self.cluster, name, self.namespace, "https" if (spec or {}).get("tls") else "http")

    def secret(self, name: str, content: Mapping[str, str]) -> None:
        """Make or replace a Secret."""
        metadata = {"name": name, "namespace": self.namespace}
        self.cluster.apply({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": dict(content)})

    def sql(self, statements: str) -> str:
        """Run statements as the administrator of MariaDB; they go by standard input, not into the audit log."""
        shell = 'mariadb --user=root --password="$MARIADB_ROOT_PASSWORD" --batch --skip-column-names'
        words = ("exec", "-i", f"--namespace={openstack.NAMESPACE}", "deploy/mariadb", "--", "sh", "-c", shell)
        return self.cluster.kubectl(*words, stdin=statements)

    def keystone(self) -> Manifest:
        """Return what Keystone knows: this region's event endpoints, and all users."""
        return dict(self.admin.script("region.py", "show", self.namespace, ""))

    def events(self, kind: str = "Warning") -> list[str]:
        """Return the messages of the Kubernetes Events of one kind in the namespace."""
        return [event["message"] for event in self.cluster.items("events", self.namespace) if event["type"] == kind]

    def gone(self, panko: Panko, *, seconds: float) -> None:
        """Return when a Panko that is being deleted is no more."""
        until(lambda: not panko.live(), f"{panko.name} gone", seconds=seconds, explain=panko.told)


def clear(admin: OpenStack, prefix: str) -> None:
    """Return when the areas whose names begin so are gone, with their Pankos and regions."""
    cluster = admin.cluster

    def left() -> list[str]:
        found = (panko["metadata"] for panko in cluster.items("pankos", ""))
        return [one["namespace"] for one in found if one["namespace"].startswith(prefix)]

    until(lambda: not left(), "every Panko of the tests gone", seconds=120, explain=lambda: ", ".join(left()))
    names = [one["metadata"]["name"] for one in cluster.items("namespaces", "")]
    mine = [name for name in names if name.startswith(prefix)]
    cluster.kubectl("delete", "namespace", *mine, "--wait=false", "--ignore-not-found")
    admin.script("region.py", "remove", prefix, openstack.KEYSTONE_URL)


@dataclass(frozen=True, slots=True)
class Doomed:
    """A Panko that cannot be deleted in good order, and when it was told to go."""

    area: Area
    panko: Panko
    since_monotonic: float
