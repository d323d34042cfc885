"""The retired pankoclient 1.2.0 and panko-client as `openstack event`, each alone, to compare what they print.

Two plug-ins of one command would be in each other's way. So each is run by a Python that sees the packages of the
tests' environment but for the other one.
"""

import hashlib
import json
import os
import re
import shutil
import site
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from cluster.paths import from_environment

VERSION = "1.2.0"
LOCK = Path(__file__).parents[1] / "cluster" / "openstack" / "requirements-openstackclient.txt"
PACKAGES = ("pankoclient", "osprofiler", "oslo-concurrency", "fasteners")  # what it needs besides is there
INSTALLING_SECONDS, RUNNING_SECONDS = 120, 240
SCRIPT = """
import contextlib, io, json, sys
from openstackclient.shell import OpenStackShell
for words in json.load(sys.stdin):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = OpenStackShell().run(words)
        except SystemExit as ended:
            code = ended.code
    print(json.dumps([code, out.getvalue(), err.getvalue()]))
"""


@dataclass(frozen=True, slots=True)
class Printed:
    """What a command wrote, and how it ended."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class CommandLine:
    """`openstack` with the packages of these folders alone."""

    path: tuple[Path, ...]

    def run(self, commands: list[list[str]], *, url: str, home: Path) -> list[Printed]:
        """Run commands one after the other against an API that asks for no login."""
        done = subprocess.run(
            [sys.executable, "-S", "-W", "ignore", "-c", SCRIPT],
            input=json.dumps(commands),
            env={
                "PYTHONPATH": os.pathsep.join(map(str, self.path)),
                "HOME": str(home),
                "COLUMNS": "200",
                "OS_AUTH_TYPE": "none",
                "OS_ENDPOINT": url,
            },
            capture_output=True,
            text=True,
            check=True,
            timeout=RUNNING_SECONDS,
        )
        return [Printed(*json.loads(line)) for line in done.stdout.splitlines()]


def ours(folder: Path) -> CommandLine:
    """Return `openstack` with panko-client."""
    (client,) = _packages().glob("panko_client-*.dist-info")
    repository = Path(__file__).parents[2]
    overlay = _without_panko(folder)
    (overlay / client.name).symlink_to(client)
    return CommandLine((overlay, repository / "client"))


def theirs(folder: Path) -> CommandLine:
    """Return `openstack` with pankoclient."""
    return CommandLine((_without_panko(folder), _installed()))


def _packages() -> Path:
    return Path(next(one for one in site.getsitepackages() if Path(one, "openstackclient").exists()))


def _without_panko(folder: Path) -> Path:
    """Return a folder with the packages of this environment, but for the distributions of this repository."""
    folder.mkdir()
    for package in _packages().iterdir():
        if not package.name.startswith("panko"):
            (folder / package.name).symlink_to(package)
    return folder


def _installed() -> Path:
    """Return where pankoclient is; it is fetched once, with the hashes of the cluster's lock."""
    locked = "\n".join(map(_locked, PACKAGES))
    name = f"pankoclient-{VERSION}-{hashlib.sha256(locked.encode()).hexdigest()[:8]}"
    place = from_environment(os.environ).binaries / name
    if place.exists():
        return place
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_name(f"{place.name}.{os.getpid()}")
    wanted = draft.with_name(f"{draft.name}.txt")
    wanted.write_text(locked)
    words = ("install", "--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes")
    argv = (sys.executable, "-m", "pip", *words, "--target", draft, "-r", wanted)
    subprocess.run(argv, check=True, timeout=INSTALLING_SECONDS)
    wanted.unlink()
    try:
        draft.rename(place)
    except OSError:  # another process was faster
        shutil.rmtree(draft)
    return place


def _locked(name: str) -> str:
    (entry,) = re.findall(rf"^{name}==[^ ]+ \\\n(?:    --hash=[^\n]+\n)+", LOCK.read_text(), re.MULTILINE)
    return str(entry)
