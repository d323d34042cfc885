"""The table of kinds: what is made is watched, and what is no longer wanted goes, of whatever kind."""

import logging

import kopf
import pytest

from fakes.memory_world import MemoryWorld
from panko_operator.resource.kinds import KINDS, Watch, find
from panko_operator.watching import Sightings, Triggers, configure, quiet, registry

PRUNED = [kind for kind in KINDS if kind.pruned]


@pytest.fixture
def ready():
    memory = MemoryWorld()
    memory.reconcile()
    return memory


def child(memory, kind, name="panko-former", **metadata):
    """Make an object that looks like a child, and is one unless `metadata` says otherwise."""
    panko = memory.body["metadata"]
    owner = {"apiVersion": "panko.openstack.org/v1beta1", "kind": "Panko", "name": "panko", "uid": panko["uid"]}
    labels = {"app.kubernetes.io/name": "panko", "app.kubernetes.io/instance": "panko"}
    about = {
        "name": name,
        "namespace": panko["namespace"],
        "labels": {**labels, "app.kubernetes.io/managed-by": "panko-operator"},
        "ownerReferences": [{**owner, "controller": True}],
    }
    memory.kube.put({"apiVersion": kind.api_version, "kind": kind.kind, "metadata": about | metadata})


def test_every_kind_of_a_child_is_watched(ready):
    found = {(live["apiVersion"], live["kind"]) for live in ready.kube.objects.values()}
    children = found - {("v1", "Pod")}  # which its Deployment makes
    assert len(children) >= 7
    assert [one for one in children if find(*one) is None or find(*one).watch is Watch.NONE] == []


def test_what_is_watched_and_pruned_may_be_listed_and_deleted():
    for kind in KINDS:
        assert kind.watch is Watch.NONE or {"list", "watch"} <= kind.verbs, kind
        assert not kind.pruned or {"list", "delete"} <= kind.verbs, kind


def test_each_watched_kind_has_a_handler_and_children_are_narrowed_to_ours():
    settings = kopf.OperatorSettings()
    configure(settings, clusterwide=True)
    assert {(one.group, one.version, one.any_name) for one in settings.watching.label_selectors} == {
        (kind.group, kind.version, kind.plural) for kind in KINDS if kind.watch is Watch.OURS
    }
    triggers = Triggers(None, store=None, sightings=Sightings(), told=None, secrets_of=None)
    table = registry(triggers, liveness=None)
    handled = {(one.selector.group, one.selector.any_name, one.fn.__name__) for one in table._watching._handlers}
    assert {(group, plural) for group, plural, _ in handled} == {
        (kind.group, kind.plural) for kind in KINDS if kind.watch is not Watch.NONE
    }
    assert ("panko.openstack.org", "pankos", Triggers.panko.__name__) in handled
    assert ("", "secrets", Triggers.secret.__name__) in handled


@pytest.mark.parametrize("kind", PRUNED, ids=lambda kind: kind.kind)
def test_a_child_that_a_complete_pass_did_not_want_goes(ready, kind):
    child(ready, kind)
    ready.reconcile()
    assert "panko-former" not in ready.kube.names(kind.kind)


@pytest.mark.parametrize("kind", PRUNED, ids=lambda kind: kind.kind)
@pytest.mark.parametrize(
    "metadata", [{"ownerReferences": []}, {"labels": {}}], ids=["of nobody", "without the operator's labels"]
)
def test_what_only_looks_like_a_child_stays(ready, kind, metadata):
    child(ready, kind, **metadata)
    ready.reconcile()
    assert "panko-former" in ready.kube.names(kind.kind)


@pytest.mark.parametrize("kind", PRUNED, ids=lambda kind: kind.kind)
def test_nothing_goes_before_every_step_is_done(ready, kind):
    child(ready, kind)
    ready.keystone.outage = True
    ready.reconcile()
    assert "panko-former" in ready.kube.names(kind.kind)


def test_jobs_are_the_schema_steps_own_business(ready):
    child(ready, find("batch/v1", "Job"))
    ready.reconcile()
    assert "panko-former" in ready.kube.names("Job")


OPTIONAL = [kind for kind in KINDS if kind.optional]


@pytest.mark.parametrize("kind", OPTIONAL, ids=lambda kind: kind.kind)
def test_a_cluster_need_not_have_an_optional_kind(kind):
    memory = MemoryWorld()
    memory.kube.absent = {kind.kind}
    memory.reconcile()
    assert memory.condition("Ready")["status"] == "True"


def complaint(*kinds):
    """Return what kopf says of kinds that it does not find."""
    names = ", ".join(f"Selector(group={one[0]!r}, version={one[1]!r}, any_name={one[2]!r})" for one in kinds)
    text = f"Unresolved resources cannot be served (try creating their CRDs): {names}"
    return logging.LogRecord("kopf", logging.WARNING, "", 0, text, (), None)


def test_nobody_is_told_of_optional_kinds_that_are_not_there():
    missing = [(kind.group, kind.version, kind.plural) for kind in OPTIONAL]
    assert not quiet.is_wanted(complaint(*missing))
    assert quiet.is_wanted(complaint(*missing, ("panko.openstack.org", "v1beta1", "pankos")))
    assert quiet.is_wanted(logging.LogRecord("x", logging.INFO, "", 0, "anything %s", ("else",), None))
