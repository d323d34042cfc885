"""Processes that hang: the kernel answers for them, and they do not."""

import contextlib
import os
import signal
import time
from collections.abc import Iterable
from pathlib import Path

STOPPED_WITHIN_SECONDS = 20
STOPPED = {"T", "t", "Z", "X"}


def freeze(processes: Iterable[int]) -> None:
    """Stop processes, and return when no thread of them runs any more: on a busy machine that takes a while."""
    found = list(processes)
    for process in found:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGSTOP)
    deadline = time.monotonic() + STOPPED_WITHIN_SECONDS
    while not all(_is_stopped(process) for process in found):
        if time.monotonic() > deadline:
            raise TimeoutError(f"Processes {found} have not stopped in {STOPPED_WITHIN_SECONDS} s")
        time.sleep(0.005)


def thaw(processes: Iterable[int]) -> None:
    """Let stopped processes go on."""
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGCONT)


def group(leader: int) -> list[int]:
    """Return the processes of a group."""
    processes = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    found = []
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            if os.getpgid(process) == leader:
                found.append(process)
    return found


def _is_stopped(process: int) -> bool:
    try:
        states = [(task / "stat").read_text().rpartition(")")[2].split()[0] for task in _tasks(process)]
    except (FileNotFoundError, ProcessLookupError):  # a thread that has just ended
        return not Path(f"/proc/{process}").exists()
    return set(states) <= STOPPED


def _tasks(process: int) -> list[Path]:
    return list(Path(f"/proc/{process}/task").iterdir())
