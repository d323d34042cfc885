"""What is down holds up only what needs it: what runs is kept running, and nothing is deployed too early."""

import copy

import pytest

from fakes.memory_world import MemoryWorld
from panko_operator.controller import reconcile
from panko_operator.controller.order import STEPS
from panko_operator.controller.reconcile import Pace
from panko_operator.passes.facts import Inputs, Schema
from panko_operator.passes.step import Outcome, Step, done

API = ("Deployment", "openstack", "panko-api")
HAPROXY = ("Deployment", "openstack", "panko-haproxy")
SERVICE = ("Service", "openstack", "panko")
CRON_JOB = ("CronJob", "openstack", "panko-expirer")


@pytest.fixture
def ready():
    memory = MemoryWorld()
    assert memory.reconcile().pace is Pace.SETTLED
    memory.kube.writes.clear()
    return memory


def keystone_down(memory):
    memory.keystone.outage = True


def database_down(memory):
    memory.database.outage = True


def secret_gone(memory):
    del memory.kube.objects["Secret", "openstack", "keystone-admin"]


def text_broken(memory):
    memory.edit(customServiceConfig="nonsense")


DOWN = {
    keystone_down: "KeystoneServiceReady",
    database_down: "DBReady",
    secret_gone: "InputReady",
    text_broken: "InputReady",
}
down = pytest.mark.parametrize("broken", DOWN, ids=lambda broken: broken.__name__)


def replicas(memory):
    return memory.kube.objects[API]["spec"]["replicas"]


def template(memory):
    return copy.deepcopy(memory.kube.objects[API]["spec"]["template"])


@down
@pytest.mark.parametrize("child", [API, HAPROXY, SERVICE, CRON_JOB], ids=lambda child: child[2])
def test_a_deleted_child_comes_back_whatever_is_down(ready, broken, child):
    before = ready.kube.objects[child]["spec"]
    broken(ready)
    del ready.kube.objects[child]
    assert ready.reconcile().pace is Pace.FAILED
    assert ready.kube.objects[child]["spec"] == before
    assert ready.condition("Ready")["reason"] == ready.condition(DOWN[broken])["reason"]


@down
def test_the_number_of_pods_follows_the_spec_whatever_is_down(ready, broken):
    before = template(ready)
    broken(ready)
    ready.edit(replicas=3)
    ready.reconcile()
    assert (replicas(ready), template(ready)) == (3, before)


@down
def test_pods_keep_their_template_until_all_that_it_needs_is_there(ready, broken):
    before = template(ready)
    broken(ready)
    ready.edit(api={**ready.body["spec"]["api"], "workers": 5}, image="panko:12")
    for _ in range(2):
        ready.reconcile()
    assert template(ready) == before


@down
def test_an_outage_writes_nothing_to_what_is_as_it_was(ready, broken):
    broken(ready)
    for _ in range(3):
        ready.reconcile()
    assert {write[0] for write in ready.kube.writes} == {"status"}
    assert len(ready.kube.writes) == 1


@down
def test_nothing_is_pruned_published_or_removed_in_an_outage(ready, broken):
    children, endpoints, users = set(ready.kube.objects), ready.keystone.endpoints, set(ready.keystone.users)
    broken(ready)
    children.intersection_update(ready.kube.objects)
    keystone = {**ready.body["spec"]["keystone"], "serviceUser": "other"}
    ready.edit(publishers=[], haproxy={**ready.body["spec"]["haproxy"], "enabled": False}, keystone=keystone)
    ready.reconcile()
    assert children <= set(ready.kube.objects)
    assert ready.keystone.endpoints == endpoints
    assert users <= set(ready.keystone.users)


@down
def test_what_was_held_up_is_done_when_all_is_there_again(ready, broken):
    kept = copy.deepcopy(ready.kube.objects["Secret", "openstack", "keystone-admin"])
    broken(ready)
    ready.edit(replicas=3, image="panko:12")
    ready.reconcile()
    ready.keystone.outage = ready.database.outage = False
    ready.kube.put(kept)
    ready.edit(customServiceConfig="")
    assert ready.reconcile().pace is Pace.SETTLED
    (container,) = template(ready)["spec"]["containers"]
    assert (replicas(ready), container["image"]) == (3, "panko:12")


