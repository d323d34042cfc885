"""The end of a Panko: what is removed, what is kept, and that it ends."""

import dataclasses

import pytest

from fakes.memory_world import SPEC, MemoryWorld
from panko_operator.controller.reconcile import Pace
from panko_operator.errors import KubernetesError
from panko_operator.resource import RELEASE_ANNOTATION, REMOVED_ANNOTATION
from panko_operator.watching.pace import delay_seconds


def world(**policy):
    memory = MemoryWorld({**SPEC, "deletionPolicy": policy})
    memory.reconcile()
    memory.kube.events.clear()
    memory.kube.delete_panko(memory.body, memory.time)
    return memory


def test_by_default_keystone_forgets_it_and_the_events_stay():
    memory = world()
    assert memory.reconcile().pace is Pace.SETTLED
    assert memory.body is None
    assert memory.keystone.endpoints == {}
    assert memory.keystone.users == {}
    assert memory.database.databases == {"panko_openstack_panko"}
    assert memory.database.accounts == {"root": "root-password"}


def test_delete_takes_the_database_with_its_accounts():
    memory = world(database="Delete")
    memory.reconcile()
    assert memory.database.databases == set()
    assert memory.database.accounts == {"root": "root-password"}


def test_retain_keeps_everything_in_keystone():
    memory = world(keystone="Retain")
    memory.keystone.outage = True  # it is not even asked
    memory.reconcile()
    assert memory.body is None
    assert len(memory.keystone.endpoints) == 3
    assert "panko-openstack-panko" in memory.keystone.users


def test_a_keystone_that_is_away_is_waited_for_and_then_left():
    memory = world()
    memory.keystone.outage = True
    assert memory.reconcile().pace is Pace.DELETING
    assert memory.body is not None
    memory.wait(minutes=5)
    assert memory.reconcile().pace is Pace.SETTLED
    assert memory.body is None
    ((_, reason, message), *_) = [event for event in memory.kube.events if event[1] == "LeftBehind"]
    assert (reason, "its endpoints in Keystone" in message) == ("LeftBehind", True)


def test_an_operator_that_was_down_meanwhile_is_as_patient():
    memory = world()
    memory.wait(hours=1)
    memory.world = dataclasses.replace(memory.world, began=memory.time)
    memory.keystone.outage = True
    assert memory.reconcile().pace is Pace.DELETING
    memory.keystone.outage = False
    memory.reconcile()
    assert memory.body is None
    assert memory.keystone.endpoints == {}


def test_a_keystone_that_comes_back_is_cleaned():
    memory = world()
    memory.keystone.outage = True
    memory.reconcile()
    memory.keystone.outage = False
    memory.reconcile()
    assert memory.body is None
    assert memory.keystone.endpoints == {}


def test_what_can_be_removed_is_at_once_although_something_else_waits():
    memory = world(database="Delete")
    memory.keystone.outage = True
    memory.reconcile()
    assert memory.body is not None
    assert memory.database.databases == set()


@pytest.mark.parametrize("policy", ["Retain", "Delete"])
def test_a_panko_that_never_got_anywhere_goes_at_once(policy):
    memory = MemoryWorld({**SPEC, "deletionPolicy": {"database": policy, "keystone": policy}})
    del memory.kube.objects["Secret", "openstack", "keystone-admin"]
    memory.reconcile()
    memory.keystone.outage = memory.database.outage = True
    memory.kube.delete_panko(memory.body, memory.time)
    assert memory.reconcile().pace is Pace.SETTLED
    assert memory.body is None


def test_a_deletion_repeated_is_no_error():
    memory = world(database="Delete")
    body = memory.body
    memory.reconcile()
    memory.kube.put(body)
    assert memory.reconcile().pace is Pace.SETTLED


