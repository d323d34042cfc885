"""What pods leave on a machine, found by our own names and removed: control groups, shims, mounts, the bridge."""

import os
import re
import signal
import time
from contextlib import suppress
from pathlib import Path

import command
import containerd
import machine
from paths import Paths

_FIXED_FILES = ("/etc/cni/net.d/cni.lock", "/var/lib/kubelet/device-plugins/kubelet.sock")
# Directories that the programs make whatever they are told, children first.
_FIXED_PLACES = (
    "/etc/cni/net.d",
    "/etc/cni",
    "/run/containerd/s",
    "/run/containerd",
    "/usr/libexec/kubernetes/kubelet-plugins/volume/exec",
    "/usr/libexec/kubernetes/kubelet-plugins/volume",
    "/usr/libexec/kubernetes/kubelet-plugins",
    "/usr/libexec/kubernetes",
    "/var/lib/cni/results",
    "/var/lib/cni",
    "/var/lib/kubelet/device-plugins",
    "/var/lib/kubelet",
    "/var/log/containers",
)


def kill(paths: Paths) -> None:
    """End every process in the pods' control groups, then the shims; nothing else."""
    deadline = time.monotonic() + 20
    while (pids := [*processes(), *containerd.shims(paths)]) and time.monotonic() < deadline:
        for pid in pids:
            _kill(pid)
        time.sleep(0.1)
    for socket in containerd.shim_sockets(paths):
        socket.unlink(missing_ok=True)


def processes() -> list[int]:
    """List the pids inside the control groups of pods."""
    files = (file for root in cgroups() for file in root.rglob("cgroup.procs"))
    return sorted({int(pid) for file in files for pid in _read(file).split()})


def cgroups() -> list[Path]:
    """List the roots of our control groups, one per controller."""
    roots = (controller / machine.CGROUP for controller in machine.cgroup_controllers())
    return [root for root in roots if root.exists()]


def remove_cgroups() -> None:
    """Remove our control groups, children first (rmdir is how the kernel wants it)."""
    for root in cgroups():
        for directory in sorted((path for path in root.rglob("*") if path.is_dir()), reverse=True):
            _remove(directory)
        _remove(root)


def mounts(paths: Paths) -> list[str]:
    """List the mount points below our directories, deepest first (proc(5): field 5 of mountinfo, octal escapes)."""
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    points = [re.sub(r"\\(\d{3})", lambda m: chr(int(m[1], 8)), line.split()[4]) for line in lines]
    ours = (f"{paths.state}/", f"{paths.run}/", f"{paths.cache}/")
    return sorted((point for point in points if point.startswith(ours)), key=len, reverse=True)


def unmount(paths: Paths) -> None:
    """Unmount everything below our directories; a mount that is still busy is detached."""
    for point in mounts(paths):
        if not command.succeeds(("umount", point)):
            command.succeeds(("umount", "--lazy", point))


def interfaces() -> list[str]:
    """List our bridge, when it exists (the pods' ends of the pairs go with their network namespaces)."""
    return [machine.BRIDGE] if command.succeeds(("ip", "link", "show", machine.BRIDGE)) else []


def remove_interfaces() -> None:
    """Delete the bridge."""
    for name in interfaces():
        command.output(("ip", "link", "delete", name))


def log_links(paths: Paths) -> list[Path]:
    """List the links that the kubelet makes in the machine's directory of container logs (a fixed path of its own)."""
    links = Path("/var/log/containers").glob("*.log")
    return [link for link in links if link.is_symlink() and link.readlink().is_relative_to(paths.state)]


def cni_results() -> list[Path]:
    """List the results that libcni caches per pod of our network, and of the loopback of the same pod."""
    ours = list(Path("/var/lib/cni/results").glob(f"{machine.NETWORK}-*"))
    pods = [path.name.removeprefix(f"{machine.NETWORK}-").removesuffix("-eth0") for path in ours]
    loopbacks = [Path(f"/var/lib/cni/results/cni-loopback-{pod}-lo") for pod in pods]
    return [*ours, *(path for path in loopbacks if path.exists())]


def remove_files(paths: Paths) -> None:
    """Remove what kubelet, containerd and libcni wrote outside our directories."""
    for path in (*log_links(paths), *cni_results(), *map(Path, _FIXED_FILES)):
        path.unlink(missing_ok=True)
    for directory in _FIXED_PLACES:
        _remove(Path(directory))  # only when it is empty


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _read(file: Path) -> str:
    try:
        return file.read_text()
    except OSError:
        return ""


def _remove(directory: Path) -> None:
    with suppress(OSError):
        directory.rmdir()
