"""Application credentials of the service user: made, renewed, given up, and removed with the last that uses them."""

import base64
import dataclasses

import pytest

from fakes.memory_world import SPEC, MemoryWorld
from fakes.mortal import Scenario, check
from fakes.rotating import Scene
from panko_operator.controller.reconcile import Pace
from panko_operator.errors import KeystoneError
from panko_operator.memory import Memory
from panko_operator.resource import ROTATE_ANNOTATION

BY_CREDENTIAL = {"keystone": {**SPEC["keystone"], "serviceAuth": "ApplicationCredential"}}
SECRET = ("Secret", "openstack", "panko-keystone-application")
USER = "panko-openstack-panko"


@pytest.fixture
def scene():
    return Scene(**BY_CREDENTIAL)


def change(memory, **keystone):
    memory.edit(keystone={**memory.body["spec"]["keystone"], **keystone})


def applications(scene):
    return set(scene.memory.keystone.applications)


def configuration(memory):
    """Return what the pods of now are to read."""
    spec = memory.kube.objects["Deployment", "openstack", "panko-api"]["spec"]["template"]["spec"]
    (name,) = [one["secret"]["secretName"] for one in spec["volumes"] if one["name"] == "config"]
    return base64.b64decode(memory.secret(name)["panko.conf"]).decode()


def cloud(memory):
    (found,) = memory.keystone.clouds.values()
    return found


def test_it_has_the_roles_of_the_spec_and_is_what_the_pods_log_in_with(scene):
    (name,) = applications(scene)
    assert scene.memory.keystone.applications[name].roles == ("service",)
    text = configuration(scene.memory)
    assert "auth_type = v3applicationcredential" in text
    assert f"application_credential_name = {name}" in text
    assert scene.memory.keystone.users[USER].password not in text
    assert "project_name" not in text
    assert scene.told("application")["account"] == name
    assert scene.memory.condition("Ready")["status"] == "True"


def test_its_secret_is_in_the_configuration_and_in_no_status_event_or_other_secret(scene):
    secret = next(iter(scene.memory.keystone.applications.values())).secret
    scene.ask("keystone")
    scene.finish()
    assert secret not in str(scene.memory.body["status"]) + str(scene.memory.kube.events)
    encoded = base64.b64encode(secret.encode()).decode()
    mounted = {
        volume["secret"]["secretName"]
        for (kind, *_), live in scene.memory.kube.objects.items()
        if kind in ("Deployment", "CronJob", "Job")
        for volume in _template(live)["volumes"]
        if "secret" in volume
    }
    assert "panko-keystone-application" not in mounted
    assert all(encoded not in str(live) for key, live in scene.memory.kube.objects.items() if key != SECRET)


def _template(live):
    spec = live["spec"].get("jobTemplate", live)["spec"] if live["kind"] == "CronJob" else live["spec"]
    return spec["template"]["spec"]


def test_a_settled_panko_writes_nothing(scene):
    scene.step()
    scene.memory.kube.writes.clear()
    assert scene.step().pace is Pace.SETTLED
    assert scene.memory.kube.writes == []


def test_a_rotation_makes_another_one_and_drops_the_one_of_before_when_no_pod_has_it(scene):
    before, users = applications(scene), set(scene.memory.keystone.users)
    scene.ask("keystone")
    scene.step()
    assert applications(scene) > before
    for _ in range(4):
        scene.step(minutes=3)
    assert applications(scene) > before, "it is kept for as long as it is said"
    scene.finish()
    assert not applications(scene) & before
    assert len(applications(scene)) == 1
    assert set(scene.memory.keystone.users) == users, "the user itself stays"
    assert scene.memory.keystone.passwords_set == 1
    assert "AccountRotated" in scene.memory.kube.reasons("Normal")


def test_it_is_renewed_at_its_age():
    scene = Scene(**BY_CREDENTIAL, rotation={"interval": "720h"})
    before = applications(scene)
    scene.memory.wait(days=30)
    scene.step()
    scene.finish()
    assert not applications(scene) & before


