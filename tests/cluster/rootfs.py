"""The root file system of the base image, made by debootstrap from the machine's own Debian mirror."""

import shutil
from pathlib import Path

import command
import debian
from paths import Paths
from versions import DEBIAN_SUITE

_INCLUDE = "python3,python3-venv,ca-certificates"
_DROP = (
    "usr/share/doc",
    "usr/share/man",
    "usr/share/info",
    "usr/share/locale",
    "var/cache/apt",
    "var/lib/apt/lists",
    "var/log",
)


def inputs() -> str:
    """Return what the root file system depends on, for the hash of the base image."""
    return repr((DEBIAN_SUITE, _INCLUDE, _DROP))


def create(paths: Paths, target: Path) -> None:
    """Write the tar archive of a fresh root file system to `target`."""
    root = paths.images / "rootfs.draft"
    shutil.rmtree(root, ignore_errors=True)
    root.parent.mkdir(parents=True, exist_ok=True)
    argv = ("debootstrap", "--variant=minbase", f"--include={_INCLUDE}", DEBIAN_SUITE, root, debian.mirror())
    command.logged(argv, paths.cache / "build-rootfs.log")
    _trim(root)
    command.output(("tar", "--create", "--numeric-owner", f"--directory={root}", f"--file={target}", "."))
    shutil.rmtree(root)


def _trim(root: Path) -> None:
    for name in _DROP:
        shutil.rmtree(root / name, ignore_errors=True)
        (root / name).mkdir(parents=True)
    for cached in root.glob("usr/lib/python3*/**/__pycache__"):
        shutil.rmtree(cached)
    (root / "etc/apt/sources.list").write_text("")  # no mirror of this machine in an image
    for name in ("etc/resolv.conf", "etc/hostname"):
        (root / name).unlink(missing_ok=True)
