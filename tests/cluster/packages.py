"""Debian packages the cluster needs. Installs what is missing, and starts no service of theirs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import command
from errors import ClusterError, CommandError
from progress import step

POLICY = Path("/usr/sbin/policy-rc.d")


@dataclass(frozen=True, slots=True)
class Package:
    """A Debian package, and a file that tells it is there."""

    name: str
    proof: str


# What images are built with.
BUILD = (
    Package("ca-certificates", "/etc/ssl/certs/ca-certificates.crt"),
    Package("buildah", "/usr/bin/buildah"),
    Package("busybox-static", "/bin/busybox"),
    Package("debootstrap", "/usr/sbin/debootstrap"),
)

CLUSTER = (
    *BUILD,
    Package("etcd-server", "/usr/bin/etcd"),
    Package("containerd", "/usr/bin/containerd"),
    Package("runc", "/usr/sbin/runc"),
    Package("containernetworking-plugins", "/usr/lib/cni/bridge"),
    Package("iptables", "/usr/sbin/iptables"),
    Package("iproute2", "/usr/bin/ip"),
    Package("conntrack", "/usr/sbin/conntrack"),
    Package("socat", "/usr/bin/socat"),
    Package("openssl", "/usr/bin/openssl"),
    Package("python3-venv", "/usr/share/doc/python3-venv"),
)

# What the functional tests start on loopback, and the browser that looks at the page, with letters of all directions.
SERVERS = (
    Package("chromium", "/usr/bin/chromium"),
    Package("etcd-server", "/usr/bin/etcd"),
    Package("fonts-dejavu-core", "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"),
    Package("fonts-noto-color-emoji", "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf"),
    Package("galera-4", "/usr/lib/galera/libgalera_smm.so"),
    Package("haproxy", "/usr/sbin/haproxy"),
    Package("lua5.1", "/usr/bin/lua5.1"),
    Package("mariadb-backup", "/usr/bin/mariadb-backup"),
    Package("mariadb-server", "/usr/sbin/mariadbd"),
    Package("memcached", "/usr/bin/memcached"),
    Package("openssl", "/usr/bin/openssl"),
    Package("postgresql", "/usr/share/doc/postgresql"),
    Package("prometheus", "/usr/bin/promtool"),
    Package("pv", "/usr/bin/pv"),
    Package("python3-venv", "/usr/share/doc/python3-venv"),
    Package("rabbitmq-server", "/usr/lib/rabbitmq/bin/rabbitmq-server"),
    Package("rsync", "/usr/bin/rsync"),
    Package("socat", "/usr/bin/socat"),
)


def install(wanted: tuple[Package, ...]) -> None:
    """Install the packages whose proof is missing; needs root and a Debian machine."""
    missing = [package.name for package in wanted if not Path(package.proof).exists()]
    if not missing:
        return
    if not Path("/usr/bin/apt-get").exists():
        raise ClusterError(f"install these first, this machine has no apt-get: {', '.join(missing)}")
    with step(f"Debian packages ({len(missing)})"), _services_stay_down():
        try:
            _apt_get("install", *missing)
        except CommandError:
            _apt_get("update")
            _apt_get("install", *missing)


def _apt_get(*words: str) -> None:
    options = ("-y", "-q", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300")
    command.output(("apt-get", *options, *words), environment={"DEBIAN_FRONTEND": "noninteractive"})


@contextmanager
def _services_stay_down() -> Iterator[None]:
    """Deny maintainer scripts to start services (invoke-rc.d asks policy-rc.d; 101 means "not allowed")."""
    before = POLICY.read_bytes() if POLICY.exists() else None
    mode = POLICY.stat().st_mode if before is not None else 0o755
    POLICY.write_text("#!/bin/sh\nexit 101\n")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        if before is None:
            POLICY.unlink()
        else:
            POLICY.write_bytes(before)
            POLICY.chmod(mode)