def test_one_that_somebody_deleted_is_made_again_and_no_pod_has_to_change(scene):
    text = configuration(scene.memory)
    before = dict(scene.memory.keystone.applications)
    cloud(scene.memory).applications.clear()
    scene.memory.reconcile()
    assert scene.memory.keystone.applications == before
    assert configuration(scene.memory) == text
    (name,) = before
    assert scene.memory.body["status"]["drift"][0]["object"] == f"KeystoneApplicationCredential {name}"


def test_one_that_went_with_a_role_of_its_user_comes_back_with_it_in_the_same_pass():
    memory = MemoryWorld({**SPEC, **BY_CREDENTIAL, "publishers": []})
    operator, ensure = Memory(memory.world), memory.keystone.ensure_service_user
    look(operator, memory)
    memory.wait(minutes=10)

    def slow(*given, **more):
        account = ensure(*given, **more)
        memory.wait(minutes=1)
        return account

    memory.keystone.ensure_service_user = slow  # so that what is known of the credential holds for longer
    look(operator, memory)
    memory.keystone.ensure_service_user = ensure
    ((name, (id_, user)),) = cloud(memory).users.items()
    before = dict(memory.keystone.applications)
    cloud(memory).users[name] = (id_, dataclasses.replace(user, roles=()))
    cloud(memory).applications.clear()
    memory.wait(minutes=4, seconds=30)
    look(operator, memory)
    assert cloud(memory).users[name] == (id_, user)
    assert memory.keystone.applications == before


def look(operator, memory):
    return operator.reconcile(memory.kube.get("panko.openstack.org/v1beta1", "Panko", "panko", "openstack"))


def test_one_of_another_secret_is_made_again(scene):
    ((key, found),) = cloud(scene.memory).applications.items()
    cloud(scene.memory).applications[key] = dataclasses.replace(found, secret="another")
    scene.memory.reconcile()
    assert cloud(scene.memory).applications[key] == found
    assert scene.memory.body["status"]["drift"][0]["field"] == "secret"


def test_one_that_has_lost_a_role_is_followed_by_one_that_has_it(scene):
    ((key, found),) = cloud(scene.memory).applications.items()
    cloud(scene.memory).applications[key] = dataclasses.replace(found, roles=())
    scene.step()
    scene.finish()
    ((name, new),) = scene.memory.keystone.applications.items()
    assert (name != key[1], new.roles) == (True, ("service",))


def test_other_roles_of_the_spec_are_another_credential(scene):
    before = applications(scene)
    change(scene.memory, roles=["service", "reader"])
    scene.step()
    scene.finish()
    ((name, new),) = scene.memory.keystone.applications.items()
    assert name not in before
    assert new.roles == ("service", "reader")


@pytest.mark.parametrize("first", ["Password", "ApplicationCredential"])
def test_from_one_way_to_the_other_no_pod_loses_its_login_and_nothing_is_left(first):
    second = {"Password": "ApplicationCredential"}.get(first, "Password")
    scene = Scene(keystone={**SPEC["keystone"], "serviceAuth": first})
    for way in (second, first, second):
        change(scene.memory, serviceAuth=way)
        scene.step()
        scene.finish()
        scene.step()
        scene.step()
        assert len(applications(scene)) == (way == "ApplicationCredential")
        assert (SECRET in scene.memory.kube.objects) is (way == "ApplicationCredential")
        assert ("auth_type = password" in configuration(scene.memory)) is (way == "Password")


def test_a_keystone_that_offers_none_is_told_and_the_pods_go_on():
    scene = Scene()
    scene.memory.keystone.applications_refused = True
    text = configuration(scene.memory)
    change(scene.memory, serviceAuth="ApplicationCredential")
    scene.step()
    condition = scene.memory.condition("KeystoneServiceReady")
    assert (condition["status"], condition["reason"]) == ("False", "ApplicationCredentialRefused")
    assert configuration(scene.memory) == text
    change(scene.memory, serviceAuth="Password")
    scene.step()
    scene.finish()
    scene.step()
    assert scene.memory.condition("Ready")["status"] == "True"
    assert SECRET not in scene.memory.kube.objects


