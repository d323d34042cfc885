"""What somebody adds to a child on a real kube-apiserver: gone after a pass where it is ours, left where it is not."""

import copy
from datetime import UTC, datetime, timedelta

import pytest

from fakes import crd
from fakes.memory_world import SPEC
from panko_operator.children import (
    api,
    autoscaler,
    disruption,
    expirer,
    haproxy,
    ingress,
    network_policy,
    service,
)
from panko_operator.children.collector import config as collector_config
from panko_operator.children.collector import deployment as collector_deployment
from panko_operator.children.credentials import secret
from panko_operator.children.parts.destinations import Destination
from panko_operator.kube import KubeAPI
from panko_operator.resource import Panko
from panko_operator.world import OperatorPods
from panko_operator.world.values import Login

PATHS = {
    "Secret": "/api/v1/namespaces/{}/secrets",
    "ConfigMap": "/api/v1/namespaces/{}/configmaps",
    "Service": "/api/v1/namespaces/{}/services",
    "Deployment": "/apis/apps/v1/namespaces/{}/deployments",
    "CronJob": "/apis/batch/v1/namespaces/{}/cronjobs",
    "PodDisruptionBudget": "/apis/policy/v1/namespaces/{}/poddisruptionbudgets",
    "NetworkPolicy": "/apis/networking.k8s.io/v1/namespaces/{}/networkpolicies",
    "HorizontalPodAutoscaler": "/apis/autoscaling/v2/namespaces/{}/horizontalpodautoscalers",
    "Ingress": "/apis/networking.k8s.io/v1/namespaces/{}/ingresses",
}
MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"


class Recorder:
    """A client that passes every request on and counts the writes."""

    def __init__(self, client):
        self._client = client
        self.writes = 0

    def request(self, method, path, **options):
        self.writes += method != "get"
        return self._client.request(method, path, **options)


class Clock:
    now = datetime(2030, 1, 1, tzinfo=UTC)

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def client(kube_apiserver):
    return Recorder(kube_apiserver.client())


@pytest.fixture
def kube(client, clock):
    return KubeAPI(client, now=clock)


def panko_of(namespace, **more):
    """Return a Panko with more in its spec."""
    metadata = {"name": "panko", "namespace": namespace, "uid": "1-2-3", "generation": 1}
    spec = {**copy.deepcopy(SPEC), **copy.deepcopy(more)}
    body = {"apiVersion": "panko.openstack.org/v1beta1", "kind": "Panko", "metadata": metadata, "spec": spec}
    return Panko.from_body(crd.defaulted(body, crd.schema()))


@pytest.fixture
def manifests(namespace):
    """A child of each kind that is applied, as a pass builds it."""
    scaled = {"minReplicas": 2, "maxReplicas": 4, "targetCPUUtilizationPercentage": 80}
    more = {"autoscaling": scaled, "ingress": {"host": "events.example.org"}, "networkPolicy": {"enabled": True}}
    panko = panko_of(namespace, **more, api={"tolerations": [{"key": "ours", "operator": "Exists"}]})
    return {
        "Secret": secret(panko, "panko-mine", {"a": "1"}),
        "ConfigMap": mutable(haproxy.config_map(panko, "cluster.local")),
        "Service": service.service(panko),
        "Deployment": api.deployment(panko, image="panko:1", config_name="panko-config", replicas=2),
        "HAProxy": haproxy.deployment(panko, image="haproxy:3", config_name="panko-haproxy"),
        "CronJob": expirer.cron_job(panko, image="panko:1"),
        "PodDisruptionBudget": disruption.api(panko),
        "headless": api.headless_service(panko),
        "NetworkPolicy": network_policy.haproxy(panko, OperatorPods("panko-system", {"app": "operator"})),
        "HorizontalPodAutoscaler": autoscaler.autoscaler(panko),
        "Ingress": ingress.ingress(panko),
    }


