"""Run other programs and turn their failures into our errors."""

import os
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from errors import CommandError


def output(
    argv: Sequence[str | Path],
    *,
    stdin: str | None = None,
    environment: Mapping[str, str] | None = None,
    directory: Path | None = None,
    seconds: float = 1800,
) -> str:
    """Run a program and return what it printed; raise CommandError with the end of its output."""
    words = [str(word) for word in argv]
    done = subprocess.run(
        words,
        input=stdin,
        stdin=subprocess.DEVNULL if stdin is None else None,
        capture_output=True,
        text=True,
        env={**os.environ, **(environment or {})},
        cwd=directory,
        timeout=seconds,
        check=False,
    )
    if done.returncode != 0:
        raise CommandError(shlex.join(words), done.returncode, done.stdout + done.stderr)
    return done.stdout


def succeeds(argv: Sequence[str | Path], *, seconds: float = 60) -> bool:
    """Tell whether a program ends with status 0; a missing program does not."""
    try:
        output(argv, seconds=seconds)
    except (CommandError, FileNotFoundError, subprocess.TimeoutExpired):
        return False
    return True


def logged(
    argv: Sequence[str | Path],
    log: Path,
    *,
    environment: Mapping[str, str] | None = None,
    directory: Path | None = None,
    seconds: float = 3600,
) -> None:
    """Run a long program with its output in a log file; raise CommandError with the log's end."""
    words = [str(word) for word in argv]
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as sink:
        done = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
            cwd=directory,
            timeout=seconds,
            check=False,
        )
    if done.returncode != 0:
        raise CommandError(f"{shlex.join(words)} (log: {log})", done.returncode, log.read_text(errors="replace"))
