"""What others reach the original by, other than HTTP: each is kept, or its successor is documented."""

import importlib
import importlib.util
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PROJECT = tomllib.loads((ROOT / "service" / "pyproject.toml").read_text())["project"]
GROUPS = {"console_scripts": PROJECT["scripts"], "wsgi_scripts": PROJECT["scripts"]} | PROJECT["entry-points"]

# setup.cfg of panko 10.0.0, and the dispatcher of panko until 3.0.0.
ENTRY_POINTS = {
    "ceilometer.dispatcher.event": ["panko"],
    "ceilometer.event.publisher": ["panko"],
    "console_scripts": ["panko-dbsync", "panko-expirer"],
    "oslo.config.opts": ["panko"],
    "oslo.config.opts.defaults": ["panko"],
    "oslo.policy.policies": ["panko"],
    "panko.storage": ["es", "hbase", "log", "mongodb", "mysql", "postgresql", "sqlite"],
    "wsgi_scripts": ["panko-api"],
}
# What setup.cfg and programs of others named in Python.
NAMES = (
    "panko.api.app:build_wsgi_app",
    "panko.api.app:load_app",
    "panko.cmd.storage:dbsync",
    "panko.cmd.storage:expirer",
    "panko.conf.defaults:set_cors_middleware_defaults",
    "panko.dispatcher.database:DatabaseDispatcher",
    "panko.opts:list_opts",
    "panko.policies:list_policies",
    "panko.publisher.database:DatabasePublisher",
    "panko.service:prepare_service",
    "panko.storage.models:Event",
    "panko.storage.models:Trait",
    "panko.storage:get_connection_from_config",
)
REMOVED = {
    cells[0].strip(" `"): cells[1]
    for line in (ROOT / "docs" / "adopt.md").read_text().partition("## Programs that import panko")[2].splitlines()
    if line.startswith("| `") and (cells := line.strip("|").split("|"))
}


def load(target):
    module, _, name = target.partition(":")
    return getattr(importlib.import_module(module), name)


def exists(target):
    module, _, name = target.partition(":")
    try:
        return hasattr(importlib.import_module(module), name)
    except ModuleNotFoundError:
        return False


@pytest.mark.parametrize(("group", "name"), [(group, name) for group, names in ENTRY_POINTS.items() for name in names])
def test_every_entry_point_and_script_of_the_original_is_kept_or_has_a_successor(group, name):
    if name in GROUPS.get(group, {}):
        assert callable(load(GROUPS[group][name]))
    else:
        assert REMOVED[group]


@pytest.mark.parametrize("target", NAMES)
def test_every_name_that_others_import_is_kept_or_has_a_successor(target):
    assert exists(target) != (target in REMOVED)


def test_successors_that_are_named_exist():
    named = [word for cell in REMOVED.values() for word in cell.split("`")[1::2] if word.startswith("panko.")]
    assert named
    for target in named:
        assert exists(target) if ":" in target else importlib.util.find_spec(target)
