"""The host as the cluster sees it: its address, its kernel settings; and the cluster's address plan."""

import json
import socket
from pathlib import Path
from typing import Final

from errors import ClusterError
from paths import Paths

NODE_NAME: Final = "panko-node"
BRIDGE: Final = "panko0"
NETWORK: Final = "panko-cluster"
POD_RANGE: Final = "10.244.0.0/24"
SERVICE_RANGE: Final = "10.96.0.0/16"
SERVICE_ADDRESS: Final = "10.96.0.1"
DNS_ADDRESS: Final = "10.96.0.10"
CGROUP: Final = "panko-cluster"
CGROUP_ROOT: Final = Path("/sys/fs/cgroup")

# What the cluster wants (None: a component sets it by itself, we only put it back).
_SETTINGS: dict[str, str | None] = {
    "net/ipv4/ip_forward": "1",
    "net/bridge/bridge-nf-call-iptables": "1",
    "net/ipv4/conf/all/route_localnet": None,
    "vm/overcommit_memory": None,
    "vm/panic_on_oom": None,
    "kernel/panic": None,
    "kernel/panic_on_oops": None,
    "kernel/keys/root_maxkeys": None,
    "kernel/keys/root_maxbytes": None,
}
_PROC = Path("/proc/sys")


def address() -> str:
    """Return the address that this machine uses towards the outside; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("198.51.100.1", 9))
        except OSError as error:
            raise ClusterError("this machine has no IPv4 route to the outside; the node needs an address.") from error
        return str(probe.getsockname()[0])


def set_kernel(paths: Paths) -> None:
    """Remember the kernel's settings (per boot: the file is in `run`), then set ours."""
    record = paths.run / "kernel-settings.json"
    if not record.exists():
        record.write_text(json.dumps({key: (_PROC / key).read_text().strip() for key in _present()}, indent=1))
    for key in _present():
        value = _SETTINGS[key]
        if value is not None:
            (_PROC / key).write_text(value)


def restore_kernel(paths: Paths) -> None:
    """Put the remembered settings back."""
    for key, value in _remembered(paths).items():
        if (_PROC / key).read_text().strip() != value:
            (_PROC / key).write_text(value)


def changed_kernel_settings(paths: Paths) -> list[str]:
    """List the settings that differ from what we remember."""
    return [key for key, value in _remembered(paths).items() if (_PROC / key).read_text().strip() != value]


def cgroup_controllers() -> list[Path]:
    """List the roots that hold one cgroup tree each: one per controller (v1), or the single one (v2)."""
    if (CGROUP_ROOT / "cgroup.controllers").exists():
        return [CGROUP_ROOT]
    return sorted(path for path in CGROUP_ROOT.iterdir() if path.is_dir() and not path.is_symlink())


def _remembered(paths: Paths) -> dict[str, str]:
    record = paths.run / "kernel-settings.json"
    settings: dict[str, str] = json.loads(record.read_text()) if record.exists() else {}
    return settings


def _present() -> list[str]:
    return [key for key in _SETTINGS if (_PROC / key).exists()]
