"""Find helm, kubectl and actionlint: named by the environment, on the PATH, or those that tests/cluster provides.

A program that is nowhere is provided by tests/cluster, which takes helm a minute to build, once.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

REPOSITORY: Final = Path(__file__).resolve().parents[2]
_PROVIDE: Final = {
    "helm": "import binaries; program = binaries.build(binaries.HELM, where) / 'helm'",
    "actionlint": "import binaries; program = binaries.build(binaries.ACTIONLINT, where) / 'actionlint'",
    "kubectl": "import kubectl; program = kubectl.program(where)",
}


def helm() -> Path:
    """Return a helm 3."""
    return _find("helm")


def kubectl() -> Path:
    """Return a kubectl, for `kubectl kustomize`."""
    return _find("kubectl")


def actionlint() -> Path:
    """Return the actionlint that is pinned here: another one finds other things."""
    return _provided("actionlint")


def run(*words: str | Path) -> str:
    """Run a program and return what it printed; raise CalledProcessError, its output as a note."""
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False, timeout=120)
    try:
        done.check_returncode()
    except subprocess.CalledProcessError as error:
        error.add_note(done.stdout + done.stderr)
        raise
    return done.stdout


def _find(name: str) -> Path:
    found = os.environ.get(name.upper()) or shutil.which(name)
    return Path(found) if found else _provided(name)


def _provided(name: str) -> Path:
    # In a process of its own: the modules of tests/cluster import each other by names like `errors`.
    program = f"import os, paths; where = paths.from_environment(os.environ); {_PROVIDE[name]}; print(program)"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=REPOSITORY / "tests" / "cluster",
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=280,
    )
    return Path(done.stdout.splitlines()[-1])
