"""The end of a Panko: what is removed, what is kept, and that it ends."""

import pytest

from fakes.memory_world import SPEC, MemoryWorld
from panko_operator.controller.reconcile import Pace


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
    assert memory.database.databases == {"panko"}
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
    assert memory.reconcile().pace is Pace.FAILED
    assert memory.body is not None
    memory.wait(minutes=5)
    assert memory.reconcile().pace is Pace.SETTLED
    assert memory.body is None
    ((_, reason, message), *_) = [event for event in memory.kube.events if event[1] == "LeftBehind"]
    assert (reason, "its endpoints in Keystone" in message) == ("LeftBehind", True)


def test_a_keystone_that_comes_back_is_cleaned():
    memory = world()
    memory.keystone.outage = True
    memory.reconcile()
    memory.keystone.outage = False
    memory.reconcile()
    assert memory.body is None
    assert memory.keystone.endpoints == {}


def test_what_can_be_removed_is_although_something_else_is_left():
    memory = world(database="Delete")
    memory.keystone.outage = True
    memory.wait(minutes=5)
    memory.reconcile()
    assert memory.body is None
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
    assert memory.reconcile().pace is Pace.FAILED
    memory.wait(minutes=5)
    memory.reconcile()
    assert memory.body is None
    assert [reason for _, reason, _ in memory.kube.events] == ["DeletionWaits", "LeftBehind"]
