"""Every sample that the product gives out gets Ready."""

import pytest

from fakes import crd
from fakes.memory_world import KEYSTONE_ADMIN, MemoryWorld
from panko_operator.certificates import own
from panko_operator.controller.reconcile import Pace

SAMPLES = sorted(file.stem for file in crd.SAMPLES.glob("*.yaml"))


def world(name):
    """Return a world with what a sample refers to, and nothing else."""
    spec = crd.sample(name)["spec"]
    memory = MemoryWorld(spec)
    database, keystone = spec["database"], spec["keystone"]["adminSecretRef"]
    memory.kube.put_secret(memory.namespace, keystone["name"], **KEYSTONE_ADMIN)
    for reference in filter(None, (database.get("adminSecretRef"), database.get("accountSecretRef"))):
        names = reference.get("usernameKey", "username"), reference.get("passwordKey", "password")
        login = dict(zip(names, ("root", "root-password"), strict=True))
        memory.kube.put_secret(memory.namespace, reference["name"], **login)
    if "tls" in spec:
        host = f"{memory.name}.{memory.namespace}.svc.cluster.local"
        made = own.renewed({}, host, memory.time)
        memory.kube.put_secret(memory.namespace, spec["tls"]["secretName"], **made)
    for publisher in spec.get("publishers", []):
        if "passwordSecretRef" in publisher:
            reference = publisher["passwordSecretRef"]
            given = {reference.get("key", "password"): "a-password-of-somebody"}
            memory.kube.put_secret(memory.namespace, reference["name"], **given)
    return memory


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_gets_ready_in_one_pass(name):
    memory = world(name)
    assert memory.reconcile().pace is Pace.SETTLED, memory.condition("Ready")
    assert memory.condition("Ready")["status"] == "True"


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_stays_as_it_is(name):
    memory = world(name)
    memory.reconcile()
    memory.kube.writes.clear()
    memory.reconcile()
    assert memory.kube.writes == []