def test_a_mistake_of_ours_does_not_keep_a_panko_from_going(monkeypatch):
    memory = world()
    monkeypatch.setattr(memory.keystone, "withdraw_endpoints", lambda *_: 1 // 0)
    assert memory.reconcile().pace is Pace.DELETING
    memory.wait(minutes=5)
    memory.reconcile()
    assert memory.body is None
    assert [reason for _, reason, _ in memory.kube.events] == ["DeletionWaits", "LeftBehind"]


def test_what_is_left_is_told_without_a_command_where_none_can_be_found(monkeypatch):
    """Without the right to read the namespace kube-system, or with a status that somebody has restored in part."""
    memory = world()
    memory.body["status"]["keystone"] = {"userId": "1"}

    def refuse():
        raise KubernetesError("get Namespace kube-system: it is forbidden.")

    monkeypatch.setattr(memory.kube, "cluster_id", refuse)
    assert memory.reconcile().pace is Pace.DELETING
    memory.wait(minutes=5)
    memory.reconcile()
    assert memory.body is None
    left = [message for _, reason, message in memory.kube.events if reason == "LeftBehind"]
    assert len(left) == 3
    assert all("By hand: look for" in message for message in left)


def test_it_ends_within_two_minutes_whatever_does_not_answer():
    memory = world(database="Delete")
    memory.keystone.outage = memory.database.outage = True
    deleted_at, passes = memory.time, 0
    while memory.body is not None:
        pace = memory.reconcile().pace
        memory.wait(seconds=20 + delay_seconds(pace, repeats=passes, spread=0.99))  # a frozen server costs 20 seconds
        passes += 1
    assert (memory.time - deleted_at).total_seconds() <= 120 + delay_seconds(Pace.SETTLED, repeats=0, spread=0.99)
    assert memory.kube.reasons("Warning").count("LeftBehind") == 3


def test_an_annotation_lets_a_panko_go_at_once(caplog):
    memory = world()
    memory.keystone.outage = True
    memory.body["metadata"]["annotations"] = {RELEASE_ANNOTATION: "true"}
    memory.reconcile()
    assert memory.body is None
    assert "openstack/panko: LeftBehind: The Panko is deleted, but its endpoints in Keystone" in caplog.text


def test_what_has_to_be_left_is_told_with_what_to_type_against_it(caplog):
    memory = world(database="Delete")
    ids = [one["id"] for one in memory.body["status"]["endpoints"]]
    user_id = memory.body["status"]["keystone"]["userId"]
    usernames = sorted(set(memory.database.accounts) - {"root"})
    memory.keystone.outage = memory.database.outage = True
    memory.wait(minutes=5)
    memory.reconcile()
    endpoints, user, accounts = [message for _, reason, message in memory.kube.events if reason == "LeftBehind"]
    assert endpoints.endswith(f"By hand: openstack endpoint delete {' '.join(ids)}")
    assert user.endswith(f"By hand: openstack user delete {user_id}")
    assert all(f"`{username}`" in accounts for username in usernames)
    assert "By hand: in database panko_openstack_panko on mariadb: DROP USER IF EXISTS" in accounts


def older_definition(memory):
    """Let the Panko lack a field, as if the definition in the cluster gave it no default."""
    del memory.body["spec"]["haproxy"]["maxConnections"]
    return memory


def test_a_definition_of_another_release_is_told():
    memory = older_definition(MemoryWorld())
    assert memory.reconcile().pace is Pace.FAILED
    ready = memory.condition("Ready")
    assert (ready["status"], ready["reason"]) == ("False", "DefinitionOutdated")
    assert "maxConnections" in ready["message"]
    assert "apply deploy/crds" in ready["message"]
    assert memory.condition("Stalled")["status"] == "True"


def test_a_deletion_ends_whatever_the_definition_is(caplog):
    memory = older_definition(world())
    assert memory.reconcile().pace is Pace.DELETING
    memory.wait(minutes=2)
    memory.reconcile()
    assert memory.body is None
    assert "LeftBehind" in caplog.text


def test_a_deleted_namespace_leaves_nothing_outside():
    memory = world(database="Delete")
    memory.kube.delete_namespace(memory.namespace)
    assert memory.kube.names("Secret") == {"panko-cleanup"}
    assert memory.reconcile().pace is Pace.SETTLED
    assert memory.kube.objects == {}
    assert (memory.keystone.endpoints, memory.keystone.users) == ({}, {})
    assert memory.database.databases == set()
    assert memory.database.accounts == {"root": "root-password"}
    assert memory.kube.events == []


def test_a_note_of_another_life_is_no_word_about_this_one():
    """Such as in a manifest that somebody has kept of a Panko that was being deleted."""
    memory = world(database="Delete")
    memory.body["metadata"]["annotations"] = {REMOVED_ANNOTATION: "another uid"}
    memory.reconcile()
    assert memory.body is None
    assert (memory.keystone.users, memory.database.databases) == ({}, set())


def test_what_is_left_is_told_once_although_the_operator_dies_before_the_end(monkeypatch):
    memory = world()
    memory.keystone.outage = True
    memory.wait(minutes=5)
    with monkeypatch.context() as dying:
        dying.setattr(memory.kube, "remove_finalizer", lambda _live: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            memory.reconcile()
    told = list(memory.kube.events)
    assert "LeftBehind" in memory.kube.reasons("Warning")
    memory.world = dataclasses.replace(memory.world, began=memory.time)
    assert memory.reconcile().pace is Pace.SETTLED
    assert memory.body is None
    assert memory.kube.events == told


@pytest.mark.parametrize("secret", ["panko-db-schema", "panko-keystone-user"])
def test_a_secret_of_ours_that_is_gone_is_no_sign_that_nothing_was_made(secret):
    memory = world(database="Delete")
    del memory.kube.objects["Secret", "openstack", secret]
    memory.reconcile()
    assert memory.keystone.users == {}
    assert memory.database.databases == set()


def test_nothing_is_made_outside_before_the_logins_are_kept():
    memory = MemoryWorld()
    memory.keystone.outage = memory.database.outage = True
    memory.reconcile()
    assert "panko-cleanup" in memory.kube.names("Secret")


def test_the_newest_logins_are_kept_and_a_deletion_prefers_the_secrets_themselves():
    memory = MemoryWorld({**SPEC, "deletionPolicy": {"database": "Delete"}})
    memory.reconcile()
    memory.kube.put_secret("openstack", "database-admin", username="root", password="changed")
    memory.database.accounts["root"] = "changed"
    memory.kube.delete_panko(memory.body, memory.time)
    memory.reconcile()
    assert memory.database.databases == set()


def test_logins_that_no_deletion_needs_are_not_kept():
    database = {"host": "mariadb", "accountSecretRef": {"name": "database-admin"}}
    memory = MemoryWorld({**SPEC, "database": database, "deletionPolicy": {"keystone": "Retain"}})
    memory.reconcile()
    assert "panko-cleanup" not in memory.kube.names("Secret")


def test_the_copy_goes_with_the_panko_when_something_is_left():
    memory = world()
    memory.keystone.outage = True
    memory.wait(minutes=2)
    memory.reconcile()
    assert memory.body is None
    assert "panko-cleanup" not in memory.kube.names("Secret")