def mutable(manifest):
    return {key: value for key, value in manifest.items() if key != "immutable"}


def pod(**fields):
    return {"spec": {"template": {"spec": fields}}}


def main(**fields):
    return pod(containers=[{"name": "api", **fields}])


UTILIZATION = {"type": "Utilization", "averageUtilization": 50}
ADDED = {
    "a variable of a Secret": ("Secret", {"data": {"b": "Mg=="}}),
    "a file of a ConfigMap": ("ConfigMap", {"data": {"other.cfg": "x"}}),
    "a selector": ("Service", {"spec": {"selector": {"extra": "x"}}}),
    "a selector of the pods": ("headless", {"spec": {"selector": {"extra": "x"}}}),
    "a port": ("Service", {"spec": {"ports": [{"name": "ssh", "port": 22, "protocol": "TCP"}]}}),
    "a budget's selector": ("PodDisruptionBudget", {"spec": {"selector": {"matchLabels": {"extra": "x"}}}}),
    "a budget's expression": (
        "PodDisruptionBudget",
        {"spec": {"selector": {"matchExpressions": [{"key": "x", "operator": "Exists"}]}}},
    ),
    "a node selector": ("Deployment", pod(nodeSelector={"disk": "ssd"})),
    "a toleration": ("Deployment", pod(tolerations=[{"key": "theirs", "operator": "Exists"}])),
    "an affinity": (
        "Deployment",
        pod(
            affinity={
                "nodeAffinity": {
                    "requiredDuringSchedulingIgnoredDuringExecution": {
                        "nodeSelectorTerms": [{"matchExpressions": [{"key": "x", "operator": "Exists"}]}]
                    }
                }
            }
        ),
    ),
    "a variable": ("Deployment", main(env=[{"name": "OS_DEBUG", "value": "1"}])),
    "a resource": ("Deployment", main(resources={"limits": {"ephemeral-storage": "1Gi"}})),
    "an argument": ("Deployment", main(args=["--debug"])),
    "a right": ("Deployment", main(securityContext={"capabilities": {"add": ["NET_ADMIN"]}})),
    "a group": ("Deployment", pod(securityContext={"supplementalGroups": [0]})),
    "a pause": ("Deployment", {"spec": {"paused": True}}),
    "the host's network": ("Deployment", pod(hostNetwork=True)),
    "a variable of HAProxy": (
        "HAProxy",
        pod(containers=[{"name": "haproxy", "env": [{"name": "DEBUG", "value": "1"}]}]),
    ),
    "a selector of a policy": ("NetworkPolicy", {"spec": {"podSelector": {"matchLabels": {"extra": "x"}}}}),
    "a figure to scale by": (
        "HorizontalPodAutoscaler",
        {"spec": {"metrics": [{"type": "Resource", "resource": {"name": "memory", "target": UTILIZATION}}]}},
    ),
    "a host": ("Ingress", {"spec": {"rules": [{"host": "theirs.example.org"}]}}),
    "a certificate": ("Ingress", {"spec": {"tls": [{"hosts": ["theirs.example.org"], "secretName": "x"}]}}),
    "a node selector of runs": ("CronJob", {"spec": {"jobTemplate": pod(nodeSelector={"disk": "ssd"})}}),
}


def somebody(kube_apiserver, live, patch, content_type=STRATEGIC):
    where = f"{PATHS[live['kind']].format(live['metadata']['namespace'])}/{live['metadata']['name']}"
    kube_apiserver.request("patch", where, body=patch, content_type=content_type)


def spec_of(live):
    return {key: value for key, value in live.items() if key in ("spec", "data")}


@pytest.mark.parametrize("what", ADDED)
def test_an_addition_to_what_is_ours_is_gone_after_a_pass(kube_apiserver, client, kube, manifests, what):
    which, patch = ADDED[what]
    before = kube.apply(manifests[which])
    somebody(kube_apiserver, before, patch)
    added = kube.get(before["apiVersion"], before["kind"], before["metadata"]["name"], before["metadata"]["namespace"])
    assert spec_of(added) != spec_of(before)
    assert spec_of(kube.apply(manifests[which])) == spec_of(before)
    client.writes = 0
    kube.apply(manifests[which])
    assert client.writes == 0