@down
def test_a_first_pass_deploys_nothing_that_cannot_work(broken):
    memory = MemoryWorld()
    broken(memory)
    memory.reconcile()
    assert memory.kube.names("Deployment") == {"panko-haproxy"}
    assert memory.keystone.endpoints == {}
    assert memory.event_api.asked == []


def test_each_step_that_cannot_be_done_says_what_it_waits_for(ready):
    ready.keystone.outage = True
    ready.reconcile()
    told = {one["type"]: one for one in ready.body["status"]["conditions"]}
    waits = {type_: one["message"] for type_, one in told.items() if one["reason"] == "Waiting"}
    first = "Waits for KeystoneServiceReady."
    assert waits == {
        "ServiceConfigReady": first,
        "DeploymentReady": f"{first} Meanwhile: Deployment panko-api has 2 of 2 pods ready.",
        "EventAPIReady": first,
        "KeystoneEndpointReady": first,
        "BindingReady": first,
        "CredentialsCurrent": first,
        "DBContractReady": first,
    }
    assert {told[type_]["status"] for type_ in waits} == {"Unknown"}
    assert told["Ready"]["reason"] == "KeystoneUnreachable"


def test_haproxy_does_not_wait_for_the_pods_of_the_api(ready):
    ready.kube.auto = False
    ready.edit(customServiceConfig="[api]\ndefault_api_return_limit = 5")
    del ready.kube.objects[HAPROXY]
    ready.reconcile()
    assert ready.condition("DeploymentReady")["reason"] == "RollingOut"
    assert HAPROXY in ready.kube.objects


def test_the_service_comes_back_while_haproxy_does_not(ready):
    ready.kube.auto = False
    del ready.kube.objects[HAPROXY], ready.kube.objects[SERVICE]
    ready.reconcile()
    assert SERVICE in ready.kube.objects
    assert ready.condition("ExposeServiceReady")["status"] == "Unknown"


def test_the_service_moves_to_haproxy_only_when_that_is_up(ready):
    haproxy = ready.body["spec"]["haproxy"]
    ready.edit(haproxy={**haproxy, "enabled": False})
    assert ready.reconcile().pace is Pace.SETTLED
    ready.kube.auto = False
    ready.edit(haproxy=haproxy)
    ready.reconcile()
    assert ready.kube.objects[SERVICE]["spec"]["selector"]["app.kubernetes.io/component"] == "api"


def test_the_expirer_keeps_its_image_until_the_schema_fits_another(ready):
    ready.kube.auto = False
    ready.edit(image="panko:12")
    del ready.kube.objects[CRON_JOB]
    ready.reconcile()
    pod = ready.kube.objects[CRON_JOB]["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    assert pod["containers"][0]["image"] == "panko:11"


def test_a_deployment_that_is_gone_is_not_made_with_an_image_without_a_schema(ready):
    ready.kube.auto = False
    ready.edit(image="panko:12")
    del ready.kube.objects[API]
    ready.reconcile()
    assert API not in ready.kube.objects
    assert ready.condition("DeploymentReady")["message"] == "Waits for DBSyncReady."


def test_a_configuration_that_is_gone_holds_the_pods_up(ready):
    name = f"panko-config-{ready.body['status']['configHash']}"
    ready.keystone.outage = True
    del ready.kube.objects["Secret", "openstack", name], ready.kube.objects[API]
    ready.reconcile()
    assert API not in ready.kube.objects


def test_a_mistake_in_what_stands_is_as_if_nothing_stood(caplog):
    def failing(_context, _facts):
        raise ZeroDivisionError

    steps = (
        Step("InputReady", failing, gives=Inputs, stands=lambda _: 1 // 0),
        Step("CronJobReady", lambda *_: Outcome(done("Done", "It is done.")), needs=(Inputs,), rests=(Inputs,)),
    )
    memory = MemoryWorld()
    result = reconcile.run(memory.body, memory.world, steps=steps)
    assert {one["type"]: one["reason"] for one in result.status["conditions"]}["CronJobReady"] == "Waiting"
    assert "what stands of step InputReady" in caplog.text


def test_only_what_keeps_pods_running_rests_on_what_an_earlier_pass_left():
    assert {step.condition for step in STEPS if step.rests} == {
        "DeploymentReady",
        "ExposeServiceReady",
        "CronJobReady",
    }
    assert {step.gives.__name__ for step in STEPS if step.stands} == {Schema.__name__, "Configuration", "Certified"}
