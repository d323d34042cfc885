"""What the servers of the tests share: data that are made once, and an order of files."""

import importlib.util
from pathlib import Path

import pytest

from servers import once

FUNCTIONAL = Path(__file__).parents[1] / "functional"


@pytest.fixture
def place(tmp_path, monkeypatch):
    (tmp_path / "place").mkdir()
    monkeypatch.setenv(once.PLACE, str(tmp_path / "place"))


@pytest.fixture
def servers(tmp_path):
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
    return folders


def filled(servers):
    """Fill both with what a counter makes; return how often it was asked to."""
    made = []
    for folder in servers:
        once.fill(folder, "server", lambda folder=folder: (made.append(folder), (folder / "data").write_text("new")))
    return len(made)


def test_the_data_of_a_second_server_are_a_copy_of_its_own(place, servers):
    assert filled(servers) == 1
    assert [(folder / "data").read_text() for folder in servers] == ["new", "new"]
    (servers[0] / "data").write_text("changed")
    assert (servers[1] / "data").read_text() == "new"
    assert not (servers[0] / "data").samefile(servers[1] / "data")


def test_outside_of_a_run_each_server_makes_its_own(servers, monkeypatch):
    monkeypatch.delenv(once.PLACE)
    assert filled(servers) == 2


def test_what_breaks_off_is_kept_for_nobody(place, servers):
    def breaks():
        (servers[0] / "data").write_text("half")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        once.fill(servers[0], "server", breaks)
    assert filled(servers[1:]) == 1


def test_files_that_begin_first_are_there():
    spec = importlib.util.spec_from_file_location("functional_conftest", FUNCTIONAL / "conftest.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert [file for file in module.LONG if not (FUNCTIONAL / file).is_file()] == []
