"""A Panko in each phase of its life, with the status that the operator really writes in it.

What GitOps tools are told is tried on these, so that it cannot grow apart from what the operator says.
"""

import functools
import json
import re

from fakes.memory_world import MemoryWorld
from panko_operator.resource import PLAN_ANNOTATION

SPEC = {
    "database": {"host": "mariadb", "adminSecretRef": {"name": "database-admin"}},
    "keystone": {"authURL": "http://keystone:5000/v3", "adminSecretRef": {"name": "keystone-admin"}},
}
API = ("Deployment", "openstack", "panko-api")
_KNOWN_BY = ("name", "namespace", "generation", "annotations")
_WRITTEN = ("replicas", "image", "suspend", "suspendMode")


def new():
    """Nobody has looked at it yet: as the API server stores it."""
    return MemoryWorld(SPEC)


def installing():
    """The schema is being made."""
    memory = MemoryWorld(SPEC)
    memory.kube.auto = False
    memory.reconcile()
    return memory


def ready():
    """All is done."""
    memory = MemoryWorld(SPEC)
    memory.reconcile()
    return memory


def edited():
    """It was ready, and has another spec that nobody has looked at."""
    memory = ready()
    memory.edit(replicas=3)
    return memory


def rolling_out():
    """Pods are being replaced for another spec."""
    memory = ready()
    memory.kube.auto = False
    memory.edit(image="panko:12")
    memory.reconcile()
    for live in memory.kube.objects.values():
        if live["kind"] == "Job":
            memory.kube.come_up(live)
    memory.reconcile()
    return memory


def replacing():
    """Pods are being replaced for the same spec, and those of before serve."""
    memory = ready()
    memory.kube.objects[API]["status"] |= {"updatedReplicas": 1, "replicas": 3}
    memory.reconcile()
    return memory


def database_away():
    """The database server does not answer."""
    memory = ready()
    memory.database.outage = True
    memory.reconcile()
    return memory


def secret_without_key():
    """The Secret of the database's administrator has no password in it."""
    memory = MemoryWorld(SPEC)
    memory.kube.put_secret(memory.namespace, "database-admin", username="root")
    memory.reconcile()
    return memory


def schema_failed():
    """The Job that makes the schema has given up."""
    memory = installing()
    (name,) = memory.kube.names("Job")
    memory.kube.fail_job(name, memory.time)
    memory.reconcile()
    return memory


def api_refuses():
    """The event API answers with an error."""
    memory = MemoryWorld(SPEC)
    memory.event_api.fault = "The event API answers 500; `kubectl logs` of its pods says why."
    memory.reconcile()
    return memory


def suspended():
    """It is left alone while it is ready."""
    memory = ready()
    memory.edit(suspend=True)
    memory.reconcile()
    return memory


def suspended_without_api():
    """It is left alone, and somebody has deleted its API."""
    memory = suspended()
    del memory.kube.objects[API]
    memory.reconcile()
    return memory


def suspended_from_the_start():
    """Nothing was ever made of it."""
    memory = MemoryWorld({**SPEC, "suspend": True})
    memory.reconcile()
    return memory


def planned():
    """Only a plan of it is wanted."""
    memory = ready()
    memory.edit(replicas=3)
    memory.body["metadata"].setdefault("annotations", {})[PLAN_ANNOTATION] = "true"
    memory.reconcile()
    return memory


def hibernating():
    """It has no pods, on purpose."""
    memory = ready()
    memory.edit(replicas=0)
    memory.reconcile()
    memory.reconcile()
    return memory


PHASES = (
    new,
    installing,
    ready,
    edited,
    rolling_out,
    replacing,
    database_away,
    secret_without_key,
    schema_failed,
    api_refuses,
    suspended,
    suspended_without_api,
    suspended_from_the_start,
    planned,
    hibernating,
)


@functools.cache
def bodies():
    """Return a Panko in every phase, by the phase's name: what people write of it, and what the operator says."""
    return {phase.__name__: _told(phase().body) for phase in PHASES}


def _told(body):
    metadata, status = body["metadata"], body.get("status")
    told = {
        "apiVersion": body["apiVersion"],
        "kind": body["kind"],
        "metadata": {key: metadata[key] for key in _KNOWN_BY if key in metadata},
        "spec": {**SPEC, **{key: body["spec"][key] for key in _WRITTEN if key in body["spec"]}},
    }
    if status is not None:
        told["status"] = {key: status[key] for key in ("observedGeneration", "settled", "conditions") if key in status}
    # A Job's name has a hash of its pod's template, which is not what this is about.
    return json.loads(re.sub(r"panko-dbsync-[0-9a-f]{8}", "panko-dbsync-01234567", json.dumps(told)))
