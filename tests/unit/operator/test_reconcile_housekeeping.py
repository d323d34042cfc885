"""A Panko that is suspended but for housekeeping: certificates and logins are renewed, and nothing else changes."""

import base64
import copy
import dataclasses
import datetime as dt
import re

import pytest

from fakes.memory_world import SPEC, MemoryWorld
from fakes.mortal import Scenario, check
from fakes.rotating import Scene
from panko_operator.controller.reconcile import Pace
from panko_operator.resource import ROTATE_ANNOTATION, applied_spec, secrets_in_use
from servers.authority import Authority

HOUSE = {"suspend": True, "suspendMode": "AllButHousekeeping"}
API = ("Deployment", "openstack", "panko-api")
HAPROXY = ("Deployment", "openstack", "panko-haproxy")
HOST = "panko.openstack.svc.cluster.local"
# What would change each kind of child, and what is outside.
CHANGED = {
    "replicas": 5,
    "image": "panko:12",
    "customServiceConfig": "[DEFAULT]\ndebug = true\n",
    "publishers": [{"name": "another", "eventTypes": ["*"], "projects": ["*"]}],
    "policy": "telemetry:events:index: role:reader\n",
}


@pytest.fixture
def scene():
    """A settled Panko whose spec was changed as it was suspended."""
    scene = Scene()
    suspend(scene.memory, **CHANGED)
    assert scene.step().pace is Pace.SETTLED
    scene.memory.kube.writes.clear()
    return scene


def suspend(memory, **changes):
    memory.edit(**{**HOUSE, **changes})


def there(memory):
    """Return all objects but the Panko and pods, with what is in them."""
    return {key: copy.deepcopy(live) for key, live in memory.kube.objects.items() if key[0] not in ("Panko", "Pod")}


def template(memory, key=API):
    return copy.deepcopy(memory.kube.objects[key]["spec"]["template"])


def without_mounts(pods):
    pods["spec"].pop("volumes")
    return pods


def config(memory):
    (volume,) = [one for one in template(memory)["spec"]["volumes"] if one["name"] == "config"]
    return volume["secret"]["secretName"]


def decoded(memory, secret, key):
    return base64.b64decode(memory.secret(secret)[key]).decode()


def told(memory):
    return {type_: memory.condition(type_)["status"] for type_ in ("Ready", "Reconciling", "Stalled")}


def test_a_changed_spec_is_not_applied_and_at_rest_nothing_is_written(scene):
    before, users = there(scene.memory), copy.deepcopy(scene.memory.keystone.users)
    for _ in range(3):
        assert scene.step(minutes=10).pace is Pace.SETTLED
    assert there(scene.memory) == before
    assert scene.memory.keystone.users == users
    assert scene.memory.kube.writes == []
    assert "debug" not in decoded(scene.memory, config(scene.memory), "panko.conf")


def test_it_is_told_as_suspended_and_ready(scene):
    ready = scene.memory.condition("Ready")
    assert (ready["status"], ready["reason"]) == ("True", "Suspended")
    assert "Certificates and logins are renewed" in ready["message"]
    assert told(scene.memory) == {"Ready": "True", "Reconciling": "False", "Stalled": "False"}
    assert scene.memory.body["status"]["observedGeneration"] == scene.memory.body["metadata"]["generation"]


def test_logins_that_are_asked_for_are_renewed_to_the_end_with_the_spec_that_was_applied(scene):
    accounts, users, pods, before = (
        scene.accounts(),
        set(scene.memory.keystone.users),
        template(scene.memory),
        config(scene.memory),
    )
    scene.ask("all")
    scene.finish()
    assert not scene.accounts() & accounts
    assert not set(scene.memory.keystone.users) & users
    assert len(scene.accounts()) == len(accounts)
    assert config(scene.memory) != before
    assert without_mounts(template(scene.memory)) == without_mounts(pods)
    assert scene.memory.kube.objects[API]["spec"]["replicas"] == 2
    assert told(scene.memory)["Ready"] == "True"
    assert {reason for _, reason, _ in scene.memory.kube.events} >= {"AccountRotated", "AccountDropped"}


def test_logins_are_renewed_at_their_age():
    scene = Scene(rotation={"interval": "720h"})
    suspend(scene.memory, rotation={"retainPrevious": "15m"})
    result, accounts = scene.step(), scene.accounts()
    assert result.again_at == scene.memory.time + dt.timedelta(days=30), "as the spec says that was applied"
    scene.memory.wait(days=30)
    scene.step()
    scene.finish()
    assert not scene.accounts() & accounts


def test_publishers_get_another_password_and_the_one_of_before_goes_with_time():
    scene = Scene(publishers=[{"name": "ceilometer"}])
    suspend(scene.memory, publishers=[])
    scene.step()
    before = scene.memory.secret("panko-publisher-ceilometer")["password"]
    scene.ask("publishers")
    scene.step()
    assert scene.memory.secret("panko-publisher-ceilometer")["previous-password"] == before
    scene.finish()
    assert "previous-password" not in scene.memory.secret("panko-publisher-ceilometer")
    (line,) = decoded(scene.memory, config(scene.memory), "htpasswd").split()
    assert line.startswith(decoded(scene.memory, "panko-publisher-ceilometer", "htpasswd"))


