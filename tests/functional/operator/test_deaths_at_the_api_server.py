"""An operator that dies after each request that writes to the API server: the one after it ends as if it had not.

The API server is a real one; Keystone and the database are in memory. Some calls of `world.Kube` are several requests,
such as giving up a number of pods and taking out what somebody has added. Nothing runs pods here.
"""

import itertools
import json

import pytest

from fakes.dying import Deaths
from fakes.memory_world import KEYSTONE_ADMIN, SPEC, MemoryWorld
from fakes.picture import NAMED_ANEW, TIME
from panko_operator.controller import reconcile
from panko_operator.controller.result import Pace
from panko_operator.kube import PANKO_API, KubeAPI
from panko_operator.resource import ROTATE_ANNOTATION
from panko_operator.resource.kinds import KINDS

MERGE = "application/merge-patch+json"
PASSES = 20
DEATHS = 80
OF_A_RUN = (
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "managedFields",
    "namespace",
    "ownerReferences",
)


class MortalClient:
    """Passes requests on until the operator is dead. Events are no work: they are sent and not counted."""

    def __init__(self, client, deaths):
        self._client, self._deaths = client, deaths

    def request(self, method, path, **options):
        writes = method != "get" and "/events" not in path
        return self._deaths(path, lambda: self._client.request(method, path, **options), writes=writes)


class Life:
    """One Panko in a namespace of its own."""

    def __init__(self, server, deaths):
        self.server, self.namespace, self.deaths = server, server.new_namespace(), deaths
        self.memory = MemoryWorld({**SPEC, "publishers": []})
        client = MortalClient(server.client(), deaths)
        fields = {field: getattr(self.memory.world, field) for field in self.memory.world.__slots__}
        self.client, self.fields = client, fields
        for name, data in (
            ("keystone-admin", KEYSTONE_ADMIN),
            ("database-admin", {"username": "root", "password": "root-password"}),
        ):
            secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": data}
            server.request("post", f"/api/v1/namespaces/{self.namespace}/secrets", body=secret)
        both = {"database": "Delete", "keystone": "Delete"}
        spec = {**SPEC, "publishers": [], "deletionPolicy": both, "rotation": {"retainPrevious": "1m"}}
        panko = {"apiVersion": PANKO_API, "kind": "Panko", "metadata": {"name": "panko"}, "spec": spec}
        server.request("post", self.path, body=panko)

    @property
    def path(self):
        return f"/apis/panko.openstack.org/v1beta1/namespaces/{self.namespace}/pankos"

    def patch(self, path, body):
        return self.server.request("patch", path, body=body, content_type=MERGE)

    def live(self):
        """Let one process do passes until nothing is left to do."""
        kube = KubeAPI(self.client, now=lambda: self.memory.time)
        world = type(self.memory.world)(**{**self.fields, "kube": kube})
        for _ in range(PASSES):
            self.run_pods()
            body = kube.get(PANKO_API, "Panko", "panko", self.namespace)
            if body is None:
                return
            written, result = len(self.deaths.sent), reconcile.run(body, world)
            if result.pace is Pace.SETTLED and result.again_at is None and written == len(self.deaths.sent):
                return
            self.memory.wait(seconds=40)
        raise AssertionError(body["status"]["conditions"][0])

    def run_pods(self):
        """Give every workload the status that it has when all went well."""
        for path, told in ((f"/apis/apps/v1/namespaces/{self.namespace}/deployments", _up), (self.jobs, _completed)):
            for live in self.server.request("get", path)["items"]:
                if not live["status"].get("completionTime"):
                    self.patch(f"{path}/{live['metadata']['name']}/status", {"status": told(live)})

    @property
    def jobs(self):
        return f"/apis/batch/v1/namespaces/{self.namespace}/jobs"

    def picture(self):
        """Return all that is there, without what is another in each run."""
        found = [
            live
            for kind in KINDS
            if not kind.optional and kind.kind not in ("Event", "Pod")
            for live in self.listed(kind)
            if live["metadata"]["name"] not in ("kube-root-ca.crt", "default")
        ]
        found.sort(key=_place)
        text = json.dumps(list(map(_plain, found)), indent=1, sort_keys=True).replace(self.namespace, "NAMESPACE")
        numbers, names = itertools.count(1), {}
        text = NAMED_ANEW.sub(lambda one: names.setdefault(one[0], f"<{next(numbers)}>"), TIME.sub("<time>", text))
        return text.splitlines()

    def listed(self, kind):
        kube = KubeAPI(self.server.client(), now=lambda: self.memory.time)
        return kube.list(kind.api_version, kind.kind, self.namespace, labels={})


