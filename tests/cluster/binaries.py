"""The programs that are built from source with Go, once, and kept under ~/.cache/panko/bin/<tool>-<version>/."""

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import toolchain
import versions
from errors import CommandError
from paths import HERE, Paths

_VERSION = "k8s.io/component-base/version"


@dataclass(frozen=True, slots=True)
class Build:
    """One `go build`: a module of ours in `module`, the packages named in it, the files that come out."""

    tool: str
    version: str
    module: Path
    packages: tuple[str, ...]
    files: tuple[str, ...]
    flags: str = "-s -w"

    def home(self, paths: Paths) -> Path:
        """Name the directory that the files are kept in."""
        return paths.binaries / f"{self.tool}-{self.version}"


_KUBERNETES = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy", "kubelet")

KUBERNETES = Build(
    tool="kubernetes",
    version=versions.KUBERNETES,
    module=HERE / "kubernetes",
    packages=tuple(f"k8s.io/kubernetes/cmd/{name}" for name in _KUBERNETES),
    files=_KUBERNETES,
    flags=(
        f"-s -w -X {_VERSION}.gitVersion=v{versions.KUBERNETES}"
        f" -X {_VERSION}.gitMajor={versions.KUBERNETES.split('.')[0]}"
        f" -X {_VERSION}.gitMinor={versions.KUBERNETES.split('.')[1]}"
    ),
)
COREDNS = Build("coredns", versions.COREDNS, HERE / "coredns", (".",), ("coredns",))
HELM = Build(
    tool="helm",
    version=versions.HELM,
    module=HERE / "helm",
    packages=("helm.sh/helm/v3/cmd/helm",),
    files=("helm",),
    flags=f"-s -w -X helm.sh/helm/v3/internal/version.version=v{versions.HELM}",
)
ALL = (KUBERNETES, COREDNS, HELM)

ACTIONLINT = Build(  # no part of a cluster: `make lint` uses it
    tool="actionlint",
    version=versions.ACTIONLINT,
    module=HERE / "actionlint",
    packages=("github.com/rhysd/actionlint/cmd/actionlint",),
    files=("actionlint",),
    flags=f"-s -w -X github.com/rhysd/actionlint.version={versions.ACTIONLINT}",
)

KWOK = Build(  # no part of a cluster: `bench.scale` uses it, as the kubelet of nodes that are not there
    tool="kwok",
    version=versions.KWOK,
    module=HERE / "kwok",
    packages=("sigs.k8s.io/kwok/cmd/kwok",),
    files=("kwok",),
    flags=f"-s -w -X sigs.k8s.io/kwok/pkg/consts.Version=v{versions.KWOK}",
)

VICTORIALOGS = Build(  # no part of a cluster: `bench.victorialogs` measures beside it
    tool="victoria-logs",
    version=versions.VICTORIALOGS,
    module=HERE / "victorialogs",
    packages=("github.com/VictoriaMetrics/VictoriaLogs/app/victoria-logs",),
    files=("victoria-logs",),
)


def build(wanted: Build, paths: Paths) -> Path:
    """Return the directory with the built files; builds only when one is missing."""
    home = wanted.home(paths)
    if all((home / name).exists() for name in wanted.files):
        return home
    draft = home.with_name(f"{home.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    _compile(wanted, draft, toolchain.go(paths), log=paths.cache / f"build-{wanted.tool}.log")
    shutil.rmtree(home, ignore_errors=True)
    draft.rename(home)
    return home


def _compile(wanted: Build, target: Path, go: Path, *, log: Path) -> None:
    argv = (go, "build", "-v", "-trimpath", "-mod=readonly", "-buildvcs=false", "-ldflags", wanted.flags)
    start = time.monotonic()
    with (
        log.open("w") as sink,
        subprocess.Popen(
            (*map(str, argv), "-o", f"{target}/", *wanted.packages),
            cwd=wanted.module,
            env={**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "", "GOTOOLCHAIN": "local", "GOWORK": "off"},
            stderr=subprocess.PIPE,
            text=True,
        ) as process,
    ):
        assert process.stderr is not None  # asked for above
        for count, line in enumerate(process.stderr, start=1):
            sink.write(line)
            _show(wanted, count, start)
    seconds = time.monotonic() - start
    if process.returncode != 0:
        raise CommandError(f"go build of {wanted.tool} (log: {log})", process.returncode, log.read_text())
    print(f"{_CLEAR}  ✓ {f'{wanted.tool} {wanted.version} built from source':<52} {seconds:6.1f} s", flush=True)


_CLEAR = "\r\x1b[K" if sys.stdout.isatty() else ""


def _show(wanted: Build, count: int, start: float) -> None:
    text = f"  … building {wanted.tool} {wanted.version}: {count} packages, {time.monotonic() - start:.0f} s"
    if sys.stdout.isatty():
        print(f"{_CLEAR}{text}", end="", flush=True)
    elif count % 300 == 0:
        print(text, flush=True)
