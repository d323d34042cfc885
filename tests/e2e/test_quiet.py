"""When nothing changes, nothing is written, and a restart of the operator is nobody's business."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from e2e.area import Area
from live import audit
from live.cluster import Cluster
from live.installation import NAMESPACE, PODS, Installation
from live.resource import Panko
from live.waiting import until

SETTLED_SECONDS = 15
IDLE_SECONDS = 150  # in which the operator has asked every Panko twice


def test_an_operator_that_is_killed_and_started_again_restarts_and_writes_nothing(
    shared: Panko, operator: Installation, cluster: Cluster
) -> None:
    shared.wait_ready()
    _settled(operator.service_account())
    before, resource = _picture(shared), shared.live()["metadata"]["resourceVersion"]
    old = {pod["metadata"]["name"] for pod in operator.pods()}
    start = audit.mark()
    words = ("delete", "pod", f"--selector={PODS}", f"--namespace={NAMESPACE}", "--grace-period=0", "--force")
    cluster.kubectl(*words)
    until(lambda: old.isdisjoint(pod["metadata"]["name"] for pod in operator.pods()), "a new pod", seconds=60)
    operator.wait()
    until(lambda: _active(operator), "the new operator active", seconds=60, explain=operator.log)
    _settled(operator.service_account())
    assert _picture(shared) == before
    assert shared.live()["metadata"]["resourceVersion"] == resource
    assert audit.writes(start, operator.service_account()) == {}


def test_the_operator_tells_of_each_panko_on_its_port(shared: Panko, operator: Installation, cluster: Cluster) -> None:
    shared.wait_ready()
    (pod,) = operator.pods()
    path = f"/api/v1/namespaces/{NAMESPACE}/pods/{pod['metadata']['name']}:8081/proxy/metrics"
    about = f'condition="Ready",name="{shared.name}",namespace="{shared.namespace}",status="True"'
    line = f"panko_operator_condition{{{about}}} 1.0"
    until(lambda: line in cluster.kubectl("get", "--raw", path).splitlines(), line, seconds=60)
    assert "panko_operator_leader 1.0" in cluster.kubectl("get", "--raw", path).splitlines()


@pytest.mark.early
def test_an_unchanged_panko_costs_no_write_to_the_api_server(
    early: tuple[Area, Panko], operator: Installation, begun: audit.Mark
) -> None:
    """Nobody has touched it since the session began, so all of the time to watch may be over already."""
    area, _ = early
    operator.wait()  # one that is away writes nothing either
    user = operator.service_account()

    seen, written = audit.mark(), audit.last_write(begun, user, namespace=area.namespace)
    assert written is not None

    def rested() -> bool:
        return datetime.now(UTC) - written >= timedelta(seconds=IDLE_SECONDS)

    until(rested, "the time to watch is over", seconds=IDLE_SECONDS + 5)
    assert audit.writes(seen, user, namespace=area.namespace) == {}


def _picture(panko: Panko) -> dict[str, str]:
    """Return every child and API pod with its version: any write shows."""
    found = [*panko.children(), *panko.pods("api"), *panko.pods("haproxy")]
    return {f"{one['kind']}/{one['metadata']['name']}": one["metadata"]["resourceVersion"] for one in found}


def _active(operator: Installation) -> bool:
    return operator.leader() in {pod["metadata"]["name"] for pod in operator.pods()}


def _settled(user: str) -> None:
    """Return when the operator has not written for some seconds."""
    state = {"mark": audit.mark(), "since": time.monotonic()}

    def quiet() -> bool:
        if audit.writes(state["mark"], user):
            state.update(mark=audit.mark(), since=time.monotonic())
        return time.monotonic() - state["since"] > SETTLED_SECONDS

    until(quiet, "the operator at rest", seconds=120)
