"""Rotation of the database accounts, and its death at any write: no pod lacks its login, and nothing is left behind."""

import base64
from datetime import timedelta

import pytest

from fakes.mortal import DiedError
from fakes.rotating import ROLES, Mortal, Scene
from panko_operator.controller.reconcile import Pace
from panko_operator.steps.credentials import PATIENCE

EVERY_KIND = "database,keystone"
GIVEN = {"host": "mariadb", "accountSecretRef": {"name": "database-admin"}}


@pytest.fixture
def scene():
    return Scene()


def test_every_account_gets_a_follower_and_the_one_of_before_goes_at_last(scene):
    before = scene.accounts()
    scene.ask()
    scene.finish()
    assert len(scene.accounts()) == len(ROLES)
    assert not scene.accounts() & before
    assert {login[0] for login in scene.fleet.logins.values()} <= scene.accounts()
    assert scene.memory.kube.reasons("Normal").count("AccountRotated") == len(ROLES)
    assert scene.memory.kube.reasons("Normal").count("AccountDropped") == len(ROLES)


def test_both_work_until_they_were_kept_for_long_enough(scene):
    before = scene.accounts()
    scene.ask()
    result = scene.step()
    assert scene.asked() is None
    assert scene.accounts() > before
    scene.fleet.roll()
    scene.memory.wait(minutes=14)
    scene.step()
    assert scene.accounts() > before
    assert result.again_at == scene.memory.time + timedelta(minutes=1)
    scene.memory.wait(minutes=1)
    scene.step()
    assert not scene.accounts() & before


def test_a_panko_stays_ready_while_accounts_of_before_are_kept(scene):
    scene.ask()
    assert scene.step().pace is Pace.SETTLED
    assert scene.memory.condition("Ready")["status"] == "True"
    current = scene.current()
    assert (current["status"], current["reason"]) == ("True", "PreviousKept")
    assert "2030-01-01T00:15:00Z" in current["message"]


def test_the_status_tells_which_accounts_there_are_and_no_password(scene):
    (before,) = [one for one in scene.accounts() if "-api-" in one]
    scene.ask()
    scene.step()
    told = scene.told("api")
    assert told["account"] in scene.accounts() - {before}
    assert told["retired"] == [{"account": before, "since": "2030-01-01T00:00:00Z"}]
    assert "generated" not in str(scene.memory.body["status"])
    scene.finish()
    assert "retired" not in scene.told("api")


def test_a_settled_panko_writes_nothing_while_it_waits(scene):
    scene.ask()
    scene.step()
    scene.step()
    scene.memory.kube.writes.clear()
    scene.memory.reconcile()
    assert scene.memory.kube.writes == []


def test_names_are_short_enough_for_mysql(scene):
    scene.ask()
    scene.step()
    assert max(len(name) for name in scene.accounts()) <= 32


# What keeps an account


def test_a_pod_on_its_way_out_keeps_its_account(scene):
    scene.ask()
    scene.step()
    ((lingering, pod),) = [(name, pod) for name, pod in scene.fleet.pods() if "deletionTimestamp" in pod["metadata"]]
    scene.memory.wait(minutes=20)
    scene.memory.reconcile()
    assert scene.fleet.logins[lingering][0] in scene.accounts()
    assert f"until pod {lingering} is gone" in scene.current()["message"]
    assert pod["metadata"]["deletionTimestamp"]
    scene.fleet.end(lingering)
    scene.finish()


@pytest.mark.parametrize("component", ["expirer", "dbsync"])
def test_the_pod_of_a_job_keeps_the_account_that_it_began_with(scene, component):
    role = "schema" if component == "dbsync" else component
    pod = scene.fleet.start_job(component, f"panko-db-{role}")
    scene.ask()
    for _ in range(10):
        scene.step(minutes=3)
    kept = scene.fleet.logins[pod][0]
    assert kept in scene.accounts()
    assert len(scene.accounts()) == len(ROLES) + 1
    scene.memory.kube.objects["Pod", "openstack", pod]["status"]["phase"] = "Succeeded"
    scene.fleet.logins.pop(pod)
    scene.finish()
    assert kept not in scene.accounts()


def test_a_pod_that_began_after_the_change_keeps_nothing(scene):
    scene.ask()
    scene.step(minutes=5)
    scene.fleet.start_job("expirer", "panko-db-expirer")
    scene.finish()


