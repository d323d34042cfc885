"""Changes of a spec that are drawn from the CRD: every field that may change and that has a boolean, an enum or a
bounded number, and a few whose texts have a meaning.
"""

from hypothesis import strategies as st

from fakes import crd
from fakes.memory_world import SPEC

SCHEMA = crd.schema()
FIXED = {"engine", "name", "region"}  # the CRD lets nobody change them
# Another account's and another place's: what is left of before is another test's.
ELSEWHERE = {"adopt", "suspend"}
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


def edit(memory, spec):
    """Give the stored Panko another spec, as `kubectl apply` does."""
    memory.body["spec"] = crd.defaulted({"spec": spec}, SCHEMA)["spec"]
    memory.body["metadata"]["generation"] += 1


def walked(memory, spec, steps):
    """Give the stored Panko one spec after the other, each with some fields changed; yield what it is each time."""
    for step in steps:
        for path, value in step:
            spec = change(spec, path, value)
        edit(memory, spec)
        yield spec
