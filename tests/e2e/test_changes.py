"""Day two, under load: no change of a Panko costs anybody a request or an event."""

from collections.abc import Iterator

import pytest

from e2e.area import Area
from e2e.load import load
from live.cluster import Cluster
from live.installation import Installation
from live.openstack import OpenStack
from live.resource import Panko
from live.waiting import until


@pytest.fixture(scope="module")
def area(operator: Installation, openstack: OpenStack, session_id: str) -> Iterator[Area]:
    """One namespace for the module: its Panko is changed and changed back."""
    with Area(openstack, f"{session_id}-changes") as area:
        yield area


@pytest.fixture(scope="module")
def panko(area: Area) -> Panko:
    panko = area.panko("panko", {"replicas": 2, "haproxy": {"replicas": 2}})
    panko.wait_ready(seconds=150)
    return panko


def _names(pods: list[dict[str, dict[str, str]]]) -> set[str]:
    return {pod["metadata"]["name"] for pod in pods}


def _replaced(panko: Panko, component: str, gone: set[str], count: int) -> bool:
    pods = panko.pods(component)
    ready = [pod for pod in pods if _is_ready(pod)]
    return len(ready) == count and gone.isdisjoint(_names(pods))


def _is_ready(pod: dict[str, dict[str, list[dict[str, str]]]]) -> bool:
    return any(one["type"] == "Ready" and one["status"] == "True" for one in pod["status"].get("conditions", []))


def test_a_config_change_rolls_out_without_a_failed_request(panko: Panko, openstack: OpenStack) -> None:
    before = _names(panko.pods("api"))
    with load(panko, openstack) as ledger:
        panko.patch({"customServiceConfig": "[api]\ndefault_api_return_limit = 77\n"})
        panko.wait_ready(seconds=180)
        until(lambda: _replaced(panko, "api", before, 2), "new API pods", seconds=120, explain=panko.told)
    ledger.check(panko, openstack)


@pytest.mark.parametrize("component", ["api", "haproxy"])
def test_a_deleted_pod_costs_no_request(panko: Panko, openstack: OpenStack, cluster: Cluster, component: str) -> None:
    victim = min(_names(panko.pods(component)))
    with load(panko, openstack) as ledger:
        cluster.kubectl("delete", "pod", victim, f"--namespace={panko.namespace}", "--wait=true")
        until(lambda: _replaced(panko, component, {victim}, 2), "two pods again", seconds=120, explain=panko.told)
    ledger.check(panko, openstack)


def test_a_killed_api_pod_costs_no_request(panko: Panko, openstack: OpenStack, cluster: Cluster) -> None:
    victim = min(_names(panko.pods("api")))
    with load(panko, openstack) as ledger:
        cluster.kubectl("delete", "pod", victim, f"--namespace={panko.namespace}", "--grace-period=0", "--force")
        until(lambda: _replaced(panko, "api", {victim}, 2), "two pods again", seconds=120, explain=panko.told)
    ledger.check(panko, openstack)


def test_scaling_goes_through_kubectl_scale_and_a_single_pod_has_no_disruption_budget(area: Area, panko: Panko) -> None:
    _scale(area, panko, 1)
    until(lambda: not _budget(area), "no PodDisruptionBudget", seconds=30)
    _scale(area, panko, 2)
    assert _budget(area)


def _scale(area: Area, panko: Panko, replicas: int) -> None:
    area.cluster.kubectl("scale", "panko/panko", f"--namespace={area.namespace}", f"--replicas={replicas}")
    until(lambda: len(panko.pods("api")) == replicas, f"{replicas} API pods", seconds=60, explain=panko.told)
    panko.wait_ready()


def _budget(area: Area) -> bool:
    return area.cluster.get("poddisruptionbudget", "panko-api", area.namespace) is not None


def test_zero_replicas_hibernate_and_wake_up_with_their_events(area: Area, panko: Panko) -> None:
    area.admin.publish(panko.publisher_url(), "--recent")
    panko.patch({"replicas": 0})
    until(lambda: not panko.pods("api"), "no API pod", seconds=90, explain=panko.told)
    assert f"{area.namespace}-panko" in area.keystone()["users"]
    panko.patch({"replicas": 2})
    panko.wait_ready()
    newest = area.client.cli("event", "list", "--filter", "all_tenants=True", "--sort", "generated:desc")
    assert any(event["event_type"] == "compute.instance.delete.end" for event in newest)


def test_an_autoscaler_takes_the_number_of_pods_over_and_gives_it_back(
    area: Area, panko: Panko, openstack: OpenStack
) -> None:
    # There is no metrics server: an autoscaler keeps its range all the same. The request is one that a small node has.
    small = {"requests": {"cpu": "50m", "memory": "192Mi"}}
    panko.patch({"api": {"resources": small}})
    panko.wait_ready(seconds=180)
    with load(panko, openstack) as ledger:
        panko.patch({"autoscaling": {"minReplicas": 3, "maxReplicas": 3}})
        until(lambda: len(panko.pods("api")) == 3, "as many pods as the range begins with", seconds=90)
        assert area.cluster.get("horizontalpodautoscaler", "panko-api", area.namespace)
        panko.wait_ready()
        panko.patch({"autoscaling": None})
        until(lambda: len(panko.pods("api")) == 2, "as many pods as replicas says", seconds=120, explain=panko.told)
        panko.wait_ready()
    ledger.check(panko, openstack)
    assert not area.cluster.get("horizontalpodautoscaler", "panko-api", area.namespace)
    panko.patch({"api": {"resources": None}})
    panko.wait_ready(seconds=180)


def test_network_policies_can_be_turned_off_and_on(area: Area, panko: Panko) -> None:
    def policies() -> set[str]:
        words = ("get", "networkpolicies", f"--namespace={area.namespace}", f"--selector={panko.labels}")
        return set(area.cluster.kubectl(*words, "--output=name").split())

    assert len(policies()) == 4
    panko.patch({"networkPolicy": {"enabled": False}})
    until(lambda: not policies(), "no NetworkPolicy", seconds=60, explain=panko.told)
    panko.patch({"networkPolicy": {"enabled": True}})
    until(lambda: len(policies()) == 4, "every NetworkPolicy", seconds=60, explain=panko.told)
    panko.wait_ready()


def test_a_child_that_somebody_changed_or_deleted_is_put_right(area: Area, panko: Panko) -> None:
    area.cluster.delete("service", "panko", area.namespace)
    until(lambda: area.cluster.get("service", "panko", area.namespace), "the Service again", seconds=60)
    change = {"spec": {"template": {"spec": {"terminationGracePeriodSeconds": 1}}}}
    area.cluster.patch("deployment", "panko-api", area.namespace, change)

    def restored() -> bool:
        live = area.cluster.get("deployment", "panko-api", area.namespace) or {}
        return live["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] == 30

    until(restored, "the Deployment as it was", seconds=60, explain=panko.told)
    panko.wait_ready()
    told = {entry["object"] for entry in panko.live()["status"]["drift"]}
    assert {"Service panko", "Deployment panko-api"} <= told
