"""The reconcile on a real kube-apiserver. Nothing runs pods there: the test plays the kubelet and the controllers."""

import pytest

from fakes.memory_world import KEYSTONE_ADMIN, SPEC, MemoryWorld
from fakes.recording_client import RecordingClient
from panko_operator.controller import reconcile
from panko_operator.controller.reconcile import Pace
from panko_operator.kube import PANKO_API, CachedKube, KubeAPI, Store
from panko_operator.memory import RESYNC, Memory

PANKOS = "/apis/panko.openstack.org/v1beta1/namespaces/{}/pankos"
PASSES = 20  # more than enough for every step that waits


class Cluster:
    """A namespace of the real API server, with databases and Keystone in memory."""

    def __init__(self, server, namespace):
        self.server, self.namespace = server, namespace
        self.memory = MemoryWorld()
        self.client = RecordingClient(server.client())
        self.kube = KubeAPI(self.client, now=lambda: self.memory.time)
        fields = {field: getattr(self.memory.world, field) for field in self.memory.world.__slots__}
        self.world = type(self.memory.world)(**{**fields, "kube": self.kube})

    def create(self):
        """Create what a user creates."""
        self.secret("keystone-admin", KEYSTONE_ADMIN)
        self.secret("database-admin", {"username": "root", "password": "root-password"})
        panko = {"apiVersion": PANKO_API, "kind": "Panko", "metadata": {"name": "panko"}, "spec": SPEC}
        self.server.request("post", PANKOS.format(self.namespace), body=panko)

    def secret(self, name, data):
        body = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": data}
        self.server.request("post", f"/api/v1/namespaces/{self.namespace}/secrets", body=body)

    def edit(self, spec):
        path = PANKOS.format(self.namespace) + "/panko"
        self.server.request("patch", path, body={"spec": spec}, content_type="application/merge-patch+json")

    @property
    def panko(self):
        return self.kube.get(PANKO_API, "Panko", "panko", self.namespace)

    def reconcile(self):
        """Do one pass over the Panko as it is stored."""
        return reconcile.run(self.panko, self.world).pace

    def settle(self):
        """Do passes, and what pods would do in between, until the Panko is settled."""
        for _ in range(PASSES):
            if self.reconcile() is Pace.SETTLED:
                return
            self.run_pods()
        raise AssertionError(self.panko["status"]["conditions"][0])

    def run_pods(self):
        """Give every workload the status that it has when all went well."""
        base = f"/namespaces/{self.namespace}"
        for live in self.server.request("get", f"/apis/apps/v1{base}/deployments")["items"]:
            counts = dict.fromkeys(("replicas", "updatedReplicas", "readyReplicas"), live["spec"]["replicas"])
            self.status(f"/apis/apps/v1{base}/deployments", live, {**counts, "observedGeneration": generation(live)})
        for live in self.server.request("get", f"/apis/batch/v1{base}/jobs")["items"]:
            stamp = "2030-01-01T00:00:00Z"
            done = {"status": "True", "lastTransitionTime": stamp}
            conditions = [{"type": kind, **done} for kind in ("SuccessCriteriaMet", "Complete")]
            ended = {"startTime": stamp, "completionTime": stamp, "succeeded": 1, "conditions": conditions}
            self.status(f"/apis/batch/v1{base}/jobs", live, ended)

    def status(self, path, live, status):
        name = live["metadata"]["name"]
        self.server.request(
            "patch", f"{path}/{name}/status", body={"status": status}, content_type="application/merge-patch+json"
        )


def generation(live):
    return live["metadata"]["generation"]


@pytest.fixture
def cluster(kube_apiserver, namespace):
    cluster = Cluster(kube_apiserver, namespace)
    cluster.create()
    return cluster


def test_the_real_api_server_accepts_everything_that_is_applied(cluster):
    cluster.settle()
    status = cluster.panko["status"]
    assert next(one for one in status["conditions"] if one["type"] == "Ready")["status"] == "True"
    assert (status["replicas"], status["observedGeneration"]) == (2, generation(cluster.panko))
    assert status["publisherSecret"] == "panko-publisher-ceilometer"
    assert status["binding"] == {"name": "panko-binding-ceilometer"}
    binding = cluster.kube.get("v1", "Secret", status["binding"]["name"], cluster.namespace)
    assert binding["type"] == "servicebinding.io/panko"


def test_a_settled_panko_costs_no_write(cluster):
    cluster.settle()
    cluster.reconcile()  # the pass after the last change
    cluster.client.writes.clear()
    assert cluster.reconcile() is Pace.SETTLED
    assert cluster.client.writes == []


def test_an_edit_of_the_spec_rolls_out_and_prunes_all_but_the_last_three(cluster):
    cluster.settle()
    names = [cluster.panko["status"]["recentConfigs"][0]]
    for limit in (7, 8, 9):
        cluster.edit({"customServiceConfig": f"[api]\ndefault_api_return_limit = {limit}"})
        assert cluster.reconcile() is Pace.WAITING
        names.insert(0, f"panko-config-{cluster.panko['status']['configHash']}")
        assert cluster.kube.get("v1", "Secret", names[1], cluster.namespace)
        cluster.settle()
    assert cluster.panko["status"]["recentConfigs"] == names[:3]
    assert all(cluster.kube.get("v1", "Secret", name, cluster.namespace) for name in names[:3])
    assert cluster.kube.get("v1", "Secret", names[3], cluster.namespace) is None


