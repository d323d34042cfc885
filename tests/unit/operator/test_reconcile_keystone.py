"""What becomes of users and endpoints in Keystone when the spec changes, and what the status remembers of them."""

import base64

import pytest

from fakes.memory_world import SPEC, MemoryWorld
from panko_operator.controller.reconcile import Pace

URL = "http://keystone:5000/v3"
OTHER = "http://keystone.other:5000/v3"


@pytest.fixture
def ready():
    memory = MemoryWorld()
    assert memory.reconcile().pace is Pace.SETTLED
    memory.kube.events.clear()
    return memory


def change(memory, **keystone):
    memory.edit(keystone={**memory.body["spec"]["keystone"], **keystone})


def test_the_status_remembers_what_was_made(ready):
    remembered = ready.body["status"]["keystone"]
    assert remembered == {
        "authURL": URL,
        "userId": "user-1",
        "projectId": "id-of-service",
        "endpointIds": ["endpoint-2", "endpoint-3", "endpoint-4"],
    }


def test_a_user_of_somebody_else_is_a_condition_and_nobody_is_sent_to_the_api():
    memory = MemoryWorld()
    memory.keystone.foreign.add("panko-openstack-panko")
    assert memory.reconcile().pace is Pace.FAILED
    assert memory.condition("KeystoneServiceReady")["reason"] == "ServiceUserNotOurs"
    assert memory.condition("Stalled")["status"] == "True"
    assert (memory.keystone.users, memory.keystone.service, memory.keystone.endpoints) == ({}, None, {})


def test_a_panko_that_is_not_published_is_ready_and_tells_where_to_ask():
    memory = MemoryWorld({**SPEC, "keystone": {**SPEC["keystone"], "publish": False}})
    assert memory.reconcile().pace is Pace.SETTLED
    condition = memory.condition("KeystoneEndpointReady")
    assert (condition["status"], condition["reason"]) == ("True", "NotPublished")
    assert "http://panko.openstack.svc.cluster.local:8777" in condition["message"]
    assert (memory.keystone.service, memory.keystone.endpoints) == (None, {})
    assert memory.body["status"]["endpoints"] == []


def test_endpoints_are_withdrawn_and_published_again_by_the_field(ready):
    change(ready, publish=False)
    assert ready.reconcile().pace is Pace.SETTLED
    assert (ready.keystone.endpoints, ready.body["status"]["endpoints"]) == ({}, [])
    assert "endpointIds" not in ready.body["status"]["keystone"]
    assert ready.reconcile().pace is Pace.SETTLED
    assert ready.kube.reasons("Normal") == ["EndpointsWithdrawn"]
    change(ready, publish=True)
    ready.reconcile()
    assert len(ready.keystone.endpoints) == 3


def test_another_service_user_replaces_the_old_one_after_the_rollout(ready):
    ready.kube.auto = False
    change(ready, serviceUser="other")
    assert ready.reconcile().pace is Pace.WAITING  # pods of before still use the old one
    assert set(ready.keystone.users) == {"panko-openstack-panko", "other"}
    for live in list(ready.kube.objects.values()):
        ready.kube.come_up(live)
    assert ready.reconcile().pace is Pace.SETTLED
    assert set(ready.keystone.users) == {"other"}
    assert "former" not in ready.body["status"]["keystone"]


def test_the_secret_follows_another_name_and_keeps_its_password(ready):
    before = ready.secret("panko-keystone-user")["password"]
    change(ready, serviceUser="other")
    ready.reconcile()
    secret = ready.secret("panko-keystone-user")
    assert (base64.b64decode(secret["username"]), secret["password"]) == (b"other", before)


def test_a_service_user_that_changes_twice_leaves_neither_behind(ready):
    ready.kube.auto = False
    for name in ("second", "third"):
        change(ready, serviceUser=name)
        ready.reconcile()
    assert len(ready.body["status"]["keystone"]["former"]) == 2
    for live in list(ready.kube.objects.values()):
        ready.kube.come_up(live)
    ready.reconcile()
    assert set(ready.keystone.users) == {"third"}


