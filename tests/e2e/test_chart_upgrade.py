"""The chart of the release before, upgraded under load: definition and operator are new, and no pod is touched."""

import json
from contextlib import ExitStack
from pathlib import Path

from e2e import previous
from e2e.load import load
from live.cluster import Cluster
from live.installation import NAMESPACE, PREVIOUS_OPERATOR_IMAGE, RELEASE, Installation
from live.openstack import OpenStack
from live.resource import Panko
from live.waiting import until


def test_an_upgrade_of_the_chart_brings_the_definition_and_costs_no_request_and_no_pod(
    busy: Panko, openstack: OpenStack, operator: Installation, tmp_path: Path
) -> None:
    with ExitStack() as repair:
        repair.callback(operator.by_helm)
        operator.by_helm(previous.chart(tmp_path / "chart"), image=PREVIOUS_OPERATOR_IMAGE)
        until(lambda: _settled_by(busy) == previous.VERSION, "a pass of the release before", seconds=120)
        busy.wait_ready(seconds=180)
        assert _version(operator.cluster) == previous.VERSION
        assert not _takes_new_fields(busy)
        running = busy.running()
        with load(busy, openstack) as ledger:
            operator.by_helm()
            until(lambda: _settled_by(busy) != previous.VERSION, "a pass of this release", seconds=120)
            busy.wait_ready(seconds=120)
            ledger.goes_on()
        repair.pop_all()
    ledger.check(busy)
    assert busy.running() == running
    assert set(running.values()) == {0}
    assert _version(operator.cluster) != previous.VERSION
    assert _takes_new_fields(busy)


def _settled_by(panko: Panko) -> str:
    """Return the release of the operator that was the last to do all of a Panko's steps."""
    return str(panko.live()["status"].get("settled", {}).get("release", ""))


def _version(cluster: Cluster) -> str:
    """Return the version of the chart as Helm has it."""
    words = ("list", f"--namespace={NAMESPACE}", f"--filter=^{RELEASE}$", "--no-headers")
    return cluster.helm(*words).split()[-1]


def _takes_new_fields(panko: Panko) -> bool:
    """Tell whether the API server keeps every field that came with this release, or none of them: it has to be one."""
    change = json.dumps({"spec": {"autoscaling": {"maxReplicas": 3}, "suspend": True}})
    words = ("patch", "panko", panko.name, f"--namespace={panko.namespace}", "--type=merge", f"--patch={change}")
    spec = json.loads(panko.cluster.kubectl(*words, "--dry-run=server", "--output=json"))["spec"]
    (kept,) = {field in spec for field in previous.UNKNOWN}
    return kept
