"""What somebody else changes is put right, told and counted; what is fought over is left alone for a while."""

import pytest

from fakes.memory_world import MemoryWorld
from panko_operator.controller.reconcile import Pace
from panko_operator.corrections import Correction
from panko_operator.errors import KubernetesError
from panko_operator.resource import RECONCILE_ANNOTATION

API = ("Deployment", "openstack", "panko-api")
SERVICE = ("Service", "openstack", "panko")


@pytest.fixture
def ready():
    memory = MemoryWorld()
    assert memory.reconcile().pace is Pace.SETTLED
    memory.kube.events.clear()
    return memory


def scale(memory, replicas=7):
    memory.kube.objects[API]["spec"]["replicas"] = replicas


def drift(memory):
    return [(one["object"], one.get("field")) for one in memory.body["status"].get("drift", [])]


def told(memory):
    return [message for _, reason, message in memory.kube.events if reason == "DriftCorrected"]


def test_a_first_set_up_and_another_spec_are_no_drift():
    memory = MemoryWorld()
    memory.reconcile()
    memory.edit(replicas=3, publishers=[])
    result = memory.reconcile()
    assert (drift(memory), told(memory), result.corrected) == ([], [], ())
    assert "drift" not in memory.body["status"]


def test_a_set_up_that_took_many_passes_is_no_drift():
    memory = MemoryWorld()
    memory.kube.auto = False
    for _ in range(5):
        memory.reconcile()
        for live in list(memory.kube.objects.values()):
            memory.kube.come_up(live)
    assert memory.condition("Ready")["status"] == "True"
    assert drift(memory) == []


def test_a_changed_child_is_put_right_and_told(ready):
    scale(ready)
    result = ready.reconcile()
    assert ready.kube.objects[API]["spec"]["replicas"] == 2
    assert ready.body["status"]["drift"] == [
        {"time": "2030-01-01T00:00:00Z", "object": "Deployment panko-api", "field": "spec.replicas"}
    ]
    assert told(ready) == ["spec.replicas of Deployment panko-api had been changed; it is as wanted again."]
    assert [one.kind for one in result.corrected] == ["Deployment"]


def test_whoever_changed_a_child_is_named(ready):
    scale(ready)
    fields = {"f:spec": {"f:replicas": {}}}
    ready.kube.objects[API]["metadata"]["managedFields"] = [{"manager": "kubectl-scale", "fieldsV1": fields}]
    ready.reconcile()
    assert told(ready) == [
        "spec.replicas of Deployment panko-api had been changed by kubectl-scale; it is as wanted again."
    ]


def test_a_deleted_child_is_told_as_gone(ready):
    del ready.kube.objects[SERVICE]
    ready.reconcile()
    assert drift(ready) == [("Service panko", None)]
    assert told(ready) == ["Service panko was gone; it is there again."]


def test_a_settled_pass_tells_nothing_again(ready):
    scale(ready)
    ready.reconcile()
    ready.kube.writes.clear()
    ready.reconcile()
    assert (len(drift(ready)), len(told(ready)), ready.kube.writes) == (1, 1, [])


def outside(memory):
    (name,) = [name for name, role in memory.database.roles.items() if role == "api"]
    return name


@pytest.mark.parametrize("field", [None, "grants", "password"])
def test_drift_of_a_database_account_is_told(ready, field):
    name = outside(ready)
    match field:
        case None:
            del ready.database.accounts[name]
        case "grants":
            ready.database.roles[name] = "nothing"
        case _:
            ready.database.accounts[name] = "somebody's"
    ready.reconcile()
    assert drift(ready) == [(f"DatabaseAccount {name}", field)]


def test_drift_of_endpoints_and_service_is_told_and_ids_stay(ready):
    cloud = next(iter(ready.keystone.clouds.values()))
    before = {one.interface: one.id for one in cloud.endpoints}
    cloud.endpoints = [type(one)(one.interface, "http://elsewhere", one.id) for one in cloud.endpoints[:1]]
    ready.keystone.service = None
    ready.reconcile()
    assert sorted(drift(ready), key=str) == [
        ("KeystoneEndpoint admin", None),
        ("KeystoneEndpoint internal", None),
        ("KeystoneEndpoint public", "url"),
        ("KeystoneService panko", None),
    ]
    assert {one.interface: one.id for one in cloud.endpoints}["public"] == before["public"]


def test_a_user_that_lost_its_roles_is_told(ready):
    cloud = next(iter(ready.keystone.clouds.values()))
    ((name, (id_, user)),) = cloud.users.items()
    fields = {field: getattr(user, field) for field in user.__slots__}
    cloud.users[name] = (id_, type(user)(**{**fields, "roles": ()}))
    ready.reconcile()
    assert drift(ready) == [(f"KeystoneUser {name}", "roles")]