@pytest.mark.parametrize("haproxy", [True, False])
def test_a_renewed_certificate_is_what_pods_get(tmp_path, haproxy):
    authority = Authority(tmp_path)
    memory = MemoryWorld({**SPEC, "publishers": [], "tls": {"secretName": "web"}, "haproxy": {"enabled": haproxy}})
    memory.time = dt.datetime.now(dt.UTC)
    put(memory, authority)
    memory.reconcile()
    pods = HAPROXY if haproxy else API
    before, api = template(memory, pods), template(memory)
    suspend(memory, tls={"secretName": "other"}, **CHANGED)
    memory.reconcile()
    assert template(memory, pods) == before
    put(memory, authority)
    assert memory.reconcile().pace is Pace.SETTLED
    (shown,) = [
        one["secret"]["secretName"] for one in template(memory, pods)["spec"]["volumes"] if one["name"] == "tls"
    ]
    assert memory.secret(shown)["tls.crt"] == memory.secret("web")["tls.crt"]
    assert without_mounts(template(memory, pods)) == without_mounts(before)
    assert not haproxy or template(memory) == api
    assert secrets_in_use(memory.body) >= {"web"}, "or nothing would tell of its renewal"
    assert "other" not in secrets_in_use(memory.body)


def put(memory, authority):
    certificate, key = (path.read_text() for path in authority.sign(HOST))
    data = {"tls.crt": certificate, "tls.key": key, "ca.crt": authority.ca.read_text()}
    memory.kube.put_secret(memory.namespace, "web", **data)


def test_what_somebody_has_done_by_hand_outlives_a_rotation(scene):
    memory = scene.memory
    api = memory.kube.objects[API]["spec"]
    api["replicas"], api["template"]["spec"]["containers"][0]["image"] = 4, "panko:debug"
    memory.kube.objects["CronJob", "openstack", "panko-expirer"]["spec"]["suspend"] = True
    (cloud,) = memory.keystone.clouds.values()
    cloud.endpoints = []
    before = there(memory)
    scene.ask("all")
    scene.finish()
    assert api["replicas"] == memory.kube.objects[API]["spec"]["replicas"] == 4
    assert template(memory)["spec"]["containers"][0]["image"] == "panko:debug"
    assert memory.keystone.endpoints == {}
    left = {key: live for key, live in there(memory).items() if key[0] not in ("Secret", "Deployment")}
    assert left == {key: live for key, live in before.items() if key[0] not in ("Secret", "Deployment")}


def test_an_account_that_somebody_has_changed_is_left(scene):
    memory = scene.memory
    (name,) = [one for one in scene.accounts() if "-expirer-" in one]
    memory.database.accounts[name] = "changed"
    memory.database.databases.clear()
    user = next(iter(memory.keystone.users))
    (cloud,) = memory.keystone.clouds.values()
    id_, live = cloud.users[user]
    cloud.users[user] = (id_, dataclasses.replace(live, roles=()))
    scene.step()
    assert memory.database.accounts[name] == "changed"
    assert memory.database.databases == set()
    assert memory.keystone.users[user].roles == ()


@pytest.mark.parametrize(
    ("key", "condition"),
    [
        (API, "DeploymentReady"),
        (HAPROXY, "ExposeServiceReady"),
        (("Service", "openstack", "panko"), "ExposeServiceReady"),
        (("CronJob", "openstack", "panko-expirer"), "CronJobReady"),
    ],
)
def test_what_goes_meanwhile_is_told_and_not_made_again(scene, key, condition):
    del scene.memory.kube.objects[key]
    scene.memory.reconcile()
    assert key not in scene.memory.kube.objects
    assert scene.memory.condition(condition)["reason"] == "Suspended"
    assert f"{key[0]} {key[2]} is not there" in scene.memory.condition("Ready")["message"]


def test_a_lost_job_or_budget_holds_no_rotation_up(scene):
    gone = [key for key in scene.memory.kube.objects if key[0] in ("Job", "PodDisruptionBudget", "NetworkPolicy")]
    for key in gone:
        del scene.memory.kube.objects[key]
    accounts = scene.accounts()
    scene.ask("database")
    scene.finish()
    assert not scene.accounts() & accounts
    assert not set(gone) & set(scene.memory.kube.objects)


def test_what_waited_is_applied_when_it_goes_on(scene):
    scene.ask("all")
    scene.finish()
    scene.memory.edit(suspend=False)
    scene.memory.reconcile()
    assert scene.memory.kube.objects[API]["spec"]["replicas"] == 5
    assert template(scene.memory)["spec"]["containers"][0]["image"] == "panko:12"
    for _ in range(4):
        scene.step(minutes=1)
    assert scene.memory.condition("Ready")["reason"] == "Ready"
    assert scene.memory.body["status"]["applied"] == applied_spec(scene.memory.body)


