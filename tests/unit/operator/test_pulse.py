"""What clients would suffer from is noticed between passes, without a login, and a pass looks at it."""

import dataclasses

import pytest

from fakes.memory_world import SPEC, MemoryWorld
from panko_operator.controller.result import Pace
from panko_operator.memory import Memory

NAME = ("openstack", "panko")


class Asked(MemoryWorld):
    """A world whose one operator asks between passes."""

    def __init__(self, **spec):
        super().__init__({**SPEC, "publishers": [], **spec})
        self.memory = Memory(self.world)

    def reconcile(self):
        return self.memory.reconcile(self.memory.read(*NAME)).pace

    def settle(self):
        for _ in range(3):
            assert self.reconcile() is Pace.SETTLED

    def is_unwell(self):
        return self.memory.is_unwell(NAME)

    @property
    def questions(self):
        """All that anybody outside was asked for."""
        logins = self.database.logins, self.keystone.logins
        return len(self.kube.reads), len(self.kube.writes), logins, len(self.event_api.asked)

    @property
    def catalogue(self):
        (cloud,) = self.keystone.clouds.values()
        return cloud.endpoints


@pytest.fixture
def settled():
    world = Asked()
    world.settle()
    return world


def test_to_ask_costs_one_login_as_the_api_and_nothing_of_kubernetes(settled):
    reads, writes, (database, keystone), asked = settled.questions
    assert not settled.is_unwell()
    assert settled.questions == (reads, writes, (database + 1, keystone), asked)
    assert len(settled.event_api.asked_again) == settled.keystone.tokens_taken == 1


def revoke_a_grant(world):
    (name,) = [name for name, role in world.database.roles.items() if role == "api"]
    world.database.roles[name] = "none"
    world.event_api.fault = "answered 503"
    return lambda: world.database.roles[name] == "api"


def revoke_the_right_to_write(world):
    """Who only reads does not notice."""
    (name,) = [name for name, role in world.database.roles.items() if role == "api"]
    world.database.roles[name] = "none"
    return lambda: world.database.roles[name] == "api"


def change_the_password(world):
    """The connections that the API has work on."""
    (name,) = [name for name, role in world.database.roles.items() if role == "api"]
    before, world.database.accounts[name] = world.database.accounts[name], "somebody's"
    return lambda: world.database.accounts[name] == before


def change_an_endpoint(world):
    world.catalogue[0] = dataclasses.replace(world.catalogue[0], url="http://elsewhere")
    return lambda: world.catalogue[0].url != "http://elsewhere"


def delete_an_endpoint(world):
    del world.catalogue[0]
    return lambda: len(world.catalogue) == 3


def delete_the_service(world):
    world.keystone.service = None
    return lambda: world.keystone.service is not None


def delete_the_user(world):
    users = world.keystone.clouds[SPEC["keystone"]["authURL"]].users
    users.clear()
    return lambda: users


def damage_the_schema(world):
    (name,) = world.database.databases
    world.database.without_schema.add(name)
    world.event_api.fault = "answered 503"

    def found():
        world.database.without_schema.discard(name)  # as the Job does
        return world.condition("DBSyncReady")["status"] == "Unknown"

    return found


@pytest.mark.parametrize(
    "harm",
    [
        revoke_a_grant,
        revoke_the_right_to_write,
        change_the_password,
        change_an_endpoint,
        delete_an_endpoint,
        delete_the_service,
        delete_the_user,
        damage_the_schema,
    ],
)
def test_what_clients_suffer_from_is_mended_by_the_next_pass_and_not_the_next_resync(settled, harm):
    mended = harm(settled)
    settled.reconcile()
    assert settled.condition("Ready")["status"] == "True"  # it was not looked for
    assert settled.is_unwell()
    settled.reconcile()
    assert mended()
    settled.event_api.fault = None
    settled.settle()
    assert not settled.is_unwell()