def test_a_session_keeps_its_account(scene):
    (held,) = [one for one in scene.accounts() if "-api-" in one]
    scene.memory.database.sessions.add(held)
    scene.ask()
    for _ in range(10):
        result = scene.step(minutes=3)
    assert scene.accounts() > {held}
    assert result.again_at is not None
    assert "until the last session of it is gone" in scene.current()["message"]
    scene.memory.database.sessions.clear()
    scene.finish()


def test_what_uses_an_account_for_ever_is_told(scene):
    (held,) = [one for one in scene.accounts() if "-api-" in one]
    scene.memory.database.sessions.add(held)
    scene.ask()
    scene.step()
    scene.memory.wait(minutes=15, seconds=PATIENCE.total_seconds())
    scene.step()
    current = scene.current()
    assert (current["status"], current["reason"]) == ("False", "StillUsed")
    assert held in current["message"]


def test_an_account_that_cannot_be_dropped_is_told(scene):
    scene.ask()
    scene.step()
    scene.memory.wait(minutes=20)
    scene.memory.database.outage = True
    scene.memory.world.database.ensure_database = lambda *_, **__: False
    scene.memory.world.database.ensure_account = lambda *_, **__: False
    scene.memory.world.database.has_schema = lambda *_, **__: True
    scene.memory.reconcile()
    current = scene.current()
    assert (current["status"], current["reason"]) == ("False", "DatabaseUnreachable")


def test_three_accounts_in_a_row_each_wait_for_their_own(scene):
    first = scene.accounts()
    scene.ask()
    scene.step(minutes=10)
    second = scene.accounts() - first
    scene.ask()
    scene.step(minutes=6)
    scene.step()  # the pods of the second are gone after this
    scene.step()
    assert not scene.accounts() & first, "it was kept for 16 minutes"
    assert scene.accounts() > second, "it was kept for 6 minutes"
    scene.finish()
    assert len(scene.accounts()) == len(ROLES)


def test_a_follower_that_cannot_be_made_changes_nothing_and_is_told(scene):
    before = dict(scene.memory.database.accounts)
    scene.ask()
    original = scene.memory.database.ensure_account

    def refusing(address, admin, account, *, role, after="", **options):
        scene.memory.database.refused = {account.username} if after else set()
        return original(address, admin, account, role=role, after=after, **options)

    scene.memory.database.ensure_account = refusing
    scene.step()
    assert scene.memory.database.accounts == before
    assert scene.memory.condition("DBReady")["status"] == "True"
    assert scene.current()["reason"] == "DatabasePrivilegeMissing"
    scene.memory.database.ensure_account = original
    scene.memory.database.refused.clear()
    scene.finish()
    assert not scene.accounts() & set(before)


def test_tables_that_somebody_holds_are_waited_for(scene):
    before = scene.accounts()
    scene.memory.database.busy = True
    scene.ask()
    result = scene.step()
    assert scene.accounts() == before
    assert (scene.current()["status"], result.pace) == ("True", Pace.SETTLED)
    assert "holds tables" in scene.current()["message"]
    assert result.again_at is not None
    scene.memory.database.busy = False
    scene.finish()
    assert not scene.accounts() & before


# What is asked


def test_a_word_that_nobody_knows_is_told_once(scene):
    scene.ask("databases")
    for _ in range(3):
        scene.step()
    ((kind, reason, message),) = [one for one in scene.memory.kube.events if one[1] == "UnknownRotation"]
    assert (kind, reason) == ("Warning", "UnknownRotation")
    assert "database" in message
    assert "'databases'" in message
    assert scene.asked() is None
    assert len(scene.accounts()) == len(ROLES)


def test_a_request_waits_for_the_schema_job(scene):
    scene.memory.kube.auto = False
    scene.memory.edit(image="panko:12")
    scene.memory.reconcile()
    scene.ask()
    scene.memory.reconcile()
    assert scene.asked() == "database"
    assert len(scene.accounts()) == len(ROLES)
    scene.memory.kube.auto = True
    for live in list(scene.memory.kube.objects.values()):
        scene.memory.kube.come_up(live)
    scene.step()
    scene.finish()


def test_who_asks_for_too_much_is_told_to_wait(scene):
    for _ in range(12):
        scene.ask()
        scene.step()
    assert "NotRotated" in scene.memory.kube.reasons("Warning")
    assert len(scene.accounts()) <= 9 * len(ROLES)
    scene.finish()
    assert len(scene.accounts()) == len(ROLES)


def test_a_given_account_is_yours_to_change():
    scene = Scene(database=GIVEN)
    scene.ask()
    scene.step()
    ((_, _, message),) = [one for one in scene.memory.kube.events if one[1] == "NotRotated"]
    assert "Secret database-admin" in message
    assert scene.asked() is None
    assert scene.accounts() == set()
    assert scene.memory.condition("Ready")["status"] == "True"


