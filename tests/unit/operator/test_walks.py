"""Whatever way a spec came about, what is there in the end is what a fresh Panko with that spec has."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakes.edits import CHANGE, FIELDS, walked
from fakes.memory_world import SPEC
from fakes.mortal import Scenario, create
from fakes.picture import picture

CONFIGURATIONS = {"Secret", "ConfigMap"}


def without_history(memory):
    """Leave out the configurations of before, of which a few are kept for a way back."""
    used = json.dumps([live for (kind, *_), live in memory.kube.objects.items() if kind == "Deployment"])
    for kind, namespace, name in list(memory.kube.objects):
        if name.startswith(("panko-config-", "panko-haproxy-")) and kind in CONFIGURATIONS and name not in used:
            del memory.kube.objects[kind, namespace, name]
    return memory


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(CHANGE, min_size=1, max_size=3), min_size=1, max_size=4))
def test_any_order_of_changes_ends_like_a_fresh_install_of_the_last_spec(steps):
    walk = Scenario(create)
    memory, spec = walk.begin(), {**SPEC, "publishers": []}
    walk.finish(memory)
    for newest in walked(memory, spec, steps):  # noqa: B007 -- the last one is compared
        walk.finish(memory)
    fresh, _ = Scenario(create, newest).undisturbed()
    assert picture(without_history(memory), status=False) == picture(fresh, status=False)


def test_most_parts_of_the_spec_are_walked():
    assert {path[0] for path in FIELDS} > {"api", "haproxy", "keystone", "database", "retention", "replicas"}