def test_an_api_that_goes_on_failing_is_told_at_once_and_asked_by_passes_alone(settled):
    settled.event_api.fault = "http://panko answered 503: no database"
    assert settled.is_unwell()
    assert settled.reconcile() is Pace.FAILED
    api = settled.condition("EventAPIReady")
    assert (api["status"], api["reason"], api["message"]) == ("False", "QueryFailed", settled.event_api.fault)
    assert settled.condition("Ready")["status"] == "False"
    assert settled.memory.serving() == ()
    settled.event_api.fault = None
    settled.settle()
    assert settled.memory.serving() == (NAME,)


def test_a_keystone_that_is_away_is_told(settled):
    settled.keystone.outage = True
    assert settled.is_unwell()
    settled.reconcile()
    assert settled.condition("Ready")["reason"] == "KeystoneUnreachable"


def test_a_token_that_is_over_is_not_asked_with_and_costs_one_login(settled):
    settled.wait(minutes=59)
    settled.memory._verified._lasts *= 100
    settled.settle()
    asked, logins, again = len(settled.event_api.asked), settled.keystone.logins, len(settled.event_api.asked_again)
    settled.wait(hours=1)
    assert settled.is_unwell()
    settled.settle()
    assert len(settled.event_api.asked_again) == again
    assert (len(settled.event_api.asked), settled.keystone.logins) == (asked + 1, logins)
    assert not settled.is_unwell()


def test_a_catalogue_that_a_pass_is_content_with_wakes_one_pass_alone(settled):
    """Keystone may tell some projects of some endpoints only (OS-EP-FILTER)."""
    settled.keystone.catalogue = lambda *_: []
    assert settled.is_unwell()
    settled.settle()
    assert [settled.is_unwell() for _ in range(3)] == [False] * 3


def test_a_database_that_is_away_is_the_query_to_tell(settled):
    settled.database.outage = True
    assert not settled.is_unwell()


def test_the_rights_of_an_account_that_was_given_are_its_givers():
    world = Asked(database={"host": "mariadb", "accountSecretRef": {"name": "database-admin"}})
    world.settle()
    world.database.roles.clear()
    assert not world.is_unwell()


def test_rights_that_a_pass_is_content_with_wake_one_pass_alone(settled):
    settled.database.lacks_grants = lambda *_arguments, **_options: True
    assert settled.is_unwell()
    settled.settle()
    assert [settled.is_unwell() for _ in range(3)] == [False] * 3


@pytest.mark.parametrize("changes", [{"suspend": True}, {"replicas": 0}])
def test_one_that_is_not_meant_to_serve_is_not_asked(settled, changes):
    settled.edit(**changes)
    settled.reconcile()
    assert settled.memory.serving() == ()
    assert not settled.is_unwell()


def test_one_whose_pods_are_replaced_is_asked_on(settled):
    settled.kube.rolls_out = False
    deployment = settled.kube.objects["Deployment", "openstack", "panko-api"]
    deployment["status"] = {**deployment["status"], "readyReplicas": 1}
    settled.memory.store.put(deployment)
    assert settled.reconcile() is Pace.WAITING
    assert settled.memory.serving() == (NAME,)


def test_one_that_is_deleted_or_gone_is_not_asked(settled):
    settled.kube.delete_panko(settled.body, settled.time)
    settled.keystone.outage = True
    settled.reconcile()
    assert settled.memory.serving() == ()


def test_one_that_vanished_is_not_asked(settled):
    del settled.kube.objects["Panko", "openstack", "panko"]
    assert settled.memory.read(*NAME) is None
    assert settled.memory.serving() == ()


def test_no_password_is_kept_to_ask_with(settled):
    kept = repr([dataclasses.asdict(settled.memory._pulses.of(NAME).asked.keystone)])
    assert "password': ''" in kept
    assert "admin-password" not in kept
    assert "generated" not in repr(settled.memory._pulses.of(NAME))
    assert "token of" not in repr(settled.memory._pulses.of(NAME))