def _up(live):
    counted = dict.fromkeys(("replicas", "updatedReplicas", "readyReplicas"), live["spec"]["replicas"])
    return {**counted, "observedGeneration": live["metadata"]["generation"]}


def _completed(_live):
    stamp = "2030-01-01T00:00:00Z"
    done = {"status": "True", "lastTransitionTime": stamp}
    conditions = [{"type": kind, **done} for kind in ("SuccessCriteriaMet", "Complete")]
    return {"startTime": stamp, "completionTime": stamp, "succeeded": 1, "conditions": conditions}


def _place(live):
    """Order by kind and name; what differs by a digest alone by its age: such objects never change."""
    metadata = live["metadata"]
    return live["kind"], NAMED_ANEW.sub("", metadata["name"]), int(metadata["resourceVersion"])


def _plain(live):
    metadata = {key: value for key, value in live["metadata"].items() if key not in OF_A_RUN}
    # Hashes of what is generated follow from it; what they belong to is compared itself.
    plain = {**live, "metadata": metadata}
    plain.pop("status", None)
    if live["kind"] == "Secret":
        plain["data"] = sorted(live.get("data", {}))
    if live["kind"] == "Service":
        plain["spec"] = {key: value for key, value in live["spec"].items() if not key.startswith("clusterIP")}
    if live["kind"] == "Job":
        plain = {"kind": "Job", "metadata": {"name": metadata["name"]}}
    return plain


def create(_life):
    """Change nothing: the Panko itself is what is new."""


def rotate(life):
    life.patch(f"{life.path}/panko", {"metadata": {"annotations": {ROTATE_ANNOTATION: "all"}}})


def scale_by_itself(life):
    life.patch(f"{life.path}/panko", {"spec": {"autoscaling": {"enabled": True, "maxReplicas": 5}}})


def edit(life):
    life.patch(f"{life.path}/panko", {"spec": {"customServiceConfig": "[DEFAULT]\ndebug = true\n", "replicas": 3}})


def meddle(life):
    """Somebody changes fields that are ours, and adds what is not to be there."""
    base = f"/apis/apps/v1/namespaces/{life.namespace}/deployments/panko-api"
    added = [{"name": "ADDED", "value": "by somebody"}]
    live = life.server.request("get", base)
    first = live["spec"]["template"]["spec"]["containers"][0]
    patch = [
        {"op": "add", "path": "/spec/template/spec/containers/0/env", "value": [*first.get("env", []), *added]},
        {"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "somebody:1"},
    ]
    life.server.request("patch", base, body=patch, content_type="application/json-patch+json")
    life.server.request("delete", f"/api/v1/namespaces/{life.namespace}/services/panko")


def delete(life):
    life.server.request("delete", f"{life.path}/panko")


CHANGES = [create, edit, scale_by_itself, meddle, rotate, delete]


def run(server, deaths, change, *, die):
    """Return what there is in the end, by lines, and what is left outside; `die` has each process die."""
    deaths.arm(armed=False)
    life = Life(server, deaths)
    if change is not create:
        life.live()
    change(life)
    if die:
        count = deaths.survive(life.live, bound=DEATHS)
    else:
        deaths.arm(armed=False)
        life.live()
        count = len(deaths.sent)
    database, keystone = life.memory.database, life.memory.keystone
    outside = len(database.databases), len(database.accounts), len(keystone.endpoints), len(keystone.users)
    return life.picture(), outside, count


@pytest.mark.parametrize("change", CHANGES, ids=lambda one: one.__name__)
def test_a_death_after_each_write_changes_nothing_of_the_end(kube_apiserver, change):
    deaths = Deaths()
    expected, outside, sent = run(kube_apiserver, deaths, change, die=False)
    found, left, died = run(kube_apiserver, deaths, change, die=True)
    print(f"{change.__name__}: {sent} requests that write, {died} deaths")
    assert outside == left
    assert found == expected
    assert min(sent, died) > 1
