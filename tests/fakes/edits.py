"""Changes of a spec that are drawn from the CRD: every field that may change and that has a boolean, an enum or a
bounded number, and those whose texts, lists and objects have a meaning. GONE takes a field out.

`BROKEN` are values that the CRD takes and with which no pass comes to an end.
"""

from hypothesis import strategies as st

from fakes import crd
from fakes.memory_world import SPEC

SCHEMA = crd.schema()
FIXED = {"engine", "name", "region"}  # the CRD lets nobody change them
# Another account's and another place's: what is left of before is another test's.
ELSEWHERE = {"adopt", "suspend"}
GONE = None
WORDS = {
    ("image",): ["panko:12", "panko:13"],
    ("customServiceConfig",): ["", "[DEFAULT]\ndebug = true\n"],
    ("keystone", "serviceUser"): ["another", "third"],
    ("keystone", "authURL"): ["http://keystone:5000/v3", "http://other:5000/v3"],
    ("database", "host"): ["mariadb", "other"],
    ("retention", "timeToLive"): ["0", "90d", "30d"],
    ("retention", "schedule"): ["@daily", "7 3 * * *"],
    ("imagePullPolicy",): [GONE, "Always"],
    ("imagePullSecrets",): [GONE, [{"name": "registry"}]],
    ("api", "resources"): [GONE, {"requests": {"cpu": "1", "memory": "1Gi"}}, {"requests": {"cpu": "500m"}}],
    ("api", "nodeSelector"): [GONE, {"kubernetes.io/os": "linux"}],
    ("api", "tolerations"): [GONE, [{"key": "control-plane", "operator": "Exists"}]],
    ("api", "topologySpreadConstraints"): [
        GONE,
        [{"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway"}],
    ],
    ("api", "priorityClassName"): [GONE, "high"],
    ("api", "podAnnotations"): [GONE, {"example.org/a": "b"}, {"example.org/c": "d"}],
    ("api", "podLabels"): [GONE, {"team": "telemetry"}],
    ("database", "port"): [GONE, 3307],
    ("keystone", "serviceProject"): ["service", "events"],
    ("keystone", "roles"): [["service"], ["service", "member"]],
    ("keystone", "endpoints"): [GONE, {"public": "https://events.example.org"}, {"admin": "http://admin.example.org"}],
    ("memcached", "servers"): [[], ["memcached:11211"], ["a:11211", "b:11211"]],
    ("haproxy", "image"): [GONE, "haproxy:4"],
    ("haproxy", "resources"): [GONE, {"limits": {"memory": "256Mi"}}],
    ("service", "annotations"): [GONE, {"example.org/pool": "a"}],
    ("ingress",): [GONE, {"host": "events.example.org"}, {"host": "b.example.org", "className": "nginx"}],
    ("gateway",): [GONE, {"parentRefs": [{"name": "gateway"}], "hostnames": ["events.example.org"]}],
    ("publishers",): [[], [{"name": "ceilometer"}], [{"name": "ceilometer"}, {"name": "audit"}]],
    ("policy",): ["", '"telemetry:events:index": "role:reader"\n'],
    ("autoscaling",): [GONE, {"maxReplicas": 5}, {"minReplicas": 3, "maxReplicas": 9}],
    ("podDisruptionBudget", "maxUnavailable"): [1, "25%"],
    ("networkPolicy", "allowFrom"): [[], [{"ipBlock": {"cidr": "10.0.0.0/8"}}]],
    ("networkPolicy", "allowTo"): [[], [{"to": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}]],
    ("monitoring", "labels"): [GONE, {"release": "prometheus"}],
    ("rotation", "retainPrevious"): ["10s", "1m"],
}
BROKEN = {
    ("customServiceConfig",): "no ini at all",
    ("policy",): "- a list",
    ("database", "adminSecretRef"): {"name": "not-there"},
    ("keystone", "adminSecretRef"): {"name": "not-there"},
    ("memcached", "tls"): {"caSecretRef": {"name": "not-there"}},
    ("tls",): {"secretName": "not-there"},
    ("suspend",): True,
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
    """Return the spec with one field changed, or without it."""
    name, *rest = path
    if rest:
        return {**spec, name: change(spec.get(name, {}), rest, value)}
    others = {key: kept for key, kept in spec.items() if key != name}
    return others if value is GONE else {**others, name: value}


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