def test_without_a_spec_that_was_applied_nothing_is_renewed_and_that_is_told():
    memory = MemoryWorld()
    suspend(memory)
    assert memory.reconcile().pace is Pace.SETTLED
    assert "Set spec.suspend to false once" in memory.condition("Ready")["message"]
    assert {verb for verb, *_ in memory.kube.writes} == {"status"}


def test_a_spec_that_another_release_applied_is_not_guessed_at(scene):
    del scene.memory.body["status"]["applied"]["rotation"]
    scene.ask("all")
    scene.step()
    assert "Set spec.suspend to false once" in scene.memory.condition("Ready")["message"]
    assert scene.asked() == "all"


def test_a_spec_that_could_not_be_applied_is_not_the_last_one():
    scene = Scene()
    applied = scene.memory.body["status"]["applied"]
    scene.memory.edit(keystone={**scene.memory.body["spec"]["keystone"], "adminSecretRef": {"name": "missing"}})
    scene.step()
    assert scene.memory.body["status"]["applied"] == applied
    suspend(scene.memory)
    scene.step()
    scene.ask("all")
    scene.finish()


def test_suspended_altogether_no_login_is_renewed():
    scene = Scene()
    scene.memory.edit(suspend=True)
    accounts = scene.accounts()
    scene.ask("all")
    for _ in range(3):
        scene.step(minutes=10)
    assert (scene.accounts(), scene.asked()) == (accounts, "all")


def test_the_mode_alone_suspends_nothing():
    memory = MemoryWorld()
    memory.edit(suspendMode="AllButHousekeeping")
    assert memory.reconcile().pace is Pace.SETTLED
    assert memory.condition("Ready")["reason"] == "Ready"


def test_it_is_deleted_all_the_same(scene):
    scene.fleet.stop()
    scene.memory.kube.delete_panko(scene.memory.body, scene.memory.time)
    assert scene.memory.reconcile().pace is Pace.SETTLED
    assert scene.memory.body is None
    assert (scene.memory.keystone.users, scene.memory.keystone.endpoints) == ({}, {})


def rotate(memory):
    suspend(memory, **CHANGED)
    memory.body["metadata"]["annotations"] = {ROTATE_ANNOTATION: "keystone"}


def test_a_rotation_that_dies_at_any_write_ends_as_if_it_had_not():
    def current(memory):
        return memory.condition("CredentialsCurrent")["reason"] == "Current"

    soon = {"rotation": {"retainPrevious": "10s"}}
    assert check(Scenario(rotate, soon, every=dt.timedelta(minutes=3), settled=current)) > 0


def mounted_logins(memory):
    """Return the account and the user that pods log in as."""
    conf = decoded(memory, config(memory), "panko.conf")
    return re.search(r"://([^:]+):", conf)[1], re.search(r"^username = (.*)$", conf, re.MULTILINE)[1]


@pytest.mark.parametrize("secret", ["panko-db-api", "panko-db-expirer", "panko-keystone-user"])
@pytest.mark.parametrize("away", ["", "keystone", "database"])
def test_a_login_whose_secret_was_deleted_is_made_before_anybody_has_it(scene, secret, away):
    del scene.memory.kube.objects["Secret", "openstack", secret]
    if away:
        getattr(scene.memory, away).outage = True
        scene.step()
        getattr(scene.memory, away).outage = False
    for _ in range(4):
        scene.step()
        account, user = mounted_logins(scene.memory)
        assert account in scene.accounts()
        assert user in scene.memory.keystone.users
    scene.finish()
    account, user = mounted_logins(scene.memory)
    assert account in scene.accounts()
    assert user in scene.memory.keystone.users
    assert decoded(scene.memory, "panko-db-expirer", "username") in scene.accounts()


def test_the_user_of_the_pods_stays_where_the_spec_names_another_keystone_meanwhile():
    scene = Scene()
    url = SPEC["keystone"]["authURL"]
    users = set(scene.memory.keystone.clouds[url].users)
    scene.memory.database.outage = True
    scene.memory.edit(keystone={**scene.memory.body["spec"]["keystone"], "authURL": "http://other:5000/v3"})
    scene.step()
    assert scene.memory.body["status"]["keystone"]["authURL"] == "http://other:5000/v3"
    scene.memory.database.outage = False
    suspend(scene.memory)
    for _ in range(4):
        scene.step(minutes=30)
    assert set(scene.memory.keystone.clouds[url].users) == users


def test_a_database_is_not_marked():
    scene = Scene(database={"host": "mariadb", "accountSecretRef": {"name": "database-admin"}})
    suspend(scene.memory)
    scene.step()
    assert scene.memory.database.marks
    scene.memory.database.marks.clear()
    scene.step(minutes=60)
    assert scene.memory.database.marks == {}