def test_a_password_that_somebody_changes_for_us_is_no_drift(ready):
    ready.edit(publishers=[{"name": "mq", "passwordSecretRef": {"name": "mq", "key": "password"}}])
    ready.kube.put_secret("openstack", "mq", password="given")
    ready.reconcile()
    ready.kube.put_secret("openstack", "mq", password="another")
    ready.reconcile()
    assert drift(ready) == []


def test_drift_in_an_outage_is_told_as_well(ready):
    ready.keystone.outage = True
    del ready.kube.objects[SERVICE]
    ready.reconcile()
    assert drift(ready) == [("Service panko", None)]


def test_another_release_of_the_operator_finds_no_drift(ready):
    del ready.kube.objects[SERVICE]  # as one that the release before did not make
    ready.body["status"]["settled"]["release"] = "10.9.9"
    ready.reconcile()
    assert SERVICE in ready.kube.objects
    assert drift(ready) == []


def test_the_status_keeps_the_newest_twenty(ready):
    for _ in range(25):
        ready.wait(minutes=5)
        scale(ready)
        ready.reconcile()
    times = [one["time"] for one in ready.body["status"]["drift"]]
    assert len(times) == 20
    assert times == sorted(times, reverse=True)
    assert ready.condition("Ready")["status"] == "True"


# Fights


@pytest.fixture
def fought(ready):
    """A Panko whose Deployment was scaled four times within ten minutes by somebody else."""
    for _ in range(4):
        ready.wait(minutes=1)
        scale(ready)
        last = ready.reconcile().pace
    assert last is Pace.FAILED
    return ready


def test_what_is_fought_over_is_left_alone_and_named(fought):
    condition = fought.condition("DeploymentReady")
    assert (condition["status"], condition["reason"]) == ("False", "OwnershipConflict")
    assert condition["message"].startswith("Somebody else goes on changing spec.replicas of Deployment panko-api, ")
    assert fought.condition("Stalled")["status"] == "True"
    assert fought.kube.objects[API]["spec"]["replicas"] == 7
    fought.kube.writes.clear()
    for _ in range(3):
        fought.wait(minutes=2)
        fought.reconcile()
    assert fought.kube.writes == []


def test_other_children_are_put_right_meanwhile(fought):
    del fought.kube.objects[SERVICE]
    fought.reconcile()
    assert SERVICE in fought.kube.objects


def test_what_is_as_wanted_again_is_fought_over_no_longer(fought):
    scale(fought, 2)
    assert fought.reconcile().pace is Pace.SETTLED


def test_it_is_tried_again_after_ten_quiet_minutes(fought):
    fought.wait(minutes=10)
    assert fought.reconcile().pace is Pace.SETTLED
    assert fought.kube.objects[API]["spec"]["replicas"] == 2


@pytest.mark.parametrize("how", ["spec", "annotation"])
def test_it_is_tried_again_when_somebody_asks(fought, how):
    if how == "spec":
        fought.edit(customServiceConfig="")
    else:
        fought.body["metadata"]["annotations"] = {RECONCILE_ANNOTATION: "now"}
    assert fought.reconcile().pace is Pace.SETTLED
    assert fought.kube.objects[API]["spec"]["replicas"] == 2
    scale(fought)
    fought.wait(seconds=1)
    assert fought.reconcile().pace is Pace.SETTLED  # counted from then on


def test_three_times_in_ten_minutes_are_no_fight(ready):
    for _ in range(12):
        ready.wait(minutes=4)
        scale(ready)
        assert ready.reconcile().pace is Pace.SETTLED


def test_what_cannot_be_put_right_is_no_fight(ready):
    apply = ready.kube.apply

    def failing(manifest, *, correcting):
        if manifest["kind"] == "Deployment":
            correcting(Correction("Deployment", "panko-api", "spec.replicas"))
            raise KubernetesError("The API server refuses it.")
        return apply(manifest, correcting=correcting)

    ready.kube.apply = failing
    for _ in range(5):
        ready.reconcile()
    assert ready.condition("DeploymentReady")["reason"] == "KubernetesError"
    assert drift(ready) == []


def test_an_account_that_is_fought_over_is_not_touched(ready):
    name = outside(ready)
    for _ in range(4):
        ready.database.accounts[name] = "somebody's"
        ready.reconcile()
    assert ready.condition("DBReady")["reason"] == "OwnershipConflict"
    assert ready.database.accounts[name] == "somebody's"
    assert f"password of DatabaseAccount {name}" in ready.condition("DBReady")["message"]
