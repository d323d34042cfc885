"""The cluster's containerd, seen from outside: images in it, shims and sockets it leaves running."""

from pathlib import Path

import command
from paths import Paths


def ctr(paths: Paths, *words: str | Path) -> str:
    """Run ctr in the namespace of Kubernetes and return its output."""
    return command.output(("ctr", "--address", paths.containerd_socket, "--namespace", "k8s.io", *words))


def images(paths: Paths) -> list[str]:
    """List the names of the images that pods can use."""
    return ctr(paths, "images", "list", "--quiet").split()


def shims(paths: Paths) -> list[int]:
    """List the pids of our containers' shims: the address of our containerd is on their command line."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes().decode(errors="replace").split("\0")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if "containerd-shim" in words[0] and str(paths.containerd_socket) in words:
            found.append(int(entry.parent.name))
    return found


def shim_sockets(paths: Paths) -> list[Path]:
    """List the sockets of our shims; they lie in a directory that all containerds share."""
    tasks = paths.run / "containerd" / "io.containerd.runtime.v2.task" / "k8s.io"
    return [Path(file.read_text().removeprefix("unix://")) for file in tasks.glob("*/address")]
