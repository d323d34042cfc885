"""One long-running process of the host: started with a log, found again by pid, start time and command line."""

import json
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from errors import ClusterError
from paths import Paths


@dataclass(frozen=True, slots=True)
class Program:
    """What to run under which name."""

    name: str
    argv: tuple[str, ...]


def running(program: str, paths: Paths) -> int | None:
    """Return the pid of a program that we started and that still runs."""
    record = paths.run / f"{program}.pid"
    if not record.exists():
        return None
    saved = json.loads(record.read_text())
    return saved["pid"] if _identity(saved["pid"]) == (saved["started"], saved["argv"]) else None


def start(program: Program, paths: Paths) -> None:
    """Start a program in its own session; its output is appended to its log."""
    paths.logs.mkdir(parents=True, exist_ok=True)
    with paths.log(program.name).open("ab") as log:
        child = subprocess.Popen(
            program.argv,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd="/",
            env={**os.environ, "KUBECONFIG": ""},
            start_new_session=True,
        )
    identity = _identity(child.pid, patience=2)
    if identity is None:
        raise ClusterError(f"{program.name} ended at once; see {paths.log(program.name)}")
    started, argv = identity
    record = {"pid": child.pid, "started": started, "argv": argv}
    (paths.run / f"{program.name}.pid").write_text(json.dumps(record))


def stop(program: str, paths: Paths, *, seconds: float = 10) -> None:
    """End a program of ours, first politely; do nothing when it does not run."""
    for number, patience in ((signal.SIGTERM, seconds), (signal.SIGKILL, 5.0)):
        pid = running(program, paths)
        if pid is None:
            break
        os.kill(pid, number)
        deadline = time.monotonic() + patience
        while running(program, paths) is not None and time.monotonic() < deadline:
            time.sleep(0.05)
    (paths.run / f"{program}.pid").unlink(missing_ok=True)


def _identity(pid: int, *, patience: float = 0) -> tuple[str, list[str]] | None:
    """Return (start time in ticks since boot, command line); between fork and exec it is not there yet."""
    deadline = time.monotonic() + patience
    while True:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            argv = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")[:-1]
        except (FileNotFoundError, ProcessLookupError):
            return None
        if argv and fields[0] != "Z":
            return fields[19], argv
        if time.monotonic() > deadline:
            return None
        time.sleep(0.02)
