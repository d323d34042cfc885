"""A live cluster through kubectl and helm, as its administrator uses them."""

import json
import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cluster.paths import Paths, from_environment
from live.errors import CommandError, ToolMissingError

Manifest = dict[str, Any]
FIELD_MANAGER = "panko-tests"


@dataclass(frozen=True, slots=True)
class Cluster:
    """One cluster: the tools, and the kubeconfig they use."""

    kubectl_program: str
    helm_program: str
    kubeconfig: Path

    def kubectl(self, *words: str, stdin: str | None = None, seconds: float = 120) -> str:
        """Run kubectl and return what it printed."""
        return run(self.argv(*words), stdin=stdin, seconds=seconds)

    def argv(self, *words: str) -> list[str]:
        """Return the command line of a kubectl that somebody else starts."""
        return [self.kubectl_program, f"--kubeconfig={self.kubeconfig}", *words]

    def helm(self, *words: str, seconds: float = 300) -> str:
        """Run helm and return what it printed."""
        return run([self.helm_program, f"--kubeconfig={self.kubeconfig}", *words], seconds=seconds)

    def get(self, kind: str, name: str, namespace: str = "default") -> Manifest | None:
        """Return a live object, or None."""
        words = ("get", kind, name, f"--namespace={namespace}", "--output=json", "--ignore-not-found")
        text = self.kubectl(*words)
        return json.loads(text) if text.strip() else None

    def items(self, kind: str, namespace: str, *, labels: str = "") -> list[Manifest]:
        """Return the live objects of one or several kinds (`pods,services`) that carry the labels."""
        words = ("get", kind, f"--namespace={namespace}", f"--selector={labels}", "--output=json")
        return list(json.loads(self.kubectl(*words))["items"])

    def apply(self, *manifests: Manifest) -> None:
        """Apply manifests on the server's side."""
        document = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(manifests)})
        words = ("apply", "--server-side", "--force-conflicts", f"--field-manager={FIELD_MANAGER}", "--filename=-")
        self.kubectl(*words, stdin=document)

    def patch(self, kind: str, name: str, namespace: str, change: Mapping[str, Any]) -> None:
        """Merge a change into a live object."""
        words = ("patch", kind, name, f"--namespace={namespace}", "--type=merge", f"--patch={json.dumps(change)}")
        self.kubectl(*words)

    def scale(self, deployment: str, namespace: str, replicas: int, *, seconds: float = 240) -> None:
        """Have so many pods of a Deployment whose label `app` is its name, ready; with 0, return when all are gone."""
        where = f"--namespace={namespace}"
        self.kubectl("scale", f"deployment/{deployment}", where, f"--replicas={replicas}")
        words = ("rollout", "status", f"deployment/{deployment}", where, f"--timeout={seconds:.0f}s")
        self.kubectl(*words, seconds=seconds + 10)
        if replicas == 0:
            self.kubectl("wait", "pod", f"--selector=app={deployment}", where, "--for=delete", "--timeout=60s")

    def delete(self, kind: str, name: str, namespace: str = "default", *, seconds: float = 120) -> None:
        """Delete an object that may be absent, and wait until it is gone."""
        words = ("delete", kind, name, f"--namespace={namespace}", "--ignore-not-found", f"--timeout={seconds:.0f}s")
        self.kubectl(*words, seconds=seconds + 30)


def run(argv: list[str], *, stdin: str | None = None, seconds: float) -> str:
    """Run a program to its end; raise CommandError with its output unless it succeeds."""
    done = subprocess.run(argv, input=stdin or "", capture_output=True, text=True, timeout=seconds, check=False)
    if done.returncode != 0:
        raise CommandError(shlex.join(argv)[:300], done.returncode, done.stdout + done.stderr)
    return done.stdout


def from_machine() -> Cluster:
    """Return the cluster that KUBECONFIG names, else the one of `tests/cluster`."""
    paths = from_environment(os.environ)
    kubeconfig = Path(os.environ.get("KUBECONFIG", paths.kubeconfig))
    return Cluster(_tool("kubectl", paths), _tool("helm", paths), kubeconfig)


def _tool(name: str, paths: Paths) -> str:
    own = paths.binaries / name
    found = str(own) if own.exists() else shutil.which(name)
    if found is None:
        raise ToolMissingError(name)
    return found
