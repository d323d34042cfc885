"""Schema Jobs through passes: one at a time, and none is ended while it is at work."""

import itertools

import pytest

from fakes.memory_world import MemoryWorld


def job_names(memory):
    return memory.kube.names("Job")


def end_job(memory, name):
    """Let a Job of some name complete."""
    memory.kube.come_up(memory.kube.objects["Job", "openstack", name])


PODS = itertools.count(1)


def pod(memory, name, state):
    """Give a Job a pod whose container is in a state, as the kubelet tells it."""
    owner = memory.kube.objects["Job", "openstack", name]["metadata"]
    metadata = {
        "name": f"{name}-{next(PODS)}",
        "namespace": "openstack",
        "labels": owner["labels"],
        "ownerReferences": [{"kind": "Job", "name": name, "uid": owner["uid"]}],
    }
    container = {"name": "dbsync", "image": "panko:11", "state": state}
    status = {"containerStatuses": [container]} if state else {"phase": "Pending"}
    memory.kube.put({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "status": status})
    return metadata["name"]


@pytest.fixture
def begun():
    """A world whose first schema Job has not ended, and the name of that."""
    memory = MemoryWorld()
    memory.kube.auto = False
    memory.reconcile()
    (first,) = job_names(memory)
    return memory, first


def test_an_image_that_changes_while_a_job_is_at_work_waits_for_its_end(begun):
    memory, first = begun
    running = pod(memory, first, {"running": {"startedAt": "2030-01-01T00:00:00Z"}})
    memory.edit(image="panko:12")
    memory.reconcile()
    assert job_names(memory) == {first}
    condition = memory.condition("DBSyncReady")
    assert (condition["status"], condition["reason"]) == ("Unknown", "JobRunning")
    assert first in condition["message"]
    del memory.kube.objects["Pod", "openstack", running]
    end_job(memory, first)
    memory.reconcile()
    (second,) = job_names(memory)
    assert second != first
    assert second in memory.condition("DBSyncReady")["message"]


@pytest.mark.parametrize(
    "state",
    [None, {"waiting": {"reason": "ImagePullBackOff"}}, {"terminated": {"exitCode": 1, "finishedAt": "2030"}}],
    ids=["not scheduled", "image cannot be pulled", "between two tries"],
)
def test_a_job_that_is_not_at_work_is_replaced_at_once(begun, state):
    memory, first = begun
    pod(memory, first, state)
    memory.edit(image="panko:12")
    memory.reconcile()
    (second,) = job_names(memory)
    assert second != first


def test_an_image_that_changes_back_while_its_job_is_at_work_makes_no_other(begun):
    memory, first = begun
    pod(memory, first, {"running": {}})
    for image in ("panko:12", "panko:11"):
        memory.edit(image=image)
        memory.reconcile()
    assert job_names(memory) == {first}