def test_a_given_account_that_changes_is_picked_up_by_itself():
    scene = Scene(database=GIVEN)
    before = scene.memory.body["status"]["configHash"]
    scene.memory.database.accounts["other"] = "other-password"
    scene.memory.kube.put_secret("openstack", "database-admin", username="other", password="other-password")
    scene.step()
    assert scene.memory.body["status"]["configHash"] != before
    assert {login[0] for login in scene.fleet.logins.values()} == {"root", "other"}


def test_another_administrator_is_picked_up_by_itself(scene):
    scene.memory.database.accounts["dba"] = "dba-password"
    del scene.memory.database.accounts["root"]
    scene.memory.kube.put_secret("openstack", "database-admin", username="dba", password="dba-password")
    scene.step()
    assert scene.memory.condition("Ready")["status"] == "True"


def test_a_secret_that_somebody_deleted_is_followed_by_another_account(scene):
    (before,) = [one for one in scene.accounts() if "-api-" in one]
    del scene.memory.kube.objects["Secret", "openstack", "panko-db-api"]
    scene.step()
    assert before in scene.accounts()
    scene.finish()
    assert before not in scene.accounts()
    assert len(scene.accounts()) == len(ROLES)


def test_accounts_of_ours_are_dropped_when_the_operator_makes_them_again(scene):
    scene.ask()
    scene.step()
    there, managed = scene.accounts(), scene.memory.body["spec"]["database"]
    scene.memory.edit(database=Scene(database=GIVEN).memory.body["spec"]["database"])
    scene.step()
    assert {login[0] for _, login in scene.fleet.logins.items()} >= {"root"}
    assert scene.accounts() == there, "there is no administrator who could drop them"
    scene.memory.edit(database=managed)
    scene.finish()
    assert len(scene.accounts()) == len(ROLES)
    assert not scene.accounts() & there


# Death at any write


def writes_of_a_rotation():
    scene = Scene()
    mortal = Mortal(scene)
    scene.ask(EVERY_KIND)
    scene.finish()
    return range(1, mortal.calls + 1)


def dying(at, *, after):
    """Return a scene in which the operator was killed at a write of a rotation."""
    scene = Scene()
    Mortal(scene, at=at, after=after)
    scene.ask(EVERY_KIND)
    for _ in range(20):
        try:
            scene.memory.reconcile()
        except DiedError:
            scene.fleet.check()
            return scene
        scene.fleet.check()
        scene.fleet.roll()
        scene.memory.wait(minutes=3)
    raise AssertionError(at)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_rotation_that_dies_at_any_write_converges(after):
    for at in writes_of_a_rotation():
        scene = dying(at, after=after)
        scene.finish()
        assert len(scene.accounts()) == len(ROLES), at
        secrets = {role: scene.memory.secret(f"panko-db-{role}")["username"] for role in ROLES}
        assert {base64.b64decode(name).decode() for name in secrets.values()} == scene.accounts(), at
        (user,) = scene.memory.keystone.users
        assert user == scene.told("keystone")["account"], at


@pytest.mark.parametrize("secrets", ["there", "gone"])
def test_a_panko_that_is_deleted_in_the_middle_leaves_no_account(secrets):
    for at in writes_of_a_rotation():
        scene = dying(at, after=True)
        scene.fleet.stop()
        if secrets == "gone":
            for name in (*(f"panko-db-{role}" for role in ROLES), "panko-keystone-user"):
                scene.memory.kube.objects.pop(("Secret", "openstack", name))
        scene.memory.kube.delete_panko(scene.memory.body, scene.memory.time)
        assert scene.memory.reconcile().pace is Pace.SETTLED
        assert scene.accounts() == set(), at
        assert scene.memory.keystone.users == {}, at


@pytest.mark.parametrize("what", ["database", "keystone", "all"])
def test_who_asks_together_with_another_spec_is_answered_although_nothing_else_happens(scene, what):
    """Nobody is told of the annotation once more when a pass sees both at once, as after an absence."""
    scene.memory.edit(rotation={"retainPrevious": "10m"})
    scene.ask(what)
    result = scene.step()
    assert result.pace is Pace.SETTLED
    assert scene.asked() is not None
    assert result.again_at - scene.memory.time < timedelta(minutes=1)
    scene.step()
    assert scene.asked() is None
    assert scene.current()["reason"] != "Current"
