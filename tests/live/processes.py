"""Processes of a cluster's pods on this machine, found by their control groups, to do to them what no API does."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from live.cluster import Manifest
from live.errors import NoProcessError
from live.waiting import until

STATIC = "kubernetes.io/config.hash"
"""A static pod goes by this on its node: the API server has given it another uid."""
_PAUSE = ("pause", "sleep")


def of_pod(pod: Manifest) -> list[int]:
    """Return the process ids of a pod's containers; raise NoProcessError where its node is no part of this machine."""
    return _some(pod, [number for number, name in _members(pod) if name not in _PAUSE])


def network_of(pod: Manifest) -> Path:
    """Return a pod's network, as `nsenter` takes it; raise NoProcessError where its node is no part of this machine.

    It is that of the process that holds it, which is there for as long as the pod is.
    """
    holders = _some(pod, [number for number, name in _members(pod) if name in _PAUSE])
    return Path(f"/proc/{holders[0]}/ns/net")


@contextmanager
def frozen(pod: Manifest) -> Iterator[None]:
    """Stop every process of a pod while the body runs, as a node does that hangs; then let them go on."""
    found = of_pod(pod)
    _signal(found, signal.SIGSTOP)
    try:
        yield
    finally:
        _signal(found, signal.SIGCONT)


def end(pod: Manifest) -> None:
    """Ask every process of a pod to end, and return when none of them is left."""
    found = of_pod(pod)
    _signal(found, signal.SIGTERM)
    until(lambda: not any(_lives(process) for process in found), f"the end of {found}", seconds=60)


def _signal(processes: list[int], number: int) -> None:
    for process in processes:
        try:
            os.kill(process, number)
        except ProcessLookupError:
            continue


def _lives(process: int) -> bool:
    return Path(f"/proc/{process}/exe").exists()  # a zombie has none


def _some(pod: Manifest, found: list[int]) -> list[int]:
    if not found:
        raise NoProcessError(pod["metadata"]["name"])
    return found


def _members(pod: Manifest) -> Iterator[tuple[int, str]]:
    """Yield the processes in a pod's groups with their names, also the one that only holds the network."""
    metadata = pod["metadata"]
    uid = metadata.get("annotations", {}).get(STATIC, metadata["uid"])
    for process in (path for path in Path("/proc").iterdir() if path.name.isdigit()):
        try:
            groups = (process / "cgroup").read_text()
            name = (process / "comm").read_text().strip()
        except (FileNotFoundError, ProcessLookupError):
            continue
        # The systemd driver writes a uid with underscores.
        if uid in groups or uid.replace("-", "_") in groups:
            yield int(process.name), name
