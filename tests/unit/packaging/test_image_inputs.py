"""An image of the cluster is built again when what it is built from has changed, and for nothing else."""

import importlib
import re
import subprocess
import sys

import pytest

from rendering.programs import REPOSITORY

CLUSTER = REPOSITORY / "tests" / "cluster"


@pytest.fixture
def images(monkeypatch, tmp_path):
    """The module, and beside it a repository that holds one folder of a client."""
    known = set(sys.modules)
    monkeypatch.syspath_prepend(CLUSTER)
    module = importlib.import_module("images")
    package = tmp_path / "client" / "package"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (tmp_path / "client" / "pyproject.toml").write_text("[project]\n")
    yield module
    for name in set(sys.modules) - known:
        # They stand at the top there, under names that are nobody's elsewhere.
        if str(CLUSTER) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


@pytest.fixture
def client(images):
    return next(one for one in images.OPENSTACK if one.folders)


def test_a_change_anywhere_in_a_folder_is_another_image(images, client, tmp_path):
    seen = {images.fingerprint(client, repository=tmp_path)}
    for path, text in (
        ("client/pyproject.toml", "[project]\nname = 'a'\n"),
        ("client/package/__init__.py", "x = 1\n"),
        ("client/package/deep/er.py", ""),
    ):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
        seen.add(images.fingerprint(client, repository=tmp_path))
    (tmp_path / "client/package/deep/er.py").rename(tmp_path / "client/package/other.py")
    seen.add(images.fingerprint(client, repository=tmp_path))
    assert len(seen) == 5


def test_what_builds_and_runs_leave_changes_nothing(images, client, tmp_path):
    before = images.fingerprint(client, repository=tmp_path)
    for path in ("package/__pycache__/a.pyc", "build/lib/a.py", "panko_client.egg-info/PKG-INFO", "dist/a.whl"):
        (tmp_path / "client" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "client" / path).write_text("x")
    assert images.fingerprint(client, repository=tmp_path) == before


def test_an_image_without_folders_is_known_by_its_files_alone(images, tmp_path):
    keystone = next(one for one in images.OPENSTACK if one.folder == "keystone")
    before = images.fingerprint(keystone, repository=tmp_path)
    (tmp_path / "client/package/__init__.py").write_text("x = 1\n")
    assert images.fingerprint(keystone, repository=tmp_path) == before


def test_a_build_has_every_file_under_the_name_that_its_recipe_copies(images, client, tmp_path):
    (tmp_path / "client/package/__pycache__").mkdir()
    context = tmp_path / "context"
    images.gather(client, context, repository=tmp_path)
    found = {str(path.relative_to(context)) for path in context.rglob("*") if path.is_file()}
    assert found == {*client.files, "client/pyproject.toml", "client/package/__init__.py"}
    recipe = (CLUSTER / "images" / client.folder / "Dockerfile").read_text()
    copied = [line.split()[1] for line in recipe.splitlines() if line.startswith("COPY ")]
    assert copied == [*client.files, *client.folders]


def test_the_client_of_before_is_cut_out_of_the_lock_with_all_of_its_hashes(images, client):
    recipe = (CLUSTER / "images" / client.folder / "Dockerfile").read_text()
    (program,) = re.findall(r"sed -n '([^']+)'", recipe)
    cut = subprocess.run(
        ["sed", "-n", program, CLUSTER / client.files[0]], capture_output=True, text=True, check=True, timeout=30
    ).stdout.splitlines()
    assert cut[0] == "pankoclient==1.2.0 \\"
    assert len(cut) > 1
    assert all(line.strip().startswith("--hash=sha256:") for line in cut[1:])
    assert not cut[-1].endswith("\\")
