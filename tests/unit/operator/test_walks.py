"""Whatever way a spec came about, what is there in the end is what a fresh Panko with that spec has."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakes.edits import BROKEN, CHANGE, FIELDS, SCHEMA, WORDS, change, edit, walked
from fakes.memory_world import SPEC
from fakes.mortal import Scenario, create
from fakes.picture import picture
from panko_operator.memory import Memory

STUMBLES = 3  # passes over a spec with which none comes to an end
CONFIGURATIONS = {"Secret", "ConfigMap"}


def without_history(memory):
    """Leave out the configurations of before, of which a few are kept for a way back."""
    used = json.dumps([live for (kind, *_), live in memory.kube.objects.items() if kind == "Deployment"])
    for kind, namespace, name in list(memory.kube.objects):
        if name.startswith(("panko-config-", "panko-haproxy-")) and kind in CONFIGURATIONS and name not in used:
            del memory.kube.objects[kind, namespace, name]
    return memory


def stumble(memory, spec):
    """Let a process do some passes over a spec that somebody got wrong, and die."""
    edit(memory, spec)
    operator = Memory(memory.world)
    for _ in range(STUMBLES):
        operator.reconcile(operator.read("openstack", "panko"))
        memory.wait(seconds=10)


STEP = st.tuples(st.lists(CHANGE, min_size=1, max_size=3), st.none() | st.sampled_from(sorted(BROKEN)))


@settings(max_examples=30, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STEP, min_size=1, max_size=4))
def test_any_order_of_changes_ends_like_a_fresh_install_of_the_last_spec(steps):
    walk = Scenario(create)
    memory, spec = walk.begin(), {**SPEC, "publishers": []}
    walk.finish(memory)
    for changes, broken in steps:
        if broken is not None:
            stumble(memory, change(spec, broken, BROKEN[broken]))
        (spec,) = walked(memory, spec, [changes])
        walk.finish(memory)
    fresh, _ = Scenario(create, spec).undisturbed()
    assert picture(without_history(memory), status=False) == picture(fresh, status=False)


def test_most_parts_of_the_spec_are_walked():
    parts = {path[0] for path in FIELDS}
    assert set(WORDS) <= set(FIELDS)
    assert set(SCHEMA["properties"]["spec"]["properties"]) - parts <= {"tls", "suspend", "collector"}
    assert {path[0] for path in BROKEN} >= {"tls", "suspend"}
