"""A plan is what the passes then do: no write that it does not name, and nothing named that is not done."""

import copy
from fnmatch import fnmatchcase

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakes.edits import CHANGE, walked
from fakes.memory_world import SPEC
from fakes.mortal import Scenario, create
from panko_operator.resource import PLAN_ANNOTATION, ROTATE_ANNOTATION

WITH_APPLICATION = {"keystone": {**SPEC["keystone"], "serviceAuth": "ApplicationCredential"}}
PROPERTY = settings(max_examples=8, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def outside(memory):
    """Return what there is in Keystone and the database, by what a plan calls it."""
    found = {f"{kind} {name}": thing for (kind, name), thing in memory.keystone.things().items()}
    found |= {f"DatabaseAccount {name}": (login, memory.database.roles.get(name)) for name, login in accounts(memory)}
    return copy.deepcopy(found | {f"Database {name}": name for name in memory.database.databases})


def accounts(memory):
    return [(name, login) for name, login in memory.database.accounts.items() if name != "root"]


def planned(memory):
    """Have a plan made, and take the annotation away again; return the plan."""
    annotations = memory.body["metadata"].setdefault("annotations", {})
    annotations[PLAN_ANNOTATION] = "true"
    memory.reconcile()
    del annotations[PLAN_ANNOTATION]
    assert memory.body["status"]["planned"]["changes"] == len(memory.body["status"]["plan"])
    return memory.body["status"]["plan"]


def done(walk, memory):
    """Let passes do their work; return what they wrote, by what a plan calls it."""
    before = outside(memory)
    memory.kube.writes.clear()
    walk.finish(memory)
    after = outside(memory)
    changed = {name for name in {**before, **after} if before.get(name) != after.get(name)}
    return changed | {f"{kind} {name}" for _, kind, _, name in memory.kube.writes if kind != "Panko"}


def check(walk, memory):
    plan = planned(memory)
    named, certain = {one["object"] for one in plan}, {one["object"] for one in plan if "message" not in one}
    written = done(walk, memory)
    unnamed = {name for name in written if not any(fnmatchcase(name, pattern) for pattern in named)}
    undone = {pattern for pattern in certain if not any(fnmatchcase(name, pattern) for name in written)}
    assert (unnamed, undone) == (set(), set())
    assert planned(memory) == []


def test_a_first_installation_makes_what_was_planned():
    walk = Scenario(create)
    check(walk, walk.begin())


@PROPERTY
@given(st.lists(st.lists(CHANGE, min_size=1, max_size=3), min_size=1, max_size=3))
def test_a_change_does_what_was_planned(steps):
    walk = Scenario(create)
    memory, spec = walk.begin(), {**SPEC, "publishers": []}
    walk.finish(memory)
    for _spec in walked(memory, spec, steps):
        check(walk, memory)


def ask_for_rotation(memory):
    memory.body["metadata"].setdefault("annotations", {})[ROTATE_ANNOTATION] = "all"


@pytest.mark.parametrize("spec", [{}, WITH_APPLICATION], ids=["password", "application credential"])
def test_a_rotation_does_what_was_planned(spec):
    walk = Scenario(ask_for_rotation, {"rotation": {"retainPrevious": "10s"}, **spec})
    check(walk, walk.begin())


def lose(memory):
    for kind, name in (("Service", "panko"), ("Secret", "panko-db-api"), ("Deployment", "panko-haproxy")):
        del memory.kube.objects[kind, memory.namespace, name]
    memory.kube.objects["Deployment", memory.namespace, "panko-api"]["spec"]["replicas"] = 9
    memory.keystone.service = None
    memory.keystone.clouds["http://keystone:5000/v3"].endpoints.clear()


def test_drift_is_put_right_as_was_planned():
    walk = Scenario(lose, {"rotation": {"retainPrevious": "10s"}})
    check(walk, walk.begin())
