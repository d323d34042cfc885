"""The whole world of a reconcile in memory, with one Panko in it."""

import functools
import itertools
from datetime import UTC, datetime, timedelta

from fakes import crd
from fakes.copying import copied
from fakes.memory_cloud import MemoryDatabase, MemoryEventAPI, MemoryKeystone
from fakes.memory_kube import MemoryKube
from panko_operator.certificates import own
from panko_operator.controller import reconcile
from panko_operator.tenancy import Tenancy
from panko_operator.world import OperatorPods, World

KEYSTONE_ADMIN = {
    "OS_USERNAME": "admin",
    "OS_PASSWORD": "admin-password",
    "OS_PROJECT_NAME": "admin",
    "OS_USER_DOMAIN_NAME": "Default",
    "OS_PROJECT_DOMAIN_NAME": "Default",
}
SPEC = {
    "database": {"host": "mariadb", "adminSecretRef": {"name": "database-admin"}},
    "keystone": {"authURL": "http://keystone:5000/v3", "adminSecretRef": {"name": "keystone-admin"}},
    "publishers": [{"name": "ceilometer"}],
}


@functools.cache
def _schema():
    return crd.schema()


class MemoryWorld:
    """Everything outside of a reconcile. `reconcile()` does one pass over the Panko as it is stored."""

    namespace = "openstack"
    name = "panko"

    def __init__(self, spec=None, *, tenancy=Tenancy(), kube=MemoryKube):  # noqa: B008 -- frozen
        self.time = datetime(2030, 1, 1, tzinfo=UTC)
        self.kube, self.database, self.keystone = kube(lambda: self.time), MemoryDatabase(), MemoryKeystone()
        self.event_api = MemoryEventAPI(self.keystone, lambda: self.time)
        self._secrets = itertools.count(1)
        self.world = World(
            kube=self.kube,
            database=self.database,
            keystone=self.keystone,
            event_api=self.event_api,
            now=lambda: self.time,
            new_secret=lambda: f"generated-{next(self._secrets)}",
            renewed_certificate=own.renewed,
            panko_image="panko:11",
            haproxy_image="haproxy:3",
            collector_image="panko-collector:11",
            cluster_domain="cluster.local",
            tenancy=tenancy,
            runbooks="https://docs.example.org/alerts",
            operator=OperatorPods("panko-system", {"app.kubernetes.io/name": "panko-operator"}),
            release="11.0.0",
        )
        self.kube.put_secret(self.namespace, "keystone-admin", **KEYSTONE_ADMIN)
        self.kube.put_secret(self.namespace, "database-admin", username="root", password="root-password")
        identity = {"name": self.name, "namespace": self.namespace, "uid": "1-2-3"}
        metadata = {**identity, "generation": 1, "resourceVersion": "1"}
        about = {"apiVersion": "panko.openstack.org/v1beta1", "kind": "Panko", "metadata": metadata}
        self.kube.put(crd.defaulted({**about, "spec": copied(spec or SPEC)}, _schema()))

    @property
    def body(self):
        """The stored Panko, to look at or to edit; None once it is gone."""
        return self.kube.objects.get(("Panko", self.namespace, self.name))

    def edit(self, **changes):
        """Change fields of the spec as `kubectl edit` does."""
        self.body["spec"] = {**self.body["spec"], **changes}
        self.body["metadata"]["generation"] += 1

    def reconcile(self):
        """Do one pass and return what it came to."""
        return reconcile.run(copied(self.body), self.world)

    def wait(self, **duration):
        """Let time go by."""
        self.time += timedelta(**duration)

    def condition(self, type_):
        """Return a condition of the stored status."""
        return next(one for one in self.body["status"]["conditions"] if one["type"] == type_)

    def secret(self, name):
        """Return the data of a stored Secret, still encoded."""
        return self.kube.objects["Secret", self.namespace, name]["data"]
