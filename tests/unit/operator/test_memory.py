"""What is remembered between passes: a settled one asks next to nothing, and what matters is noticed all the same."""

from datetime import timedelta

import pytest

from fakes.memory_world import KEYSTONE_ADMIN, SPEC, MemoryWorld
from panko_operator.controller.result import Pace
from panko_operator.memory import RESYNC, Memory
from panko_operator.watching.pace import delay_seconds


class Remembering(MemoryWorld):
    """A world over which one operator does all passes, with what it remembers."""

    def __init__(self, spec=None):
        super().__init__(spec)
        self.memory = Memory(self.world)

    def reconcile(self):
        return self.memory.reconcile(self.memory.read(self.namespace, self.name)).pace

    def forget_costs(self):
        self.kube.reads.clear()
        self.kube.writes.clear()
        self.event_api.asked.clear()
        self.database.logins = self.keystone.logins = 0

    @property
    def costs(self):
        """API reads, writes, logins at the database, at Keystone, and queries since."""
        counted = len(self.kube.reads), len(self.kube.writes)
        return *counted, self.database.logins, self.keystone.logins, len(self.event_api.asked)

    def change(self, kind, name):
        """Return a stored object to be changed by somebody."""
        return self.kube.objects[kind, self.namespace, name]

    def watch(self, live):
        """Let the watches tell of an object as it is."""
        self.memory.store.put(live)


@pytest.fixture
def settled():
    return settle(Remembering())


def settle(world):
    for _ in range(3):
        assert world.reconcile() is Pace.SETTLED
    world.forget_costs()
    return world


GIVEN = {"host": "mariadb", "accountSecretRef": {"name": "account"}}
BARE = {
    **SPEC,
    "publishers": [],
    "replicas": 1,
    "database": GIVEN,
    "keystone": {**SPEC["keystone"], "publish": False},
    "deletionPolicy": {"database": "Retain", "keystone": "Retain"},
    "haproxy": {"enabled": False},
}


@pytest.mark.parametrize("spec", [SPEC, BARE], ids=["whole", "bare"])
def test_a_settled_pass_asks_next_to_nothing(spec):
    world = Remembering(spec)
    world.kube.put_secret(world.namespace, "account", username="root", password="root-password")
    settle(world).reconcile()
    reads, *rest = world.costs
    assert reads <= 2
    assert rest == [0, 0, 0, 0]


def test_each_pass_of_the_timer_looks_at_everything():
    assert timedelta(seconds=delay_seconds(Pace.SETTLED, repeats=9, spread=0)) >= RESYNC


def test_drift_in_the_database_is_found_at_the_resync(settled):
    (name,) = [name for name, role in settled.database.roles.items() if role == "api"]
    del settled.database.accounts[name]
    settled.reconcile()
    assert name not in settled.database.accounts
    settled.wait(seconds=RESYNC.total_seconds())
    assert settled.reconcile() is Pace.SETTLED
    assert name in settled.database.accounts


def test_drift_in_keystone_is_found_at_the_resync(settled):
    before = settled.keystone.endpoints.copy()
    next(iter(settled.keystone.clouds.values())).endpoints.clear()
    settled.wait(seconds=RESYNC.total_seconds())
    settled.reconcile()
    assert settled.keystone.endpoints.keys() == before.keys()


def test_a_child_that_drifts_is_mended_as_soon_as_the_watch_tells(settled):
    live = settled.change("Deployment", "panko-api")
    live["spec"]["replicas"] = 7
    settled.watch(live)
    settled.reconcile()
    assert settled.change("Deployment", "panko-api")["spec"]["replicas"] == 2


def test_a_child_that_is_deleted_comes_back_as_soon_as_the_watch_tells(settled):
    settled.memory.store.gone(settled.kube.objects.pop(("Service", "openstack", "panko")))
    settled.reconcile()
    assert "panko" in settled.kube.names("Service")


def test_a_child_that_went_unseen_comes_back_at_the_resync(settled):
    del settled.kube.objects["Service", "openstack", "panko"]
    settled.reconcile()
    assert "panko" not in settled.kube.names("Service")
    settled.wait(seconds=RESYNC.total_seconds())
    settled.reconcile()
    assert "panko" in settled.kube.names("Service")


def test_a_password_that_changes_is_tried_at_once(settled):
    settled.database.accounts["root"] = "changed"
    settled.kube.put_secret("openstack", "database-admin", username="root", password="changed")
    settled.watch(settled.change("Secret", "database-admin"))
    assert settled.reconcile() is Pace.SETTLED
    assert settled.database.logins > 0
    assert settled.keystone.logins == 0


def test_an_edit_of_the_spec_verifies_everything(settled):
    settled.edit(customServiceConfig="")
    settled.reconcile()
    _, _, database, keystone, queries = settled.costs
    assert database > 0
    assert keystone > 0
    assert queries == 1


def test_an_annotation_asks_for_a_look_at_everything(settled):
    settled.body["metadata"]["annotations"] = {"panko.openstack.org/reconcile-at": "now"}
    settled.keystone.outage = True
    assert settled.reconcile() is Pace.FAILED
    assert settled.condition("Ready")["reason"] == "KeystoneUnreachable"


def test_other_pods_are_asked_anew(settled):
    live = settled.change("Deployment", "panko-api")
    live["metadata"]["resourceVersion"] = "77"
    settled.watch(live)
    settled.reconcile()
    assert settled.costs[2:] == (0, 0, 1)


def test_a_pass_that_fails_takes_back_what_was_verified(settled):
    settled.event_api.fault = "the token is refused"
    settled.edit(replicas=3)  # for a query to be made at all
    assert settled.reconcile() is Pace.FAILED
    settled.forget_costs()
    settled.reconcile()
    assert min(settled.costs[2:]) > 0


def test_a_new_process_verifies_everything(settled):
    settled.memory = Memory(settled.world)
    settled.reconcile()
    assert min(settled.costs[2:]) > 0


def test_what_is_told_once_is_not_told_again_from_memory():
    world = Remembering()
    for _ in range(3):
        world.reconcile()
    told = world.kube.reasons("Normal")
    assert len(told) == len(set(told))


def test_a_password_that_was_set_is_told_once(settled):
    settled.kube.events.clear()
    settled.memory.store.gone(settled.kube.objects.pop(("Secret", "openstack", "panko-keystone-user")))
    for _ in range(3):
        settled.reconcile()
    assert settled.kube.reasons("Normal").count("ServiceUserSetUp") == 1


def test_a_deletion_looks_at_everything_as_it_is(settled):
    settled.keystone.admins["admin"] = "rotated"
    rotated = {**KEYSTONE_ADMIN, "OS_PASSWORD": "rotated"}
    settled.kube.put_secret("openstack", "keystone-admin", **rotated)  # and no watch has told of it yet
    settled.kube.delete_panko(settled.body, settled.time)
    assert settled.reconcile() is Pace.SETTLED
    assert settled.body is None
    assert settled.keystone.endpoints == {}
    assert settled.keystone.users == {}


def test_no_password_is_kept_in_what_was_verified(settled):
    assert "password" not in repr(settled.memory._verified._proofs)
