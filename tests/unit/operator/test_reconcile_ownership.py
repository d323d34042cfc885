"""Whose it is: what has the name of a child and is not this Panko's is left alone and named."""

import copy

import pytest

from fakes.memory_world import SPEC, MemoryWorld
from panko_operator.resource.ownership import ADOPT_ANNOTATION, controller_uid

# A publisher's line has a salt of its own, and so the configuration a name that nobody can foresee.
BARE = {**SPEC, "publishers": []}


def settled(spec=BARE):
    memory = MemoryWorld(spec)
    memory.reconcile()
    assert memory.condition("Ready")["status"] == "True"
    return memory


def children(memory):
    return {key: live for key, live in memory.kube.objects.items() if controller_uid(live) == "1-2-3"}


PUBLISHER = ("Secret", "openstack", "panko-publisher-ceilometer")
CHILDREN = [*sorted(children(settled())), PUBLISHER]
ANOTHER = {
    "apiVersion": "panko.openstack.org/v1beta1",
    "kind": "Panko",
    "name": "other",
    "uid": "9",
    "controller": True,
}


def squatted(key, *, owners, content=None):
    """Return a world in which somebody else made the object first, with the very labels that a child has."""
    spec = SPEC if key == PUBLISHER else BARE
    theirs = copy.deepcopy(children(settled(spec))[key])
    theirs["metadata"] = {**theirs["metadata"], "uid": "theirs", "ownerReferences": owners}
    theirs.update(content or {})
    memory = MemoryWorld(spec)
    memory.kube.put(theirs)
    return memory, copy.deepcopy(memory.kube.objects[key])


@pytest.mark.parametrize("owners", [[], [ANOTHER]], ids=["nobody's", "another Panko's"])
@pytest.mark.parametrize("key", CHILDREN, ids=lambda key: f"{key[0]} {key[2]}")
def test_what_is_not_ours_is_neither_written_nor_deleted_nor_used(key, owners):
    memory, theirs = squatted(key, owners=owners)
    for _ in range(3):
        memory.reconcile()
    assert memory.kube.objects[key] == theirs
    ready = memory.condition("Ready")
    assert (ready["status"], ready["reason"]) == ("False", "ChildNotOurs")
    assert f"{key[0]} {key[2]} exists and does not belong to this Panko" in ready["message"]
    assert memory.condition("Stalled")["status"] == "True"


@pytest.mark.parametrize("key", CHILDREN, ids=lambda key: f"{key[0]} {key[2]}")
def test_a_deletion_leaves_what_is_not_ours(key):
    memory, theirs = squatted(key, owners=[])
    memory.reconcile()
    memory.kube.delete_panko(memory.body, memory.time)
    memory.wait(minutes=3)
    memory.reconcile()
    assert memory.body is None
    assert memory.kube.objects[key] == theirs


@pytest.mark.parametrize("key", CHILDREN, ids=lambda key: f"{key[0]} {key[2]}")
def test_what_is_given_by_annotation_is_taken(key):
    memory, _ = squatted(key, owners=[])
    memory.kube.objects[key]["metadata"].setdefault("annotations", {})[ADOPT_ANNOTATION] = "true"
    memory.reconcile()
    assert memory.condition("Ready")["status"] == "True"


@pytest.mark.parametrize("key", CHILDREN, ids=lambda key: f"{key[0]} {key[2]}")
def test_an_annotation_takes_nothing_from_another_controller(key):
    memory, _ = squatted(key, owners=[ANOTHER])
    memory.kube.objects[key]["metadata"].setdefault("annotations", {})[ADOPT_ANNOTATION] = "true"
    memory.reconcile()
    assert memory.condition("Ready")["reason"] == "ChildNotOurs"


OWNER = [{**ANOTHER, "name": "panko", "uid": "1-2-3"}]


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("ConfigMap", {"data": {"haproxy.cfg": "listen everything"}}),
        ("Job", {"spec": {"template": {"spec": {"containers": [{"name": "dbsync", "image": "evil"}]}}}}),
        ("Secret", {"data": {"panko.conf": "ZXZpbA=="}}),
    ],
)
def test_one_that_says_to_be_ours_and_holds_something_else_is_not_used(kind, content):
    key = next(
        key for key, live in children(settled()).items() if key[0] == kind and (live.get("immutable") or kind == "Job")
    )
    memory, theirs = squatted(key, owners=OWNER, content=content)
    memory.reconcile()
    assert memory.kube.objects[key] == theirs
    ready = memory.condition("Ready")
    assert ready["reason"] == "ChildNotOurs"
    assert f"{kind} {key[2]} exists and does not hold what the operator writes there" in ready["message"]


@pytest.mark.parametrize(
    ("kind", "name", "spec"),
    [
        ("PodDisruptionBudget", "panko-api", {"replicas": 1}),
        ("PodDisruptionBudget", "panko-haproxy", {"haproxy": {"enabled": False}}),
        ("Deployment", "panko-haproxy", {"haproxy": {"enabled": False}}),
        ("CronJob", "panko-expirer", {"retention": {"timeToLive": "0", "acknowledgeUnbounded": True}}),
    ],
)
def test_what_is_not_wanted_is_deleted_only_where_it_is_ours(kind, name, spec):
    memory, theirs = squatted((kind, "openstack", name), owners=[])
    memory.edit(
        **{
            field: {**memory.body["spec"].get(field, {}), **value} if isinstance(value, dict) else value
            for field, value in spec.items()
        }
    )
    memory.reconcile()
    assert memory.kube.objects[kind, "openstack", name] == theirs
    ours = settled()
    ours.edit(
        **{
            field: {**ours.body["spec"].get(field, {}), **value} if isinstance(value, dict) else value
            for field, value in spec.items()
        }
    )
    ours.reconcile()
    assert (kind, "openstack", name) not in ours.kube.objects


@pytest.mark.parametrize(
    ("kind", "component", "name"),
    [
        ("Secret", "config", "a"),
        ("ConfigMap", "haproxy", "b"),
        ("Secret", "credentials", "panko-publisher-x"),
        ("Job", "dbsync", "c"),
    ],
)
def test_labels_are_no_reason_to_prune(kind, component, name):
    memory = settled({**SPEC, "replicas": 2})
    api_version = {"Job": "batch/v1"}.get(kind, "v1")
    labels = {
        "app.kubernetes.io/name": "panko",
        "app.kubernetes.io/instance": "panko",
        "app.kubernetes.io/component": component,
    }
    metadata = {"name": name, "namespace": "openstack", "labels": labels}
    memory.kube.put({"apiVersion": api_version, "kind": kind, "metadata": metadata})
    memory.reconcile()
    assert (kind, "openstack", name) in memory.kube.objects
