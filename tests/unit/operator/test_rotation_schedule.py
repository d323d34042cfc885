"""Rotation by time: when logins are due, and that nothing else than time begins it."""

from datetime import timedelta

import pytest

from fakes.memory_world import SPEC
from fakes.rotating import ROLES, Scene
from panko_operator.controller.reconcile import Pace


@pytest.fixture
def scene():
    return Scene(rotation={"interval": "720h"})


def users(scene):
    return set(scene.memory.keystone.users)


def test_logins_are_renewed_at_their_age_and_not_before(scene):
    accounts, names = scene.accounts(), users(scene)
    result = scene.step()
    assert result.again_at == scene.memory.time + timedelta(days=30)
    scene.memory.wait(days=30, seconds=-1)
    scene.step()
    assert (scene.accounts(), users(scene)) == (accounts, names)
    scene.memory.wait(seconds=1)
    assert scene.step().pace is Pace.SETTLED
    assert scene.accounts() > accounts
    assert users(scene) > names
    scene.finish()
    assert not scene.accounts() & accounts
    assert not users(scene) & names
    assert scene.step().again_at < scene.memory.time + timedelta(days=30)


def test_it_is_renewed_again_and_again_and_nothing_gathers(scene):
    for _ in range(4):
        scene.memory.wait(days=30)
        scene.step()
        scene.finish()
        assert len(scene.accounts()) == len(ROLES)
        assert len(users(scene)) == 1


def test_no_login_is_due_while_one_of_before_is_kept(scene):
    (held,) = [one for one in scene.accounts() if "-api-" in one]
    scene.memory.database.sessions.add(held)
    scene.memory.wait(days=30)
    scene.step()
    there = scene.accounts()
    scene.memory.wait(days=31)
    scene.step()
    assert {one for one in scene.accounts() if "-api-" in one} == {one for one in there if "-api-" in one}


def test_who_asks_in_between_moves_the_time(scene):
    scene.memory.wait(days=20)
    scene.ask("all")
    scene.step()
    scene.finish()
    there = scene.accounts()
    scene.memory.wait(days=20)
    scene.step()
    assert scene.accounts() == there


def test_a_publishers_password_is_never_renewed_by_time():
    scene = Scene(rotation={"interval": "1h"}, publishers=[{"name": "ceilometer"}])
    before = scene.memory.secret("panko-publisher-ceilometer")["password"]
    scene.memory.wait(hours=2)
    scene.step()
    assert scene.memory.secret("panko-publisher-ceilometer")["password"] == before


def test_somebody_elses_user_and_a_given_account_are_never_due():
    scene = Scene(
        rotation={"interval": "1h"},
        database={"host": "mariadb", "accountSecretRef": {"name": "database-admin"}},
        keystone={**SPEC["keystone"], "serviceUser": "nova"},
    )
    scene.memory.keystone.borrowed.add("nova")
    scene.memory.keystone.clouds.clear()
    scene.memory.body["status"] = {}
    scene.memory.reconcile()
    scene.memory.kube.events.clear()
    scene.memory.wait(hours=2)
    result = scene.memory.reconcile()
    assert (result.pace, result.again_at) == (Pace.SETTLED, None)
    assert scene.memory.kube.events == []
    assert users(scene) == {"nova"}


def test_without_an_interval_nothing_is_due():
    scene = Scene()
    there = scene.accounts()
    scene.memory.wait(days=1000)
    assert scene.step().again_at is None
    assert scene.accounts() == there
