"""The API server itself, ended and back: as a pod of the cluster where it is one, else by `tests/cluster`."""

import subprocess
import sys

from cluster.paths import REPOSITORY
from live import processes
from live.cluster import Cluster
from live.errors import LiveError
from live.waiting import until

POD = "component=kube-apiserver"


def restart_api_server(cluster: Cluster) -> None:
    """End the API server, and return when another one is ready."""
    pods = cluster.items("pods", "kube-system", labels=POD)
    for pod in pods:
        processes.end(pod)
    if not pods:
        words = [sys.executable, str(REPOSITORY / "tests" / "cluster"), "restart", "apiserver"]
        subprocess.run(words, check=True, timeout=120)
    until(lambda: _ready(cluster), "the API server", seconds=120)


def _ready(cluster: Cluster) -> bool:
    try:
        return cluster.kubectl("get", "--raw=/readyz", seconds=10) == "ok"
    except (LiveError, subprocess.TimeoutExpired):
        return False
