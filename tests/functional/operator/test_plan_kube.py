"""A plan on a real kube-apiserver: places are found in what the server makes of a manifest, and the status keeps it."""

import copy
import dataclasses
from datetime import UTC, datetime

import pytest

from fakes.memory_world import KEYSTONE_ADMIN, SPEC, MemoryWorld
from fakes.recording_client import RecordingClient
from panko_operator.controller import reconcile
from panko_operator.kube import PANKO_API, KubeAPI
from panko_operator.kube.dry_run import DryKube
from panko_operator.resource import PLAN_ANNOTATION

NOW = datetime(2030, 1, 1, tzinfo=UTC)
PANKOS = "/apis/panko.openstack.org/v1beta1/namespaces/{}/pankos"


def deployment(namespace, **overrides):
    labels = {"app": "thing"}
    container = {
        "name": "main",
        "image": "example:1",
        "env": [{"name": "COLOR", "value": "blue"}],
        "resources": {"limits": {"cpu": "1000m"}},
        **overrides,
    }
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container], "nodeSelector": {"disk": "fast"}}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "thing", "namespace": namespace, "labels": {"color": "blue"}},
        "spec": {"replicas": 1, "selector": {"matchLabels": labels}, "template": template},
    }


@pytest.fixture
def client(kube_apiserver):
    return RecordingClient(kube_apiserver.client())


@pytest.fixture
def kube(client):
    return KubeAPI(client, now=lambda: NOW)


def places(kube, manifest):
    """Return what a dry run says of a manifest."""
    told = []
    DryKube(kube, told.append).apply(manifest)
    return {(str(one.action), one.name): set(one.fields) for one in told}


def test_what_an_apply_would_change_is_found_in_what_the_server_has(kube, client, namespace):
    first = deployment(namespace)
    assert places(kube, first) == {("Create", "thing"): set()}
    assert client.writes == []
    kube.apply(first)
    client.writes.clear()
    assert places(kube, first) == {}  # whatever the server has filled in
    changed = copy.deepcopy(deployment(namespace, image="example:2", env=[{"name": "COLOR", "value": "red"}]))
    del changed["spec"]["template"]["spec"]["nodeSelector"]
    del changed["spec"]["template"]["spec"]["containers"][0]["resources"]
    changed["metadata"]["labels"]["size"] = "big"
    here = "spec.template.spec"
    found = places(kube, changed)["Change", "thing"]
    assert {f"{here}.containers[main].image", f"{here}.containers[main].env[COLOR].value"} <= found
    assert {"metadata.labels.size", f"{here}.nodeSelector"} <= found
    assert f"{here}.containers[main].resources" in {place.partition(".limits")[0] for place in found}
    assert client.writes == []
    kube.apply(changed)
    assert places(kube, changed) == {}


def test_the_status_keeps_a_plan_and_nothing_else_is_made(kube_apiserver, kube, client, namespace):
    for name, data in (("keystone-admin", KEYSTONE_ADMIN), ("database-admin", {"username": "root", "password": "p"})):
        body = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": data}
        kube_apiserver.request("post", f"/api/v1/namespaces/{namespace}/secrets", body=body)
    metadata = {"name": "panko", "annotations": {PLAN_ANNOTATION: "true"}}
    panko = {"apiVersion": PANKO_API, "kind": "Panko", "metadata": metadata, "spec": SPEC}
    kube_apiserver.request("post", PANKOS.format(namespace), body=panko)
    memory = MemoryWorld()
    memory.database.accounts["root"] = "p"
    world = dataclasses.replace(memory.world, kube=kube)
    told = reconcile.run(kube.get(PANKO_API, "Panko", "panko", namespace), world)
    live = kube.get(PANKO_API, "Panko", "panko", namespace)
    assert live["status"]["plan"] == told.status["plan"]
    assert live["status"]["planned"] == {"observedGeneration": 1, "changes": len(told.status["plan"])}
    assert "Deployment panko-api" in {entry["object"] for entry in live["status"]["plan"]}
    written = {path.rpartition(namespace)[2] for _, path in client.writes}
    assert written == {"/pankos/panko/status", "/events"}
    client.writes.clear()
    reconcile.run(live, world)
    assert client.writes == []
