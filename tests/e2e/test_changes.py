"""Day two, under load: no change of a Panko costs anybody a request or an event."""

import secrets

import pytest

from e2e.area import Area
from e2e.load import load
from live.cluster import Cluster
from live.openstack import OpenStack
from live.resource import Panko
from live.waiting import until


@pytest.fixture(scope="module")
def area(busy_area: Area) -> Area:
    return busy_area


@pytest.fixture(scope="module")
def panko(busy: Panko) -> Panko:
    return busy


def test_pods_that_are_deleted_one_after_the_other_cost_no_request(panko: Panko, openstack: OpenStack) -> None:
    """As nodes are drained: one of the API and one of HAProxy at a time."""
    with load(panko, openstack) as ledger:
        for pair in list(zip(sorted(panko.names("api")), sorted(panko.names("haproxy")), strict=True)):
            panko.cluster.kubectl("delete", "pod", *pair, f"--namespace={panko.namespace}", "--wait=true")
            for component in ("api", "haproxy"):
                panko.wait_available(component)
            assert set(pair).isdisjoint(panko.names("api") | panko.names("haproxy"))
    ledger.check(panko)


def test_a_killed_api_pod_costs_no_request(panko: Panko, openstack: OpenStack, cluster: Cluster) -> None:
    victim = min(panko.names("api"))
    with load(panko, openstack) as ledger:
        cluster.kubectl("delete", "pod", victim, f"--namespace={panko.namespace}", "--grace-period=0", "--force")
        until(lambda: panko.replaced("api", {victim}, count=2), "two pods again", seconds=120, explain=panko.told)
    ledger.check(panko)


def test_from_one_pod_to_four_and_back_and_a_new_configuration_cost_no_request(
    area: Area, panko: Panko, openstack: OpenStack
) -> None:
    with load(panko, openstack) as ledger:
        _scale(area, panko, 1)
        until(lambda: not _budget(area), "no PodDisruptionBudget for a single pod", seconds=30)
        before = panko.names("api")
        another = 100 + secrets.randbelow(900)  # also when this is tried a second time
        panko.patch({"customServiceConfig": f"[api]\ndefault_api_return_limit = {another}\n"})
        until(lambda: panko.replaced("api", before, count=1), "a new API pod", seconds=180, explain=panko.told)
        for replicas in (4, 1, 2):
            _scale(area, panko, replicas)
    ledger.check(panko)
    assert _budget(area)


def _scale(area: Area, panko: Panko, replicas: int) -> None:
    area.cluster.kubectl("scale", "panko/panko", f"--namespace={area.namespace}", f"--replicas={replicas}")
    until(lambda: len(panko.pods("api")) == replicas, f"{replicas} API pods", seconds=60, explain=panko.told)
    panko.wait_ready(seconds=180)


def _budget(area: Area) -> bool:
    return area.cluster.get("poddisruptionbudget", "panko-api", area.namespace) is not None


def test_pages_that_get_compressed_cost_no_request(area: Area, panko: Panko, openstack: OpenStack) -> None:
    large = {"event", "trait_text", "event_count"}
    _whole_pages(area, panko, large)  # a first try may have compressed them
    assert large <= _plain_tables(area, panko)
    with load(panko, openstack) as ledger:
        panko.patch({"database": {"compressPages": True}})
        panko.wait_ready()
    ledger.check(panko)
    assert large.isdisjoint(_plain_tables(area, panko))


def _whole_pages(area: Area, panko: Panko, tables: set[str]) -> None:
    """Go back as docs/operations.md says."""
    panko.patch({"database": {"compressPages": False}})
    panko.wait_ready()
    database = panko.live()["spec"]["database"]["name"]
    for table in tables:
        area.sql(f"ALTER TABLE `{database}`.{table} PAGE_COMPRESSED=0 PAGE_COMPRESSION_LEVEL=DEFAULT")


def _plain_tables(area: Area, panko: Panko) -> set[str]:
    """Return the tables of the database whose pages are not compressed."""
    names = "SELECT table_name FROM information_schema.tables WHERE create_options NOT LIKE '%`PAGE_COMPRESSED`=_1_%'"
    return set(area.sql(f"{names} AND table_schema = '{panko.live()['spec']['database']['name']}'").split())


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
    # There is no metrics server: an autoscaler keeps its range all the same.
    with load(panko, openstack) as ledger:
        panko.patch({"autoscaling": {"minReplicas": 3, "maxReplicas": 3}})
        until(lambda: len(panko.pods("api")) == 3, "as many pods as the range begins with", seconds=90)
        assert area.cluster.get("horizontalpodautoscaler", "panko-api", area.namespace)
        panko.wait_ready()
        panko.patch({"autoscaling": None})
        until(lambda: len(panko.pods("api")) == 2, "as many pods as replicas says", seconds=120, explain=panko.told)
        panko.wait_ready()
    ledger.check(panko)
    assert not area.cluster.get("horizontalpodautoscaler", "panko-api", area.namespace)


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
