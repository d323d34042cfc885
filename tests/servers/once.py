"""What takes seconds to make and is alike for every server of a kind: made once in a run, and copied from then on.

A run in several processes makes it once for all of them. What a server does afterwards stays in its own folder.
"""

import contextlib
import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PLACE = "PANKO_TESTS_MADE_ONCE"  # in the environment, so that the processes of a run find it


def pytest_configure(config: pytest.Config) -> None:
    """Make a place for the run, unless this is one of its processes."""
    if not hasattr(config, "workerinput"):
        os.environ[PLACE] = tempfile.mkdtemp(prefix="panko-once-")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Take it away."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(PLACE), ignore_errors=True)


def fill(folder: Path, kind: str, make: Callable[[], None]) -> None:
    """Fill a server's folder: by `make`, or with a copy of what that has made for another server of the kind."""
    place = os.environ.get(PLACE)
    if place is None:  # outside of a run of tests
        make()
        return
    kept = Path(place, kind)
    with _alone(Path(place, f"{kind}.lock")):
        if not kept.exists():
            make()
            _copy(folder, kept.with_suffix(".new"))
            kept.with_suffix(".new").rename(kept)
            return
    _copy(kept, folder)


@contextlib.contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _copy(source: Path, target: Path) -> None:
    """Copy with owners and modes: databases run as accounts of their own."""
    subprocess.run(["cp", "--archive", "--no-target-directory", source, target], check=True)
