"""What everybody on a machine may read of the processes that a test has started."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")


def descendants() -> Iterator[tuple[str, str]]:
    """Yield command line and environment of each process below this one."""
    parents = dict(_parents())
    for pid in parents:
        if _is_below(pid, parents):
            for name in ("cmdline", "environ"):
                with contextlib.suppress(OSError):  # it has ended meanwhile
                    text = (PROC / str(pid) / name).read_bytes().replace(b"\0", b"\n").decode(errors="replace")
                    yield f"/proc/{name} of {_name(pid)}", text


def _parents() -> Iterator[tuple[int, int]]:
    for folder in PROC.iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                # The name in parentheses may hold anything.
                yield int(folder.name), int((folder / "stat").read_text().rpartition(")")[2].split()[1])


def _is_below(pid: int, parents: dict[int, int]) -> bool:
    seen = set()
    while pid in parents and pid not in seen:
        seen.add(pid)
        pid = parents[pid]
        if pid == os.getpid():
            return True
    return False


def _name(pid: int) -> str:
    return (PROC / str(pid) / "comm").read_text().strip()