def test_what_was_made_in_keystone_is_kept_in_the_status(cluster):
    cluster.settle()
    before = cluster.panko["status"]["keystone"]
    assert set(before) == {"authURL", "userId", "projectId", "endpointIds"}
    cluster.edit({"keystone": {"serviceUser": "another"}})
    assert cluster.reconcile() is Pace.WAITING
    (former,) = cluster.panko["status"]["keystone"]["former"]
    assert (former["authURL"], former["userId"]) == (before["authURL"], before["userId"])
    cluster.settle()
    assert "former" not in cluster.panko["status"]["keystone"]


def test_a_panko_that_is_not_published_costs_no_write_either(cluster):
    cluster.edit({"keystone": {"publish": False}})
    cluster.settle()
    cluster.reconcile()
    cluster.client.writes.clear()
    assert cluster.reconcile() is Pace.SETTLED
    assert cluster.client.writes == []


def test_quantities_in_the_spec_as_people_write_them_are_no_drift(cluster):
    cluster.edit({"api": {"resources": {"requests": {"cpu": "1000m", "memory": "1024Mi"}, "limits": {"cpu": "2000m"}}}})
    cluster.settle()
    cluster.reconcile()
    cluster.client.writes.clear()
    cluster.reconcile()
    assert cluster.client.writes == []


# What GitOps tools build on


def apply(cluster, *, dry_run):
    """Apply what a user has in a repository, as Terraform's kubernetes_manifest does; return it as it is then."""
    wanted = {"apiVersion": PANKO_API, "kind": "Panko", "metadata": {"name": "panko"}, "spec": SPEC}
    path = f"{PANKOS.format(cluster.namespace)}/panko?fieldManager=Terraform&force=true{'&dryRun=All' * dry_run}"
    return cluster.server.request("patch", path, body=wanted, content_type="application/apply-patch+yaml")


def without_managers(panko):
    return {**panko, "metadata": {key: value for key, value in panko["metadata"].items() if key != "managedFields"}}


def test_a_panko_that_nobody_has_looked_at_does_not_pass_for_ready(cluster):
    assert cluster.panko["status"] == {"observedGeneration": -1}


def test_the_operator_writes_no_field_of_the_spec(cluster):
    def written():
        managed = cluster.panko["metadata"]["managedFields"]
        return [(one["manager"], one["fieldsV1"]["f:spec"]) for one in managed if "f:spec" in one["fieldsV1"]]

    before, spec = written(), cluster.panko["spec"]
    cluster.settle()
    path = PANKOS.format(cluster.namespace) + "/panko"
    asked = {"metadata": {"annotations": {"panko.openstack.org/rotate": "all"}}}
    cluster.server.request("patch", path, body=asked, content_type="application/merge-patch+json")
    cluster.settle()
    assert cluster.panko["status"]["credentials"]
    assert (written(), cluster.panko["spec"], generation(cluster.panko)) == (before, spec, 1)


def test_what_is_applied_twice_changes_nothing(cluster):
    apply(cluster, dry_run=False)
    cluster.settle()
    before = cluster.panko
    assert generation(before) == 1
    assert without_managers(apply(cluster, dry_run=True)) == without_managers(before)


def test_a_deleted_panko_stays_until_keystone_has_forgotten_it(cluster):
    cluster.settle()
    cluster.memory.keystone.outage = True
    cluster.server.request("delete", PANKOS.format(cluster.namespace) + "/panko")
    cluster.memory.time = cluster.memory.time.replace(year=2026, month=1)  # before the deletion, so it is patient
    assert cluster.reconcile() is Pace.DELETING
    assert cluster.panko is not None
    cluster.memory.keystone.outage = False
    assert cluster.reconcile() is Pace.SETTLED
    assert cluster.panko is None
    assert cluster.memory.keystone.endpoints == {}


# With what is remembered from pass to pass, and no watch that tells of anything


def test_what_is_remembered_makes_no_child_twice_and_writes_from_what_there_is(cluster):
    memory = Memory(cluster.world)
    cluster.reconcile = lambda: memory.reconcile(cluster.panko).pace
    for _ in range(PASSES):
        if cluster.reconcile() is Pace.SETTLED:
            break
        cluster.run_pods()
        cluster.memory.time += RESYNC
    service = f"/api/v1/namespaces/{cluster.namespace}/services/panko"
    cluster.server.request("delete", service)
    assert cluster.reconcile() is Pace.SETTLED  # not noticed: nothing has told of it
    cluster.edit({"service": {"port": 9999}})
    assert cluster.reconcile() is Pace.SETTLED
    assert cluster.server.request("get", service)["spec"]["ports"][0]["port"] == 9999
    generated = cluster.kube.get("v1", "Secret", "panko-keys", cluster.namespace)["data"]
    memory.store.gone(cluster.kube.get("v1", "Secret", "panko-keys", cluster.namespace))
    cluster.reconcile()
    assert cluster.kube.get("v1", "Secret", "panko-keys", cluster.namespace)["data"] == generated


def test_a_child_that_another_has_in_the_meantime_is_not_deleted(cluster):
    cluster.settle()
    kube = CachedKube(cluster.kube, Store(cluster.world.now, fresh_for=RESYNC), cluster.world.now)
    stale = kube.get("v1", "ConfigMap", haproxy_config(cluster), cluster.namespace)
    path = f"/api/v1/namespaces/{cluster.namespace}/configmaps"
    cluster.server.request("delete", f"{path}/{stale['metadata']['name']}")
    theirs = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": stale["metadata"]["name"]}}
    cluster.server.request("post", path, body=theirs)
    assert kube.delete(stale) is False
    assert cluster.server.request("get", f"{path}/{stale['metadata']['name']}")


def haproxy_config(cluster):
    path = f"/api/v1/namespaces/{cluster.namespace}/configmaps"
    names = [one["metadata"]["name"] for one in cluster.server.request("get", path)["items"]]
    return next(name for name in names if name.startswith("panko-haproxy-"))