def test_a_quiet_pass_over_every_kind_writes_nothing(client, kube, manifests):
    for manifest in manifests.values():
        kube.apply(manifest)
    client.writes = 0
    for manifest in manifests.values():
        kube.apply(manifest)
    assert client.writes == 0


COLLECTING = {
    "transportURLSecretRefs": [{"name": "rabbit"}],
    "replicas": 2,
    "tolerations": [{"key": "ours", "operator": "Exists"}],
    "podAnnotations": {"example.org/a": "b"},
}
ARCHIVING = {"persistentVolumeClaim": {"claimName": "panko-archive", "path": "cloud-1"}}


def test_a_quiet_pass_over_a_collector_and_an_archive_writes_nothing(client, kube, namespace):
    panko = panko_of(namespace, collector=COLLECTING, retention={"archive": ARCHIVING})
    wanted, brokers = panko.spec.collector, [Destination("rabbitmq", 5672), Destination("192.0.2.7", 5671)]
    given, login = collector_config.Given(["rabbit://rabbitmq/"], definitions="- event_type: a\n"), Login("a", "b")
    children = [
        collector_config.secret(panko, wanted, given, login=login, hash_key="key"),
        collector_deployment.deployment(
            panko, wanted, image="collector:1", config_name="panko-collector-1", account="a", replicas=2
        ),
        network_policy.collector(panko, "cluster.local", brokers),
        network_policy.expirer(panko, "cluster.local"),
        disruption.collector(panko, most=2),
        expirer.cron_job(panko, image="panko:1"),
    ]
    for manifest in children:
        kube.apply(manifest)
    client.writes = 0
    for manifest in children:
        kube.apply(manifest)
    assert client.writes == 0


THEIRS = {
    "a label": ("Service", {"metadata": {"labels": {"team": "a"}}}),
    "an annotation": ("Service", {"metadata": {"annotations": {"example.org/seen": "1"}}}),
    "a restart": (
        "Deployment",
        {"spec": {"template": {"metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": "now"}}}}},
    ),
    "a sidecar": (
        "Deployment",
        pod(containers=[{"name": "proxy", "image": "proxy:1"}], volumes=[{"name": "theirs", "emptyDir": {}}]),
    ),
}


@pytest.mark.parametrize("what", THEIRS)
def test_what_others_may_add_is_left_to_them(kube_apiserver, client, kube, manifests, what):
    which, patch = THEIRS[what]
    before = kube.apply(manifests[which])
    somebody(kube_apiserver, before, patch)
    client.writes = 0
    kube.apply(manifests[which])
    assert client.writes == 0


def test_what_is_taken_out_of_the_manifest_later_goes_too(kube_apiserver, kube, manifests):
    """What we have taken out by hand is not kept by having been touched by us."""
    manifest = manifests["Deployment"]
    live = kube.apply(manifest)
    somebody(kube_apiserver, live, pod(tolerations=[{"key": "theirs", "operator": "Exists"}]))
    kube.apply(manifest)
    del manifest["spec"]["template"]["spec"]["tolerations"]
    assert "tolerations" not in kube.apply(manifest)["spec"]["template"]["spec"]


def test_who_insists_is_not_fought_for_ever(kube_apiserver, client, clock, kube, manifests):
    live = kube.apply(manifests["Service"])
    client.writes = 0
    for _ in range(10):
        somebody(kube_apiserver, live, {"spec": {"selector": {"extra": "x"}}})
        kube.apply(manifests["Service"])
    assert client.writes == 3
    clock.now += timedelta(minutes=11)
    assert "extra" not in kube.apply(manifests["Service"])["spec"]["selector"]
