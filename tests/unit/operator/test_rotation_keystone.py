"""Rotation of the service user in Keystone: another user follows it, and no password of one that works is set."""

import base64

import pytest

from fakes.memory_world import SPEC
from fakes.rotating import Scene
from panko_operator.controller.reconcile import Pace
from panko_operator.errors import KeystoneError

FIRST = "panko-openstack-panko"


@pytest.fixture
def scene():
    return Scene()


def users(scene):
    return set(scene.memory.keystone.users)


def test_another_user_follows_and_the_one_of_before_goes_at_last(scene):
    accounts = scene.accounts()
    scene.ask("keystone")
    scene.step()
    assert users(scene) > {FIRST}
    assert scene.asked() is None
    assert scene.memory.condition("Ready")["status"] == "True"
    scene.finish()
    (name,) = users(scene)
    assert name.startswith(f"{FIRST}-")
    assert scene.told("keystone")["account"] == name
    assert scene.accounts() == accounts
    assert scene.memory.keystone.passwords_set == 2, "once for each user, when it was made"


def test_the_follower_has_the_roles_before_a_pod_uses_it(scene):
    scene.ask("keystone")
    scene.memory.reconcile()
    old, new = sorted(scene.memory.keystone.users.values(), key=lambda user: user.username)
    assert (new.roles, new.project) == (old.roles, old.project) == (("service",), "service")
    assert {user[0] for user in scene.fleet.users.values()} == {FIRST}


def test_it_is_kept_for_as_long_as_it_is_said_although_the_pods_have_changed_over(scene):
    scene.ask("keystone")
    scene.step()
    for _ in range(4):
        scene.step(minutes=3)
    assert FIRST in users(scene)
    assert "former" not in scene.memory.body["status"]["keystone"]


def test_a_user_that_cannot_log_in_changes_nothing_and_is_told(scene):
    scene.ask("keystone")
    ensure = scene.memory.keystone.ensure_service_user

    def refusing(admin, user, **given):
        if user.username != FIRST:
            raise KeystoneError("Keystone refused a request of admin (403).")
        return ensure(admin, user, **given)

    scene.memory.keystone.ensure_service_user = refusing
    scene.step()
    assert users(scene) == {FIRST}
    assert scene.memory.condition("KeystoneServiceReady")["status"] == "True"
    assert (scene.current()["status"], scene.current()["reason"]) == ("False", "KeystoneError")
    scene.memory.keystone.ensure_service_user = ensure
    scene.finish()
    assert FIRST not in users(scene)


def test_somebody_elses_user_is_theirs_to_change():
    scene = Scene(keystone={**SPEC["keystone"], "serviceUser": "nova"})
    scene.memory.keystone.borrowed.add("nova")
    scene.memory.reconcile()
    scene.ask("keystone")
    scene.step()
    ((_, _, message),) = [event for event in scene.memory.kube.events if event[1] == "NotRotated"]
    assert "nova" in message
    assert "Secret panko-keystone-user" in message
    assert scene.asked() is None
    assert users(scene) == {"nova"}


def test_a_user_that_turns_out_to_be_somebody_elses_is_not_followed(scene):
    scene.ask("keystone")
    scene.memory.keystone.borrowed.add(FIRST)
    scene.step()
    assert users(scene) == {FIRST}
    assert "next-username" not in scene.memory.secret("panko-keystone-user")
    assert "NotRotated" in scene.memory.kube.reasons("Warning")


def test_a_secret_that_somebody_deleted_is_followed_by_another_user(scene):
    del scene.memory.kube.objects["Secret", "openstack", "panko-keystone-user"]
    scene.step()
    assert users(scene) > {FIRST}
    scene.finish()
    assert len(users(scene)) == 1
    assert FIRST not in users(scene)


def test_another_name_in_the_middle_leaves_none_of_three_behind(scene):
    scene.ask("keystone")
    scene.step()
    scene.memory.edit(keystone={**scene.memory.body["spec"]["keystone"], "serviceUser": "other"})
    scene.step()
    scene.memory.edit(keystone={**scene.memory.body["spec"]["keystone"], "serviceUser": FIRST})
    scene.finish()
    assert len(users(scene)) == 1
    name = base64.b64decode(scene.memory.secret("panko-keystone-user")["username"]).decode()
    assert users(scene) == {name}


def test_a_user_of_before_goes_where_it_was_made(scene):
    other = "http://keystone.other:5000/v3"
    scene.ask("keystone")
    scene.step()
    scene.memory.edit(keystone={**scene.memory.body["spec"]["keystone"], "authURL": other})
    scene.finish()
    old, new = (scene.memory.keystone.clouds[url].users for url in (SPEC["keystone"]["authURL"], other))
    assert (len(old), len(new)) == (0, 1)


def test_a_deletion_in_the_middle_takes_both(scene):
    scene.ask("keystone")
    scene.step()
    scene.fleet.stop()
    scene.memory.kube.delete_panko(scene.memory.body, scene.memory.time)
    assert scene.memory.reconcile().pace is Pace.SETTLED
    assert users(scene) == set()


def test_what_cannot_be_deleted_is_named_for_a_person(scene):
    scene.ask("keystone")
    scene.step()
    scene.fleet.stop()
    scene.memory.keystone.outage = True
    scene.memory.kube.delete_panko(scene.memory.body, scene.memory.time)
    scene.memory.wait(minutes=5)
    scene.memory.reconcile()
    left = [message for _, reason, message in scene.memory.kube.events if reason == "LeftBehind"]
    (user,) = [message for message in left if "service user" in message]
    assert "user-1" in user
