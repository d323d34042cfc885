"""Rotation of publishers' passwords: two hold at a time, and the one of before goes by itself."""

import base64
import contextlib
import functools
from datetime import timedelta

import bcrypt
import pytest

from fakes.mortal import DiedError
from fakes.rotating import Mortal, Scene

SECRET, BINDING = "panko-publisher-ceilometer", "panko-binding-ceilometer"


@pytest.fixture
def scene():
    return Scene(publishers=[{"name": "ceilometer"}])


def text(scene, name, key):
    return base64.b64decode(scene.memory.secret(name)[key]).decode()


def accepted(scene, *passwords):
    """Return which passwords the newest configuration accepts."""
    config = f"panko-config-{scene.memory.body['status']['configHash']}"
    lines = [line.partition(":")[2] for line in text(scene, config, "htpasswd").splitlines()]
    return [any(fits(password, line) for line in lines) for password in passwords]


@functools.cache
def fits(password, hash_):
    return bcrypt.checkpw(password.encode(), hash_.encode())


def refusing(scene, password):
    """Return the pods whose configuration does not accept a password, those on their way out too."""
    found = []
    for name, pod in scene.fleet.pods("api"):
        (config,) = [one["secret"]["secretName"] for one in pod["spec"]["volumes"] if one["name"] == "config"]
        hashes = [line.partition(":")[2] for line in text(scene, config, "htpasswd").splitlines()]
        if not any(fits(password, one) for one in hashes):
            found.append(name)
    return found


def test_both_passwords_hold_until_the_one_of_before_goes_by_itself(scene):
    before = text(scene, SECRET, "password")
    scene.ask("publishers")
    scene.step()
    now = text(scene, SECRET, "password")
    assert now != before
    assert accepted(scene, before, now) == [True, True]
    assert scene.asked() is None
    assert "ceilometer until its binding carries the new one" in scene.current()["message"]
    assert "take previous-password out" not in scene.memory.condition("ServiceConfigReady")["message"]
    scene.finish()
    assert accepted(scene, before, now) == [False, True]
    assert text(scene, SECRET, "password") == now
    assert set(scene.memory.secret(SECRET)) == {"username", "password", "htpasswd", "since"}
    assert scene.memory.kube.reasons("Normal").count("PasswordRotated") == 1


def test_the_binding_carries_a_password_that_every_pod_accepts_however_long_a_rollout_takes(scene):
    before = text(scene, BINDING, "password")
    scene.ask("publishers")
    scene.memory.reconcile()
    now = text(scene, SECRET, "password")
    for _ in range(7):  # a pod of before that does not end
        assert text(scene, BINDING, "password") == before
        scene.memory.reconcile()
        scene.memory.wait(minutes=3)
    assert accepted(scene, before, now) == [True, True]
    assert "carry the password of before" in scene.memory.condition("BindingReady")["message"]
    scene.step()
    scene.step()
    scene.memory.reconcile()
    assert text(scene, BINDING, "password") == now
    assert refusing(scene, now) == []


def test_the_one_of_before_holds_for_the_whole_time_after_the_binding_has_changed(scene):
    before = text(scene, BINDING, "password")
    scene.ask("publishers")
    scene.memory.reconcile()
    scene.memory.wait(minutes=40)
    scene.step()
    scene.step()
    changed_at = scene.memory.time
    scene.memory.reconcile()
    now = text(scene, BINDING, "password")
    assert now != before
    while scene.memory.time - changed_at < timedelta(minutes=15):
        scene.memory.reconcile()
        assert accepted(scene, before, now) == [True, True]
        scene.memory.wait(minutes=3)
    scene.finish()
    assert accepted(scene, before, now) == [False, True]


def test_what_is_carried_is_taken_over_by_hand_as_well(scene):
    data = scene.memory.kube.objects["Secret", "openstack", SECRET]["data"]
    data["previous-password"] = data.pop("password")
    before = text(scene, BINDING, "password")
    scene.memory.reconcile()
    assert text(scene, BINDING, "password") == before
    for _ in range(3):
        scene.step()
        assert refusing(scene, text(scene, BINDING, "password")) == []
    assert text(scene, BINDING, "password") == text(scene, SECRET, "password") != before


def test_a_password_is_not_hashed_again(scene):
    line = text(scene, SECRET, "htpasswd")
    scene.ask("publishers")
    scene.step()
    assert text(scene, SECRET, "previous-htpasswd") == line


def test_a_third_password_is_not_made_while_two_hold(scene):
    before = text(scene, SECRET, "password")
    scene.ask("publishers")
    scene.step()
    now = text(scene, SECRET, "password")
    scene.ask("publishers")
    scene.step()
    assert accepted(scene, before, now) == [True, True]
    assert text(scene, SECRET, "password") == now
    assert "NotRotated" in scene.memory.kube.reasons("Warning")


def test_a_previous_password_that_somebody_put_there_stays(scene):
    data = scene.memory.kube.objects["Secret", "openstack", SECRET]["data"]
    data["previous-password"] = data.pop("password")
    before = text(scene, SECRET, "previous-password")
    for _ in range(10):
        scene.step(minutes=10)
    assert accepted(scene, before) == [True]
    assert "take previous-password out" in scene.memory.condition("ServiceConfigReady")["message"]


def test_a_given_password_is_yours_to_change():
    scene = Scene()
    scene.memory.kube.put_secret("openstack", "mq", password="given")
    scene.memory.edit(publishers=[{"name": "mq", "passwordSecretRef": {"name": "mq", "key": "password"}}])
    scene.step()
    scene.ask("publishers")
    scene.step()
    ((_, _, message),) = [event for event in scene.memory.kube.events if event[1] == "NotRotated"]
    assert "Secret mq" in message
    assert accepted(scene, "given") == [True]
    assert "previous-htpasswd" not in scene.memory.secret("panko-publisher-mq")


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", range(1, 5))
def test_a_pass_that_dies_while_the_binding_changes_keeps_both_passwords_for_the_whole_time(scene, at, after):
    before = text(scene, BINDING, "password")
    scene.ask("publishers")
    scene.memory.reconcile()
    for _ in range(2):
        scene.fleet.roll()
    scene.memory.wait(hours=1)
    Mortal(scene, at=at, after=after)
    changed_at = None
    for _ in range(6):
        with contextlib.suppress(DiedError):
            scene.memory.reconcile()
        if changed_at is None and text(scene, BINDING, "password") != before:
            changed_at = scene.memory.time
        if changed_at is None or scene.memory.time - changed_at < timedelta(minutes=15):
            assert accepted(scene, before, text(scene, BINDING, "password")) == [True, True]
        scene.memory.wait(minutes=4)
    assert changed_at is not None
    scene.finish()
    assert accepted(scene, before, text(scene, BINDING, "password")) == [False, True]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", range(1, 7))
def test_a_pass_that_dies_at_any_write_never_refuses_the_password_of_before_too_soon(scene, at, after):
    before = text(scene, SECRET, "password")
    Mortal(scene, at=at, after=after)
    scene.ask("publishers")
    for _ in range(4):
        try:
            scene.memory.reconcile()
        except DiedError:
            continue
        assert accepted(scene, before, text(scene, SECRET, "password")) == [True, True]
        assert refusing(scene, text(scene, BINDING, "password")) == []
        scene.memory.wait(minutes=3)
    assert scene.asked() is None
    scene.finish()
    assert text(scene, BINDING, "password") == text(scene, SECRET, "password")
    assert accepted(scene, before, text(scene, SECRET, "password")) == [False, True]