def test_another_keystone_gets_everything_and_the_old_one_is_cleaned(ready):
    change(ready, authURL=OTHER)
    assert ready.reconcile().pace is Pace.SETTLED
    assert (ready.keystone.clouds[URL].users, ready.keystone.clouds[URL].endpoints) == ({}, [])
    assert len(ready.keystone.clouds[OTHER].endpoints) == 3
    assert ready.body["status"]["keystone"]["authURL"] == OTHER


def test_another_url_of_the_same_keystone_loses_nothing(ready):
    before = ready.body["status"]["keystone"]
    ready.keystone.aliases[OTHER] = URL
    change(ready, authURL=OTHER)
    ready.reconcile()
    assert ready.body["status"]["keystone"] == {**before, "authURL": OTHER}
    assert "panko-openstack-panko" in ready.keystone.users
    assert len(ready.keystone.endpoints) == 3


def test_what_is_left_in_a_keystone_that_is_gone_is_named_in_a_warning(ready):
    ready.keystone.unreachable.add(URL)
    change(ready, authURL=OTHER)
    assert ready.reconcile().pace is Pace.SETTLED
    ((_, reason, message),) = [event for event in ready.kube.events if event[0] == "Warning"]
    assert reason == "LeftBehind"
    assert "user user-1, endpoint endpoint-2" in message
    assert f"{URL} does not answer" in message


def test_a_status_of_the_first_release_is_gone_on_with(ready):
    del ready.body["status"]["keystone"]
    assert ready.reconcile().pace is Pace.SETTLED
    assert ready.body["status"]["keystone"]["endpointIds"] == ["endpoint-2", "endpoint-3", "endpoint-4"]
    assert len(ready.keystone.endpoints) == 3


# The end


def delete(memory):
    memory.kube.delete_panko(memory.body, memory.time)
    return memory.reconcile().pace


def test_endpoints_that_no_status_tells_of_are_withdrawn(ready):
    ready.body["status"].pop("endpoints")
    ready.body["status"].pop("keystone")
    assert delete(ready) is Pace.SETTLED
    assert (ready.keystone.users, ready.keystone.service, ready.keystone.endpoints) == ({}, None, {})


def test_the_service_of_a_panko_that_got_no_further_goes_with_it():
    memory = MemoryWorld()
    memory.event_api.fault = "not yet"
    memory.reconcile()
    assert memory.keystone.service
    assert delete(memory) is Pace.SETTLED
    assert (memory.keystone.users, memory.keystone.service) == ({}, None)


def test_the_users_of_earlier_specs_go_with_the_panko(ready):
    ready.kube.auto = False
    change(ready, serviceUser="other")
    ready.reconcile()
    assert delete(ready) is Pace.SETTLED
    assert ready.keystone.users == {}


def test_both_keystones_are_cleaned_when_the_url_was_changed_and_no_pass_has_come(ready):
    change(ready, authURL=OTHER)
    assert delete(ready) is Pace.SETTLED
    assert (ready.keystone.users, ready.keystone.endpoints) == ({}, {})


def test_a_lost_secret_does_not_keep_the_user_in_keystone(ready):
    del ready.kube.objects["Secret", "openstack", "panko-keystone-user"]
    assert delete(ready) is Pace.SETTLED
    assert ready.keystone.users == {}


def test_a_keystone_of_before_that_is_gone_keeps_nothing_in_the_present_one(ready):
    ready.kube.auto = False
    change(ready, authURL=OTHER)
    ready.reconcile()
    ready.keystone.unreachable.add(URL)
    assert delete(ready) is Pace.DELETING
    assert ready.reconcile().pace is Pace.DELETING
    ready.wait(minutes=5)
    assert ready.reconcile().pace is Pace.SETTLED
    assert ready.keystone.clouds[OTHER].users == {}
    assert "LeftBehind" in ready.kube.reasons("Warning")
