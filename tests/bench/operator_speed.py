"""Print how fast the operator is, and how quiet: apply to Ready, a rollout, writes when nothing changes.

On a warm cluster: `PYTHONPATH=tests .venv/bin/python -m bench.operator_speed`. Figures, never a verdict.
It is not called `operator.py`: started by its path, that would shadow the standard library's.
"""

import argparse
import secrets
import statistics
import sys
import time
from dataclasses import dataclass
from datetime import datetime

from e2e.area import Area
from live import audit, cluster
from live.cluster import Manifest
from live.installation import Installation
from live.openstack import OpenStack
from live.resource import Panko
from live.waiting import until

READY_SECONDS = 300


def main() -> int:
    """Measure and print."""
    options = _parse()
    client = OpenStack(cluster.from_machine())
    operator = Installation(client.cluster)
    operator.by_helm()
    deployments = [_deploy(client) for _ in range(options.runs)]
    _figure("apply to Ready, seconds", [one.ready for one in deployments])
    _figure(
        "API container start to Ready (probed every 2 s), seconds", [each for one in deployments for each in one.starts]
    )
    _figure("a new configuration to its rollout over two pods, seconds", [one.rollout for one in deployments])
    if options.minutes:
        _idle(client, operator, minutes=options.minutes)
    return 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Print figures of the operator's speed on the live cluster.")
    parser.add_argument("--runs", type=int, default=3, help="how many Pankos to make, one after the other")
    parser.add_argument("--minutes", type=float, default=10, help="how long to count writes for an unchanged Panko")
    return parser.parse_args()


@dataclass(frozen=True, slots=True)
class Deployment:
    """What a Panko took, in seconds."""

    ready: float
    starts: list[float]
    rollout: float


def _deploy(client: OpenStack) -> Deployment:
    """Make one Panko as the documentation's, change it, and take it away again."""
    with Area(client, f"bench-{secrets.token_hex(3)}") as area:
        start = time.monotonic()
        panko = area.panko(spec={"replicas": 2, "haproxy": {"replicas": 2}, "api": {"workers": 2}})
        panko.wait_ready(seconds=READY_SECONDS)
        ready, starts = time.monotonic() - start, [_started(pod) for pod in panko.pods("api")]
        return Deployment(ready, starts, _rolled(panko))


def _rolled(panko: Panko) -> float:
    """Return how long it takes until pods with another configuration serve, and none of before is left."""
    gone, start = panko.names("api"), time.monotonic()
    panko.patch({"customServiceConfig": "[api]\nsearch_seconds = 4\n"})
    until(lambda: panko.replaced("api", gone, count=2) and panko.ready(), "a rollout", seconds=READY_SECONDS)
    return time.monotonic() - start


def _started(pod: Manifest) -> float:
    """Return the seconds from the container's start to the first answer of its readiness probe, to the second."""
    ready = next(one for one in pod["status"]["conditions"] if one["type"] == "Ready")
    container = pod["status"]["containerStatuses"][0]["state"]["running"]["startedAt"]
    return (_time(ready["lastTransitionTime"]) - _time(container)).total_seconds()


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _idle(client: OpenStack, operator: Installation, *, minutes: float) -> None:
    with Area(client, f"bench-{secrets.token_hex(3)}") as area:
        panko = area.panko()
        panko.wait_ready(seconds=READY_SECONDS)
        start, end = audit.mark(), time.monotonic() + minutes * 60
        until(lambda: time.monotonic() > end, "the time to watch is over", seconds=minutes * 60 + 5)
        written = audit.writes(start, operator.service_account())
        print(f"writes to the API server in {minutes:g} minutes for an unchanged Panko: {written.total()}")
        for request, count in written.most_common():
            print(f"  {count} {request}")


def _figure(name: str, values: list[float]) -> None:
    each = " ".join(f"{value:.1f}" for value in values)
    print(f"{name}: median {statistics.median(values):.1f} ({each})", flush=True)


if __name__ == "__main__":
    sys.exit(main())
