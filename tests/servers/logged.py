"""A process of the tests' own, in a folder of its own: what it writes is in `log` there, and it ends with the tests."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

Process = subprocess.Popen[bytes]


def start(
    command: Sequence[str | Path],
    folder: Path,
    *,
    environment: Mapping[str, str],
    last_signal: str = "KILL",
    **options: Any,
) -> Process:
    """Start it; it receives `last_signal` when the thread that started it dies."""
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(
            ["setpriv", "--pdeathsig", last_signal, *command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment,
            cwd=folder,
            **options,
        )
