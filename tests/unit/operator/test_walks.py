"""Whatever way a spec came about, what is there in the end is what a fresh Panko with that spec has.

The changes are drawn from the CRD: every field that may change and that has a boolean, an enum or a bounded number, and
a few whose texts have a meaning.
"""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakes import crd
from fakes.memory_world import SPEC
from fakes.mortal import Scenario, create
from fakes.picture import picture

SCHEMA = crd.schema()
FIXED = {"engine", "name", "region"}  # the CRD lets nobody change them
# Another account's and another place's: what is left of before is another test's.
ELSEWHERE = {"adopt", "suspend"}
CONFIGURATIONS = {"Secret", "ConfigMap"}
WORDS = {
    ("image",): ["panko:12", "panko:13"],
    ("customServiceConfig",): ["", "[DEFAULT]\ndebug = true\n"],
    ("keystone", "serviceUser"): ["another", "third"],
    ("keystone", "authURL"): ["http://keystone:5000/v3", "http://other:5000/v3"],
    ("database", "host"): ["mariadb", "other"],
    ("retention", "timeToLive"): ["0", "90d", "30d"],
}


def changeable(node, path=()):
    """Yield the paths of fields with a few values each, with the values."""
    for name, child in node.get("properties", {}).items():
        where = (*path, name)
        if name in FIXED | ELSEWHERE or "SecretRef" in name:
            continue
        if where in WORDS:
            yield where, st.sampled_from(WORDS[where])
        elif child.get("type") == "boolean" and "default" in child:
            yield where, st.booleans()
        elif "enum" in child and "default" in child:
            yield where, st.sampled_from(child["enum"])
        elif child.get("type") == "integer" and "default" in child:
            least = child.get("minimum", 0)
            yield where, st.integers(least, min(child.get("maximum", least + 4), least + 4))
        elif "default" in child or (not path and name in SPEC):
            yield from changeable(child, where)


FIELDS = dict(changeable(SCHEMA["properties"]["spec"]))
CHANGE = st.sampled_from(sorted(FIELDS)).flatmap(lambda path: st.tuples(st.just(path), FIELDS[path]))


def change(spec, path, value):
    """Return the spec with one field changed."""
    name, *rest = path
    return {**spec, name: change(spec.get(name, {}), rest, value) if rest else value}


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
    for step in steps:
        for path, value in step:
            spec = change(spec, path, value)
        memory.body["spec"] = crd.defaulted({"spec": spec}, SCHEMA)["spec"]
        memory.body["metadata"]["generation"] += 1
        walk.finish(memory)
    fresh, _ = Scenario(create, spec).undisturbed()
    assert picture(without_history(memory), status=False) == picture(fresh, status=False)


def test_most_parts_of_the_spec_are_walked():
    assert {path[0] for path in FIELDS} > {"api", "haproxy", "keystone", "database", "retention", "replicas"}
