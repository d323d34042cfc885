"""Hold `.github` to actionlint (what is wrong in a workflow) and zizmor (what is dangerous in one).

Both work without a network: what only GitHub could tell is left out.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from rendering import programs


def findings(repository: Path) -> Iterator[str]:
    """Yield what each tool says against the workflows of a repository; nothing when they are good."""
    for argv in _commands(repository):
        done = subprocess.run(argv, cwd=repository, capture_output=True, text=True, check=False, timeout=120)
        if done.returncode != 0:
            yield f"{Path(argv[0]).name}:\n{done.stdout}{done.stderr}"


def _commands(repository: Path) -> Iterator[list[str]]:
    tools = Path(sys.executable).parent
    workflows = sorted((repository / ".github" / "workflows").glob("*.yml"))
    yield [str(programs.actionlint()), f"-shellcheck={tools / 'shellcheck'}", "-no-color", *map(str, workflows)]
    yield [str(tools / "zizmor"), "--offline", "--no-progress", "--color=never", str(repository / ".github")]


def main() -> int:
    """Print the findings and return the exit status."""
    found = list(findings(programs.REPOSITORY))
    print("\n".join(found), end="", file=sys.stderr)
    return os.EX_DATAERR if found else os.EX_OK
