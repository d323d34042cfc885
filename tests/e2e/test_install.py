"""Installing: by the chart and by the plain manifests, until a Panko is Ready."""

import json
import re
import shlex
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from e2e.area import Area
from live import installation
from live.cluster import Cluster
from live.errors import LiveError
from live.installation import Installation
from live.resource import Panko
from live.waiting import until

CONDITIONS = (
    "InputReady",
    "DBReady",
    "DBSyncReady",
    "KeystoneServiceReady",
    "ServiceConfigReady",
    "DeploymentReady",
    "ExposeServiceReady",
    "EventAPIReady",
    "KeystoneEndpointReady",
    "BindingReady",
    "CronJobReady",
    "CredentialsCurrent",
    "DBContractReady",
    "MonitoringReady",
)


def test_a_panko_gets_ready_with_every_condition_true_in_order(shared: Panko) -> None:
    conditions = shared.live()["status"]["conditions"]
    work = [one for one in conditions if one["type"] in CONDITIONS]
    assert [one["type"] for one in work] == list(CONDITIONS)
    assert {one["status"] for one in work} == {"True"}, shared.told()


def test_kubectl_get_panko_is_readable(shared: Panko, cluster: Cluster) -> None:
    header, line = cluster.kubectl("get", "panko", shared.name, f"--namespace={shared.namespace}").splitlines()
    shown = dict(zip(header.split(), line.split(), strict=False))
    assert shown["NAME"] == shared.name
    assert shown["READY"] == "True"
    assert shown["REPLICAS"] == "2"
    assert shown["ENDPOINT"] == shared.url


def test_status_says_where_what_and_for_whom(shared: Panko) -> None:
    status = shared.live()["status"]
    assert {entry["interface"]: entry["url"] for entry in status["endpoints"]} == dict.fromkeys(
        ("public", "internal", "admin"), shared.url
    )
    assert status["readyReplicas"] == 2
    assert status["image"] == installation.PANKO_IMAGE
    assert urlsplit(shared.publisher_url()).username == "ceilometer"


def test_no_pod_asks_for_more_than_the_restricted_standard_allows(shared: Panko, cluster: Cluster) -> None:
    words = ("label", "namespace", shared.namespace, "pod-security.kubernetes.io/enforce=restricted")
    namespace = json.loads(cluster.kubectl(*words, "--overwrite", "--dry-run=server", "--output=json"))
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    pods = [*shared.pods("api"), *shared.pods("haproxy")]
    assert [pod["status"]["phase"] for pod in pods] == ["Running"] * 4
    assert all(pod["spec"]["automountServiceAccountToken"] is False for pod in pods)


def test_helm_test_passes(shared: Panko, cluster: Cluster) -> None:
    printed = cluster.helm("test", installation.RELEASE, f"--namespace={installation.NAMESPACE}", "--timeout=120s")
    assert "Phase:          Succeeded" in printed


def test_helm_uninstall_refuses_while_there_are_pankos_and_names_them(shared: Panko, cluster: Cluster) -> None:
    with pytest.raises(LiveError) as refused:
        cluster.helm("uninstall", installation.RELEASE, f"--namespace={installation.NAMESPACE}", "--timeout=120s")
    assert f"{shared.namespace}/{shared.name}" in str(refused.value)
    told = str(refused.value)
    assert "--no-hooks" in told
    (advice,) = re.findall(r"`helm (rollback [^`]*)`", told)
    cluster.helm(*shlex.split(advice), "--wait")
    assert installation.RELEASE in cluster.helm("list", f"--namespace={installation.NAMESPACE}", "--short").split()
    assert all(pod["status"]["phase"] == "Running" for pod in shared.pods("api"))


def test_plain_manifests_install_the_same_operator(operator: Installation, area: Area) -> None:
    with ExitStack() as back:
        back.callback(operator.by_helm)
        operator.remove_helm()
        back.callback(until, lambda: not operator.pods(), "the operator of the manifests gone", seconds=60)
        back.callback(operator.remove_manifests)
        operator.by_manifests()
        panko = area.panko()
        panko.wait_ready(seconds=150)
    panko.wait_ready()
