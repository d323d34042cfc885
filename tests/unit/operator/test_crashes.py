"""Whenever the operator dies, the next one ends where an undisturbed one would: nothing is missing, left or doubled."""

from datetime import timedelta

import pytest

from fakes import crd
from fakes.memory_world import KEYSTONE_ADMIN, SPEC
from fakes.mortal import Scenario, check, create

SCHEMA = crd.schema()


def edit(**changes):
    """Return what changes the spec as `kubectl edit` does, with the fields of a part merged."""

    def change(memory):
        now = memory.body["spec"]
        new = {
            key: {**now.get(key, {}), **value} if isinstance(value, dict) else value for key, value in changes.items()
        }
        memory.edit(**crd.defaulted({"spec": {**now, **new}}, SCHEMA)["spec"])

    return change


def new_database_login(memory):
    memory.database.accounts["root"] = "another"
    memory.kube.put_secret("openstack", "database-admin", username="root", password="another")


def new_keystone_login(memory):
    memory.keystone.admins["admin"] = "another"
    memory.kube.put_secret("openstack", "keystone-admin", **{**KEYSTONE_ADMIN, "OS_PASSWORD": "another"})


def another_database_secret(memory):
    memory.kube.put_secret("openstack", "other-admin", username="root", password="root-password")
    edit(database={"adminSecretRef": {"name": "other-admin"}})(memory)


def lost_secrets(memory):
    for name in ("panko-db-api", "panko-keystone-user", "panko-keys"):
        del memory.kube.objects["Secret", "openstack", name]


def collect(memory):
    memory.kube.put_secret("openstack", "rabbit", transport_url="rabbit://openstack:password@rabbitmq:5672/")
    edit(collector={"transportURLSecretRefs": [{"name": "rabbit"}], "autoscaling": {"maxReplicas": 4}})(memory)


def give_up_the_collector(memory):
    collect(memory)
    memory.reconcile()
    assert memory.condition("Ready")["status"] == "True"
    del memory.body["spec"]["collector"]
    memory.edit()


def delete(memory):
    memory.kube.delete_panko(memory.body, memory.time)


def delete_the_namespace(memory):
    """Let the namespace take everything but what holds on to it."""
    memory.kube.delete_namespace("openstack")


def delete_what_collects(memory):
    collect(memory)
    memory.reconcile()
    delete(memory)


def delete_the_namespace_of_what_collected(memory):
    give_up_the_collector(memory)
    memory.reconcile()
    delete_the_namespace(memory)


BOTH = {"database": "Delete", "keystone": "Delete"}
SCENARIOS = {
    "create": Scenario(create),
    "create without HAProxy, endpoints and retention": Scenario(
        create,
        {
            "haproxy": {"enabled": False},
            "keystone": {**SPEC["keystone"], "publish": False},
            "replicas": 1,
            "retention": {"timeToLive": "0"},
        },
    ),
    "configuration": Scenario(edit(customServiceConfig="[DEFAULT]\ndebug = true\n")),
    "replicas": Scenario(edit(replicas=5)),
    "service user": Scenario(edit(keystone={"serviceUser": "another"})),
    "unpublished": Scenario(edit(keystone={"publish": False})),
    "a publisher": Scenario(edit(publishers=[{"name": "ceilometer"}])),
    "database host": Scenario(edit(database={"host": "other"})),
    "database secret": Scenario(another_database_secret),
    "database login": Scenario(new_database_login),
    "Keystone login": Scenario(new_keystone_login),
    "lost secrets": Scenario(lost_secrets, every=timedelta(minutes=3)),  # accounts of before are kept for a while
    "a collector": Scenario(collect),
    "no collector any more": Scenario(give_up_the_collector, every=timedelta(minutes=3)),
    "everything at once": Scenario(
        edit(
            replicas=1,
            image="panko:12",
            customServiceConfig="[DEFAULT]\ndebug = true\n",
            keystone={"serviceUser": "another", "authURL": "http://other:5000/v3"},
            haproxy={"enabled": False},
            database={"host": "other"},
        )
    ),
}
DELETIONS = {
    "everything": Scenario(delete, {"deletionPolicy": BOTH}),
    "with the namespace": Scenario(delete_the_namespace, {"deletionPolicy": BOTH}),
    "with a collector": Scenario(delete_what_collects, {"deletionPolicy": BOTH}),
    "with a collector of before": Scenario(delete_the_namespace_of_what_collected, {"deletionPolicy": BOTH}),
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_change_that_dies_at_any_write_ends_as_if_it_had_not(name):
    assert check(SCENARIOS[name]) > 0


@pytest.mark.parametrize("name", DELETIONS)
def test_a_deletion_that_dies_at_any_write_leaves_nothing(name):
    assert check(DELETIONS[name]) > 0
    memory, _ = DELETIONS[name].undisturbed()
    assert memory.body is None
    assert memory.keystone.users == memory.keystone.endpoints == {}
    assert memory.keystone.service is None
    assert (memory.database.databases, set(memory.database.accounts)) == (set(), {"root"})
