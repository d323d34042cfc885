"""The three distributions as wheels: what is in them, and that making them leaves nothing to commit."""

import email
import shutil
import subprocess
import sys
import zipfile

import pytest

from rendering.programs import REPOSITORY

SCREENS = ("explore/static/*", "explore/templates/*")
PACKAGES = {"service": "panko", "operator": "panko_operator", "client": "panko_client"}


@pytest.fixture(scope="module", params=PACKAGES)
def wheel(request, tmp_path_factory):
    """A wheel that is built of a copy, with the tools that are installed."""
    place = tmp_path_factory.mktemp(request.param)
    shutil.copytree(REPOSITORY / request.param, place / "source", ignore=shutil.ignore_patterns("*.egg-info", "build"))
    words = ("wheel", "--quiet", "--no-deps", "--no-build-isolation", "--disable-pip-version-check", "--no-index")
    argv = (sys.executable, "-m", "pip", *words, "--wheel-dir", place / "dist", place / "source")
    subprocess.run(argv, check=True, timeout=120)
    (path,) = (place / "dist").glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        yield request.param, archive


def metadata(archive):
    (name,) = (one for one in archive.namelist() if one.endswith(".dist-info/METADATA"))
    return email.message_from_bytes(archive.read(name))


def test_the_license_is_inside(wheel):
    _, archive = wheel
    (name,) = (one for one in archive.namelist() if one.endswith("/LICENSE"))
    assert archive.read(name) == (REPOSITORY / "LICENSE").read_bytes()
    assert metadata(archive)["License-File"] == "LICENSE"
    assert metadata(archive)["License-Expression"] == "Apache-2.0"


def test_every_module_of_the_tree_is_inside_and_nothing_else(wheel):
    folder, archive = wheel
    root = REPOSITORY / folder
    tree = {str(path.relative_to(root)) for path in (root / PACKAGES[folder]).rglob("*.py")}
    screens = {str(path.relative_to(root)) for room in SCREENS for path in (root / PACKAGES[folder]).glob(room)}
    inside = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert tree <= inside
    assert inside - tree == {f"{PACKAGES[folder]}/py.typed"} | screens
    assert bool(screens) == (folder == "service")


@pytest.mark.parametrize(
    "leftover", ["service/build/lib/a.py", "operator/panko_operator.egg-info/PKG-INFO", "dist/a.whl"]
)
def test_what_a_build_leaves_is_ignored_by_git(leftover):
    found = subprocess.run(["git", "check-ignore", "--quiet", leftover], cwd=REPOSITORY, check=False, timeout=30)
    assert found.returncode == 0


@pytest.mark.parametrize("leftover", ["build", "dist", "*.egg-info", "__pycache__"])
def test_what_a_build_leaves_gets_into_no_image(leftover):
    assert f"**/{leftover}" in (REPOSITORY / ".dockerignore").read_text().splitlines()
