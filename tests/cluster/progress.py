"""Progress lines for a person: what is done, and how long it took. Holds no logic of the cluster."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from errors import WaitError


@contextmanager
def step(what: str) -> Iterator[None]:
    """Print the line of one step, with its seconds when it ends."""
    start = time.monotonic()
    live = sys.stdout.isatty()
    if live:
        print(f"  … {what}", end="", flush=True)
    mark = "✗"
    try:
        yield
        mark = "✓"
    finally:
        lead = "\r\x1b[K" if live else ""
        print(f"{lead}  {mark} {what:<52} {time.monotonic() - start:6.1f} s", flush=True)


def say(line: str) -> None:
    """Print one line at once."""
    print(line, flush=True)


def wait(
    ready: Callable[[], bool], what: str, *, seconds: float, interval: float = 0.1, log: Path | None = None
) -> None:
    """Return when `ready()` is true; raise WaitError with the log's last lines after `seconds`."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise WaitError(what, seconds, log)
        time.sleep(interval)
