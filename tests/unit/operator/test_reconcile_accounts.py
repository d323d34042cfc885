"""The names of the database accounts: one Panko's only, whatever else uses the server."""

import base64
import hashlib

from fakes.memory_world import SPEC, MemoryWorld

ROLES = ("schema", "api", "expirer")


def usernames(memory):
    return set(memory.database.accounts) - {"root"}


def earlier_name(role):
    return f"panko-{role}-{hashlib.sha256(b'openstack/panko').hexdigest()[:8]}"


def test_clusters_that_share_a_server_never_share_an_account():
    here, there = MemoryWorld(), MemoryWorld()
    there.kube.cluster_id = lambda: "another-cluster"
    here.reconcile()
    there.reconcile()
    assert len(usernames(here) | usernames(there)) == 2 * len(ROLES)


def made_by_an_earlier_build():
    memory = MemoryWorld()
    memory.reconcile()
    for role in ROLES:
        secret = memory.kube.objects["Secret", "openstack", f"panko-db-{role}"]
        secret["data"]["username"] = base64.b64encode(earlier_name(role).encode()).decode()
    memory.database.accounts = {"root": "root-password"}
    memory.reconcile()
    return memory


def test_an_account_of_an_earlier_build_keeps_its_name():
    memory = made_by_an_earlier_build()
    assert memory.condition("Ready")["status"] == "True"
    assert usernames(memory) == {earlier_name(role) for role in ROLES}


def test_a_deletion_drops_the_accounts_by_the_names_they_had_when_the_secrets_went_first():
    memory = made_by_an_earlier_build()
    for role in ROLES:
        del memory.kube.objects["Secret", "openstack", f"panko-db-{role}"]
    memory.kube.delete_panko(memory.body, memory.time)
    memory.reconcile()
    assert memory.body is None
    assert usernames(memory) == set()


def test_an_account_that_was_given_is_left_as_it_is_when_the_operator_is_to_make_them():
    given = {**SPEC["database"], "accountSecretRef": {"name": "mine"}}
    del given["adminSecretRef"]
    memory = MemoryWorld({**SPEC, "database": given})
    memory.database.accounts["somebody"] = "their-password"
    memory.kube.put_secret("openstack", "mine", username="somebody", password="their-password")
    memory.reconcile()
    assert memory.condition("Ready")["status"] == "True"
    memory.edit(database=MemoryWorld().body["spec"]["database"])
    memory.reconcile()
    assert memory.database.accounts.pop("somebody") == "their-password"
    assert len(usernames(memory)) == len(ROLES)
    assert "their-password" not in memory.database.accounts.values()
