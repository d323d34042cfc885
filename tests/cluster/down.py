"""End the cluster and take back everything that it left on the machine; the caches stay."""

import shutil

import buildah
import components
import containerd
import firewall
import machine
import pods
import process
from errors import LeftBehindError
from paths import Paths
from progress import say, step


def down(paths: Paths) -> None:
    """Stop our processes, remove the pods' remains and our state; raise LeftBehindError when something resists."""
    if not paths.identity.exists():
        say("  - no cluster of ours is on this machine")
        return
    with step("components stopped"):
        for name in components.NAMES:
            process.stop(name, paths)
    with step("pods ended"):
        pods.kill(paths)
        buildah.clean(paths)
        pods.unmount(paths)
        pods.remove_cgroups()
    with step("network and kernel settings put back"):
        pods.remove_interfaces()
        firewall.remove(paths)
        machine.restore_kernel(paths)
    with step("files removed"):
        pods.remove_files(paths)
        _finish(paths)


def leftovers(paths: Paths) -> list[str]:
    """List whatever of ours is still on the machine, our own directories apart."""
    running = [name for name in components.NAMES if process.running(name, paths) is not None]
    found: dict[str, list[str]] = {
        "process": [*running, *(f"pid {pid}" for pid in (*pods.processes(), *containerd.shims(paths)))],
        "mount": pods.mounts(paths),
        "interface": pods.interfaces(),
        "control group": [str(path) for path in pods.cgroups()],
        "firewall rule": firewall.rules(),
        "kernel setting": machine.changed_kernel_settings(paths),
        "file": [str(path) for path in (*pods.log_links(paths), *pods.cni_results())],
    }
    return [f"{kind}: {one}" for kind, several in found.items() for one in several]


def _finish(paths: Paths) -> None:
    """Delete our directories when nothing else is left: a second `down` needs them, and so does a stuck mount."""
    remaining = leftovers(paths)
    if remaining:
        raise LeftBehindError(remaining)
    for directory in (paths.run, paths.state):
        shutil.rmtree(directory)
