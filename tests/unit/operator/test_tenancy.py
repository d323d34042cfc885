"""Where the authors of Pankos are trusted less than who runs the operator."""

import pytest

from fakes.memory_world import SPEC, MemoryWorld
from panko_operator.tenancy import SECRET_LABEL, Tenancy


@pytest.mark.parametrize(
    ("allowed", "host", "expected"),
    [
        ((), "anything", True),
        (("mariadb",), "mariadb", True),
        (("mariadb",), "MariaDB", True),
        (("mariadb",), "mariadb.evil.example", False),
        (("*.db.example.org",), "one.db.example.org", True),
        (("*.db.example.org",), "db.example.org", False),
        (("*.db.example.org",), "evildb.example.org", False),
        (("fd00::1",), "fd00::1", True),
    ],
)
def test_database_hosts(allowed, host, expected):
    assert Tenancy(database_hosts=allowed).allows_database(host) is expected


@pytest.mark.parametrize(
    ("allowed", "url", "expected"),
    [
        ((), "http://anything/v3", True),
        (("https://keystone:5000",), "https://keystone:5000/v3", True),
        (("https://keystone",), "https://keystone:443/v3", True),
        (("https://keystone:5000/v3",), "https://keystone:5000/v3", True),
        (("https://keystone:5000/v3",), "https://keystone:5000/v3evil", False),
        (("https://keystone:5000",), "http://keystone:5000/v3", False),
        (("https://keystone:5000",), "https://keystone:5001/v3", False),
        (("https://keystone:5000",), "https://keystone:5000@169.254.169.254/v3", False),
        (("https://proxy/identity",), "https://proxy/identity/../admin", False),
        (("https://proxy/identity",), "https://proxy/admin", False),
    ],
)
def test_keystone_urls(allowed, url, expected):
    assert Tenancy(keystone_urls=allowed).allows_keystone(url) is expected


@pytest.mark.parametrize(
    ("tenancy", "named"),
    [
        (Tenancy(database_hosts=("other",)), "spec.database.host"),
        (Tenancy(keystone_urls=("http://other",)), "spec.keystone.authURL"),
        (Tenancy(labelled_secrets=True), f"label it {SECRET_LABEL}=true"),
    ],
)
def test_what_is_not_allowed_is_told_and_nothing_outside_is_asked(tenancy, named):
    memory = MemoryWorld(tenancy=tenancy)
    memory.keystone.outage = memory.database.outage = True  # asked, they would say so
    memory.reconcile()
    condition = memory.condition("InputReady")
    assert (condition["status"], condition["reason"]) == ("False", "NotAllowed")
    assert named in condition["message"]


def test_what_is_not_allowed_is_not_asked_while_a_panko_is_deleted_either():
    memory = MemoryWorld({**SPEC, "deletionPolicy": {"database": "Delete", "keystone": "Delete"}})
    memory.reconcile()
    confined = MemoryWorld(tenancy=Tenancy(("other",), ("http://other",), labelled_secrets=False))
    confined.kube.objects = memory.kube.objects
    confined.keystone.outage = confined.database.outage = True
    confined.kube.delete_panko(confined.body, confined.time)
    confined.reconcile()
    told = [message for _, reason, message in confined.kube.events if reason == "DeletionWaits"]
    assert told
    assert all("does not answer" not in message for message in told)


def test_labelled_secrets_are_used():
    memory = MemoryWorld(tenancy=Tenancy(labelled_secrets=True))
    for name in ("keystone-admin", "database-admin"):
        memory.kube.objects["Secret", memory.namespace, name]["metadata"]["labels"] = {SECRET_LABEL: "true"}
    memory.reconcile()
    assert memory.condition("Ready")["status"] == "True"
