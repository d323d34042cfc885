"""What Panko stands on goes away under load: that is told truthfully, nothing is lost, and all goes on by itself.

No pod of the Panko is restarted by any of it.
"""

from collections.abc import Iterator

import pytest

from e2e import control_plane
from e2e.area import Area
from e2e.load import load
from e2e.memcached import Memcached
from live import openstack as openstack_module
from live.cluster import Manifest
from live.installation import Installation
from live.openstack import OpenStack
from live.processes import frozen
from live.resource import Panko
from live.waiting import until

ACTS_SECONDS = 180
"""Fifteen by the Lease, the start of an operator, a pass, and a busy machine."""


@pytest.fixture
def panko(busy: Panko) -> Iterator[Panko]:
    """Ready before and after, with the same pods."""
    busy.wait_ready(seconds=180)
    before = busy.running()
    yield busy
    busy.wait_ready(seconds=180)
    assert busy.running() == before


def test_a_database_that_is_away_is_503_and_a_condition_and_is_used_again(panko: Panko, openstack: OpenStack) -> None:
    with load(panko, openstack) as ledger:
        with openstack.without_mariadb():
            panko.look()
            told = panko.wait_condition("DBReady", status="False", seconds=120)
            assert told["reason"] == "DatabaseUnreachable"
        ledger.goes_on()
    assert ledger.account["failures"]
    ledger.check_outage(panko, "reads", "writes")


def test_keystone_away_is_503_and_a_condition_and_publishers_write_on(
    busy_area: Area, panko: Panko, openstack: OpenStack
) -> None:
    with load(panko, openstack) as ledger:
        with openstack.without_keystone():
            panko.look()
            told = panko.wait_condition("Ready", status="False", saying=openstack_module.KEYSTONE_URL, seconds=120)
            assert told["reason"] == "KeystoneUnreachable"
            # A connection that was open goes on for the seconds that Keystone keeps it.
            until(lambda: _status_of_a_new_token(openstack, panko) == "503", "tokens cannot be proved", seconds=60)
            ledger.goes_on(reads=0)
        panko.wait_ready(seconds=150)
        ledger.goes_on()
    ledger.check_outage(panko, "reads")
    assert isinstance(busy_area.client.cli("event", "list", "--limit", "1"), list)


def _status_of_a_new_token(openstack: OpenStack, panko: Panko) -> str:
    """Return the status of a read with a token that no cache can know."""
    ask = (
        "import requests, sys, uuid; "
        "print(requests.get(sys.argv[1], headers={'X-Auth-Token': uuid.uuid4().hex}, timeout=60).status_code)"
    )
    return openstack.run("python", "-c", ask, f"{panko.url}/v2/events").strip()


def test_without_memcached_tokens_are_validated_with_keystone(
    panko: Panko, openstack: OpenStack, busy_memcached: Memcached
) -> None:
    with load(panko, openstack) as ledger:
        with busy_memcached.away():
            ledger.goes_on()
        ledger.goes_on()
    # A Keystone that takes its time to validate token after token may not answer one in time.
    ledger.check_outage(panko, "reads")


def test_a_restart_of_the_api_server_costs_no_request_and_the_operator_is_back(
    panko: Panko, openstack: OpenStack
) -> None:
    with load(panko, openstack) as ledger:
        control_plane.restart_api_server(panko.cluster)
        budget = ("poddisruptionbudget", f"{panko.name}-api", panko.namespace)
        panko.cluster.delete(*budget)
        until(lambda: panko.cluster.get(*budget), "a child again", seconds=ACTS_SECONDS, explain=panko.told)
        ledger.goes_on()
    ledger.check(panko)


def test_a_leader_that_hangs_is_followed_and_does_nothing_when_it_wakes_up(
    panko: Panko, openstack: OpenStack, operator: Installation
) -> None:
    pods = {pod["metadata"]["name"]: pod for pod in operator.scale(2)}
    first = until(lambda: operator.leader() if operator.leader() in pods else "", "a leader", seconds=60)
    (second,) = set(pods) - {first}
    try:
        with load(panko, openstack) as ledger:
            with frozen(pods[first]):
                panko.patch({"replicas": 3})
                until(lambda: len(panko.pods("api")) == 3, "what the other does", seconds=ACTS_SECONDS)
                assert operator.leader() == second
                panko.patch({"replicas": 2})
                until(lambda: len(panko.pods("api")) == 2, "what the other does", seconds=60, explain=panko.told)
            panko.wait_ready(seconds=120)
            # Who finds the Lease lost ends, and its container begins again.
            until(lambda: _restarts(operator, first) > _restarts_of(pods[first]), "the end of it", seconds=90)
            assert operator.leader() == second
        ledger.check(panko)
    finally:
        operator.scale(1)
    operator.wait()


def _restarts(operator: Installation, name: str) -> int:
    """Tell how often a pod's container has begun again."""
    return sum(_restarts_of(pod) for pod in operator.pods() if pod["metadata"]["name"] == name)


def _restarts_of(pod: Manifest) -> int:
    return sum(one["restartCount"] for one in pod["status"]["containerStatuses"])
