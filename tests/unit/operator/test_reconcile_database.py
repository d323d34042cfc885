"""The database of a Panko through passes and its deletion: nobody else's is touched."""

from fakes.memory_world import SPEC, MemoryWorld
from panko_operator.database.marks import Mark, Origin
from panko_operator.world.values import Owner

NAME = "panko_openstack_panko"
DELETE = {**SPEC, "deletionPolicy": {"database": "Delete"}}
STRANGER = Owner("cluster-2", "openstack/panko", "9")


def test_a_database_of_somebody_else_is_named_and_gets_no_account():
    memory = MemoryWorld()
    memory.database.databases.add(NAME)
    memory.database.marks[NAME] = Mark(STRANGER, Origin.CREATED)
    memory.reconcile()
    condition = memory.condition("DBReady")
    assert (condition["status"], condition["reason"]) == ("False", "DatabaseNotOurs")
    assert memory.condition("Stalled")["status"] == "True"
    assert memory.database.accounts == {"root": "root-password"}


def test_a_deletion_drops_what_was_created():
    memory = deleted(MemoryWorld(DELETE))
    assert memory.database.databases == set()
    assert memory.database.accounts == {"root": "root-password"}


def test_a_deletion_keeps_what_was_adopted_and_drops_its_accounts():
    memory = MemoryWorld({**DELETE, "database": {**SPEC["database"], "adopt": True}})
    memory.database.databases.add(NAME)
    memory.database.tables[NAME] = ["event"]
    deleted(memory)
    assert memory.database.databases == {NAME}
    assert memory.database.accounts == {"root": "root-password"}


def test_a_deletion_touches_nothing_of_somebody_else():
    memory = MemoryWorld(DELETE)
    memory.reconcile()
    memory.database.marks[NAME] = Mark(STRANGER, Origin.CREATED)
    accounts = dict(memory.database.accounts)
    memory.kube.delete_panko(memory.body, memory.time)
    memory.reconcile()
    assert memory.body is None
    assert memory.database.databases == {NAME}
    assert memory.database.accounts == accounts


def test_two_pankos_never_share_a_database_by_default():
    names = set()
    for namespace, name in (("openstack", "panko"), ("openstack", "staging"), ("other", "panko")):
        memory = MemoryWorld()
        body = memory.body
        del memory.kube.objects["Panko", "openstack", "panko"]
        body["metadata"].update(namespace=namespace, name=name)
        for secret in ("keystone-admin", "database-admin"):
            live = memory.kube.objects["Secret", "openstack", secret]
            memory.kube.put({**live, "metadata": {**live["metadata"], "namespace": namespace}})
        memory.kube.put(body)
        memory.namespace, memory.name = namespace, name
        memory.reconcile()
        names |= memory.database.databases
    assert len(names) == 3


def test_a_schema_that_is_gone_is_made_again_whatever_the_job_says():
    memory = MemoryWorld()
    memory.reconcile()
    (job,) = memory.kube.names("Job")
    uid = memory.kube.objects["Job", "openstack", job]["metadata"]["uid"]
    memory.database.without_schema.add(NAME)
    memory.reconcile()
    assert memory.condition("DBSyncReady")["reason"] == "Retrying"
    memory.database.without_schema.clear()
    memory.reconcile()
    assert memory.condition("Ready")["status"] == "True"
    assert memory.kube.objects["Job", "openstack", job]["metadata"]["uid"] != uid


def deleted(memory):
    memory.reconcile()
    memory.kube.delete_panko(memory.body, memory.time)
    memory.reconcile()
    assert memory.body is None
    return memory
