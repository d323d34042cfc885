"""A Panko that is suspended: nothing is written but its status, which goes on telling the truth."""

import copy

import pytest

from fakes.memory_world import MemoryWorld
from panko_operator.controller.reconcile import Pace

API = ("Deployment", "openstack", "panko-api")


@pytest.fixture
def suspended():
    memory = MemoryWorld()
    memory.reconcile()
    memory.edit(suspend=True)
    assert memory.reconcile().pace is Pace.SETTLED
    memory.kube.writes.clear()
    memory.kube.events.clear()
    return memory


def told(memory):
    return {type_: memory.condition(type_)["status"] for type_ in ("Ready", "Reconciling", "Stalled")}


def test_a_suspended_panko_says_so_and_that_it_is_ready(suspended):
    ready = suspended.condition("Ready")
    assert (ready["status"], ready["reason"]) == ("True", "Suspended")
    assert "set it to false to go on" in ready["message"]
    assert told(suspended) == {"Ready": "True", "Reconciling": "False", "Stalled": "False"}
    assert suspended.body["status"]["observedGeneration"] == suspended.body["metadata"]["generation"]


def test_nothing_outside_is_asked_and_nothing_inside_is_written(suspended):
    before = {key: copy.deepcopy(live) for key, live in suspended.kube.objects.items() if key[0] != "Panko"}
    logins = suspended.database.logins, suspended.keystone.logins, len(suspended.event_api.asked)
    suspended.edit(replicas=5, image="panko:12", publishers=[], customServiceConfig="nonsense")
    suspended.kube.objects[API]["spec"]["replicas"] = before[API]["spec"]["replicas"] = 7
    for _ in range(2):
        suspended.reconcile()
    assert {key: live for key, live in suspended.kube.objects.items() if key[0] != "Panko"} == before
    assert (suspended.database.logins, suspended.keystone.logins, len(suspended.event_api.asked)) == logins
    assert {verb for verb, *_ in suspended.kube.writes} == {"status"}
    assert suspended.kube.events == []


def test_a_second_pass_writes_nothing_at_all(suspended):
    suspended.reconcile()
    assert suspended.kube.writes == []


@pytest.mark.parametrize(
    ("key", "condition"),
    [
        (API, "DeploymentReady"),
        (("Deployment", "openstack", "panko-haproxy"), "ExposeServiceReady"),
        (("Service", "openstack", "panko"), "ExposeServiceReady"),
        (("CronJob", "openstack", "panko-expirer"), "CronJobReady"),
    ],
)
def test_what_goes_meanwhile_is_told_and_not_made_again(suspended, key, condition):
    del suspended.kube.objects[key]
    suspended.reconcile()
    assert key not in suspended.kube.objects
    assert suspended.condition(condition)["reason"] == "Suspended"
    assert f"{key[0]} {key[2]} is not there" in suspended.condition("Ready")["message"]
    assert told(suspended) == {"Ready": "False", "Reconciling": "False", "Stalled": "False"}


def test_pods_that_are_not_ready_are_told(suspended):
    suspended.kube.objects[API]["status"]["readyReplicas"] = 1
    suspended.reconcile()
    assert told(suspended)["Ready"] == "False"
    assert suspended.body["status"]["readyReplicas"] == 1


def test_a_panko_that_is_suspended_from_the_start_makes_nothing():
    memory = MemoryWorld()
    memory.edit(suspend=True)
    memory.reconcile()
    assert memory.condition("DBReady")["reason"] == "Suspended"
    assert memory.condition("Ready")["status"] == "False"
    assert {write[0] for write in memory.kube.writes} == {"status"}
    assert "finalizers" not in memory.body["metadata"]


def test_a_suspended_panko_that_is_deleted_goes_with_all_that_it_made(suspended):
    suspended.kube.delete_panko(suspended.body, suspended.time)
    assert suspended.reconcile().pace is Pace.SETTLED
    assert suspended.body is None
    assert (suspended.keystone.users, suspended.keystone.endpoints) == ({}, {})


def test_what_was_edited_meanwhile_is_done_when_it_goes_on(suspended):
    suspended.edit(replicas=5)
    suspended.reconcile()
    suspended.edit(suspend=False)
    assert suspended.reconcile().pace is Pace.SETTLED
    assert suspended.kube.objects[API]["spec"]["replicas"] == 5
    assert suspended.condition("Ready")["reason"] == "Ready"
