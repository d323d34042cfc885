"""Day two, under load: no change of a Panko costs anybody a request or an event."""

import pytest

from e2e.area import Area
from e2e.load import load
from live.cluster import Cluster
from live.openstack import OpenStack
from live.resource import Panko
from live.waiting import until


def _names(pods: list[dict[str, dict[str, str]]]) -> set[str]:
    return {pod["metadata"]["name"] for pod in pods}


def _replaced(panko: Panko, component: str, gone: set[str], count: int) -> bool:
    pods = panko.pods(component)
    ready = [pod for pod in pods if _is_ready(pod)]
    return len(ready) == count and gone.isdisjoint(_names(pods))


def _is_ready(pod: dict[str, dict[str, list[dict[str, str]]]]) -> bool:
    return any(one["type"] == "Ready" and one["status"] == "True" for one in pod["status"].get("conditions", []))


def test_a_config_change_rolls_out_without_a_failed_request(shared: Panko, openstack: OpenStack) -> None:
    before = _names(shared.pods("api"))
    with load(shared, openstack) as ledger:
        shared.patch({"customServiceConfig": "[api]\ndefault_api_return_limit = 77\n"})
        shared.wait_ready(seconds=180)
        until(lambda: _replaced(shared, "api", before, 2), "new API pods", seconds=120, explain=shared.told)
    ledger.check(shared, openstack)


@pytest.mark.parametrize("component", ["api", "haproxy"])
def test_a_deleted_pod_costs_no_request(shared: Panko, openstack: OpenStack, cluster: Cluster, component: str) -> None:
    victim = min(_names(shared.pods(component)))
    with load(shared, openstack) as ledger:
        cluster.kubectl("delete", "pod", victim, f"--namespace={shared.namespace}", "--wait=true")
        until(lambda: _replaced(shared, component, {victim}, 2), "two pods again", seconds=120, explain=shared.told)
    ledger.check(shared, openstack)


def test_a_killed_api_pod_costs_no_request(shared: Panko, openstack: OpenStack, cluster: Cluster) -> None:
    victim = min(_names(shared.pods("api")))
    with load(shared, openstack) as ledger:
        cluster.kubectl("delete", "pod", victim, f"--namespace={shared.namespace}", "--grace-period=0", "--force")
        until(lambda: _replaced(shared, "api", {victim}, 2), "two pods again", seconds=120, explain=shared.told)
    ledger.check(shared, openstack)


def test_scaling_goes_through_kubectl_scale_and_a_single_pod_has_no_disruption_budget(area: Area) -> None:
    panko = area.panko()
    panko.wait_ready(seconds=150)
    assert area.cluster.get("poddisruptionbudget", "panko-api", area.namespace) is None
    area.cluster.kubectl("scale", "panko/panko", f"--namespace={area.namespace}", "--replicas=2")
    panko.wait_ready()
    until(lambda: len(panko.pods("api")) == 2, "two API pods", seconds=60)
    assert area.cluster.get("poddisruptionbudget", "panko-api", area.namespace) is not None
    area.cluster.kubectl("scale", "panko/panko", f"--namespace={area.namespace}", "--replicas=1")
    panko.wait_ready()
    assert area.cluster.get("poddisruptionbudget", "panko-api", area.namespace) is None


def test_zero_replicas_hibernate_and_wake_up_with_their_events(area: Area) -> None:
    panko = area.panko()
    panko.wait_ready(seconds=150)
    area.admin.publish(panko.publisher_url(), "--recent")
    panko.patch({"replicas": 0})
    until(lambda: not panko.pods("api"), "no API pod", seconds=90, explain=panko.told)
    assert panko.namespace + "-panko" in area.keystone()["users"]
    panko.patch({"replicas": 1})
    panko.wait_ready()
    assert len(area.client.cli("event", "list", "--filter", "all_tenants=True")) == 21


def test_a_child_that_somebody_changed_or_deleted_is_put_right(area: Area) -> None:
    panko = area.panko()
    panko.wait_ready(seconds=150)
    area.cluster.delete("service", "panko", area.namespace)
    until(lambda: area.cluster.get("service", "panko", area.namespace), "the Service again", seconds=60)
    change = {"spec": {"template": {"spec": {"terminationGracePeriodSeconds": 1}}}}
    area.cluster.patch("deployment", "panko-api", area.namespace, change)

    def mended() -> bool:
        live = area.cluster.get("deployment", "panko-api", area.namespace) or {}
        return live["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] == 30

    until(mended, "the Deployment as it was", seconds=60, explain=panko.told)
    panko.wait_ready()