def test_a_follower_that_cannot_be_made_changes_nothing_and_is_told(scene):
    before = applications(scene)
    scene.ask("keystone")
    scene.memory.keystone.applications_refused = True
    scene.memory.world.keystone.ensure_application_credential = refusing(scene)
    scene.step()
    assert applications(scene) == before
    assert scene.current()["reason"] == "KeystoneError"
    assert scene.memory.condition("KeystoneServiceReady")["status"] == "True"
    del scene.memory.keystone.ensure_application_credential
    scene.memory.keystone.applications_refused = False
    scene.step()
    scene.finish()
    assert not applications(scene) & before


def refusing(scene):
    def ensure(_admin, _user, _login, *, after="", **_):
        if after:
            raise KeystoneError("Keystone refused a request (403)")
        return True

    return ensure


def test_another_service_user_gets_one_of_its_own_and_the_one_of_before_goes_with_its_user(scene):
    before = applications(scene)
    change(scene.memory, serviceUser="another")
    scene.step()
    scene.finish()
    scene.step()
    assert set(scene.memory.keystone.users) == {"another"}
    assert len(applications(scene)) == 1
    assert not applications(scene) & before


def test_that_of_a_user_of_somebody_else_is_renewed_and_removed_although_the_user_stays():
    memory = MemoryWorld({**SPEC, "publishers": [], "keystone": {**BY_CREDENTIAL["keystone"], "serviceUser": "theirs"}})
    memory.keystone.borrowed.add("theirs")
    memory.reconcile()
    (before,) = memory.keystone.applications
    memory.body["metadata"]["annotations"] = {ROTATE_ANNOTATION: "keystone"}
    memory.reconcile()
    assert len(memory.keystone.applications) == 2
    memory.wait(minutes=20)
    memory.reconcile()
    (name,) = memory.keystone.applications
    assert name != before
    change(memory, serviceUser="own")
    for _ in range(3):
        memory.reconcile()
        memory.wait(minutes=20)
    ((owner, _),) = cloud(memory).applications
    assert owner != "theirs"
    change(memory, serviceUser="theirs")
    for _ in range(3):
        memory.reconcile()
        memory.wait(minutes=20)
    assert [key[0] for key in cloud(memory).applications] == ["theirs"]
    memory.kube.delete_panko(memory.body, memory.time)
    memory.reconcile()
    assert memory.keystone.applications == {}
    assert "theirs" in memory.keystone.users


def test_a_lost_secret_is_followed_by_another_credential_and_the_lost_one_goes(scene):
    before = applications(scene)
    del scene.memory.kube.objects[SECRET]
    scene.step()
    scene.finish()
    assert len(applications(scene)) == 1
    assert not applications(scene) & before


def test_it_goes_with_the_panko(scene):
    scene.fleet.stop()
    scene.memory.kube.delete_panko(scene.memory.body, scene.memory.time)
    scene.memory.reconcile()
    assert scene.memory.body is None
    assert (scene.memory.keystone.applications, scene.memory.keystone.users) == ({}, {})


def test_one_of_a_suspended_panko_is_renewed_by_housekeeping(scene):
    before = applications(scene)
    scene.memory.edit(suspend=True, suspendMode="AllButHousekeeping")
    scene.step()
    scene.ask("keystone")
    scene.finish()
    assert not applications(scene) & before


def ask(memory):
    memory.body["metadata"]["annotations"] = {ROTATE_ANNOTATION: "keystone"}


def by(way):
    return lambda memory: change(memory, serviceAuth=way)


SOON = {"rotation": {"retainPrevious": "10s"}}
SCENARIOS = {
    "made": Scenario(by("ApplicationCredential"), SOON),
    "renewed": Scenario(
        ask,
        {**SOON, **BY_CREDENTIAL},
        settled=lambda memory: memory.condition("CredentialsCurrent")["reason"] == "Current",
    ),
    "given up": Scenario(by("Password"), {**SOON, **BY_CREDENTIAL}),
    "of another user": Scenario(lambda memory: change(memory, serviceUser="another"), {**SOON, **BY_CREDENTIAL}),
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_change_that_dies_at_any_write_ends_as_if_it_had_not(name):
    assert check(SCENARIOS[name]) > 0
