"""Schema Jobs through passes: one at a time, none ended at work, and the second part when nothing of before is left."""

import itertools
from datetime import timedelta

import pytest

from fakes.memory_world import MemoryWorld
from panko_operator.controller.reconcile import Pace


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


# The second part


@pytest.fixture
def upgraded():
    """A settled world whose image has just changed; its schema Job says that something is left to contract."""
    memory = MemoryWorld()
    assert memory.reconcile().pace is Pace.SETTLED
    memory.kube.reported = {"revision": "0007", "contractDue": True}
    memory.kube.auto = False
    memory.edit(image="panko:12")
    return memory


def contracting(memory):
    return [name for name in job_names(memory) if "-contract-" in name]


def api_pod(memory, name, **metadata):
    """Put a pod of the API there, as the kubelet tells it."""
    labels = memory.kube.objects["Deployment", "openstack", "panko-api"]["spec"]["selector"]["matchLabels"]
    about = {"name": name, "namespace": "openstack", "labels": labels, **metadata}
    memory.kube.put({"apiVersion": "v1", "kind": "Pod", "metadata": about, "spec": {"containers": []}})


def expirer_pod(memory, name, image, phase):
    labels = memory.kube.objects["CronJob", "openstack", "panko-expirer"]["metadata"]["labels"]
    memory.kube.put(
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": name, "namespace": "openstack", "labels": labels},
            "spec": {"containers": [{"name": "expirer", "image": image}]},
            "status": {"phase": phase},
        }
    )


def roll_out(memory):
    memory.kube.come_up(memory.kube.objects["Deployment", "openstack", "panko-api"])


def test_a_first_installation_needs_one_job():
    memory = MemoryWorld()
    assert memory.reconcile().pace is Pace.SETTLED
    (name,) = job_names(memory)
    command = memory.kube.objects["Job", "openstack", name]["spec"]["template"]["spec"]["containers"][0]["command"]
    assert "--expand" in command
    assert memory.body["status"]["databaseRevision"] == "0006"
    condition = memory.condition("DBContractReady")
    assert (condition["status"], condition["reason"]) == ("True", "Contracted")


def test_an_upgrade_expands_rolls_out_waits_for_old_pods_and_contracts(upgraded):
    before = upgraded.kube.objects["Deployment", "openstack", "panko-api"]
    upgraded.reconcile()
    (first,) = job_names(upgraded)
    assert upgraded.kube.objects["Deployment", "openstack", "panko-api"] == before  # while it expands
    end_job(upgraded, first)
    upgraded.reconcile()
    assert upgraded.body["status"]["databaseRevision"] == "0007"
    assert upgraded.condition("DeploymentReady")["reason"] == "RollingOut"
    assert contracting(upgraded) == []
    roll_out(upgraded)
    api_pod(upgraded, "panko-api-old", deletionTimestamp="2030-01-01T00:00:00Z")
    result = upgraded.reconcile()
    assert (result.pace, result.again_at) == (Pace.WAITING, upgraded.time + timedelta(seconds=5))
    condition = upgraded.condition("DBContractReady")
    assert (condition["status"], condition["reason"]) == ("Unknown", "PodsOfBefore")
    assert "panko-api-old" in condition["message"]
    assert contracting(upgraded) == []
    del upgraded.kube.objects["Pod", "openstack", "panko-api-old"]
    upgraded.reconcile()
    (second,) = contracting(upgraded)
    command = upgraded.kube.objects["Job", "openstack", second]["spec"]["template"]["spec"]["containers"][0]["command"]
    assert "--contract" in command
    assert upgraded.condition("Ready")["status"] == "False"
    end_job(upgraded, second)
    assert upgraded.reconcile().pace is Pace.SETTLED
    assert upgraded.condition("Ready")["status"] == "True"
    assert job_names(upgraded) == {first, second}
    assert upgraded.kube.reasons("Normal").count("SchemaContracted") == 1
    writes = len(upgraded.kube.writes)
    assert upgraded.reconcile().pace is Pace.SETTLED
    assert len(upgraded.kube.writes) == writes


def test_a_settled_pass_asks_no_pod_about_the_schema(upgraded):
    upgraded.kube.auto = True
    upgraded.reconcile()
    upgraded.reconcile()
    upgraded.kube.reads.clear()
    upgraded.reconcile()
    assert ("Pod", "*") not in upgraded.kube.reads


def test_a_run_of_the_old_expirer_is_waited_for_and_others_are_not(upgraded):
    upgraded.kube.auto = True
    expirer_pod(upgraded, "ended", "panko:11", "Succeeded")
    expirer_pod(upgraded, "new", "panko:12", "Running")
    expirer_pod(upgraded, "old", "panko:11", "Running")
    upgraded.reconcile()
    assert upgraded.condition("DBContractReady")["message"].endswith("gone: old.")
    expirer_pod(upgraded, "old", "panko:11", "Succeeded")
    assert upgraded.reconcile().pace is Pace.SETTLED
    assert contracting(upgraded)


def test_nothing_is_contracted_while_the_api_does_not_answer(upgraded):
    upgraded.kube.auto = True
    upgraded.event_api.fault = "503"
    upgraded.reconcile()
    assert contracting(upgraded) == []
    assert upgraded.condition("DBContractReady")["reason"] == "Waiting"


def test_an_image_that_is_put_back_before_the_contraction_gets_its_pods_back(upgraded):
    upgraded.reconcile()
    end_job(upgraded, *job_names(upgraded))
    upgraded.reconcile()
    upgraded.kube.reported = {"revision": "0007", "contractDue": False}  # by the release before: it leaves it alone
    upgraded.kube.auto = True
    upgraded.edit(image="panko:11")
    assert upgraded.reconcile().pace is Pace.SETTLED
    assert contracting(upgraded) == []
    containers = upgraded.kube.objects["Deployment", "openstack", "panko-api"]["spec"]["template"]["spec"]["containers"]
    assert containers[0]["image"] == "panko:11"


def test_a_job_whose_report_is_lost_is_followed_by_the_second_part(upgraded):
    upgraded.kube.auto = True
    upgraded.kube.reported = {}
    upgraded.reconcile()
    upgraded.kube.ended.clear()
    upgraded.reconcile()
    assert len(contracting(upgraded)) == 1


def test_a_schema_that_is_expanded_again_is_contracted_again(upgraded):
    upgraded.kube.auto = True
    assert upgraded.reconcile().pace is Pace.SETTLED
    (contracted,) = contracting(upgraded)
    uid = upgraded.kube.objects["Job", "openstack", contracted]["metadata"]["uid"]
    (expanded,) = job_names(upgraded) - {contracted}
    del upgraded.kube.objects["Job", "openstack", expanded]  # by hand, after a restored backup
    upgraded.reconcile()
    assert upgraded.reconcile().pace is Pace.SETTLED
    assert upgraded.kube.objects["Job", "openstack", contracted]["metadata"]["uid"] != uid


def restore(memory, revision):
    """Restore a dump: the revision of its schema is what the database has then."""
    (name,) = memory.database.databases
    memory.database.revisions[name] = revision
    memory.wait(minutes=5)


def test_an_older_revision_that_was_restored_is_upgraded_by_itself(upgraded):
    upgraded.kube.auto = True
    assert upgraded.reconcile().pace is Pace.SETTLED
    (contracted,) = contracting(upgraded)
    (expanded,) = job_names(upgraded) - {contracted}
    before = {
        name: upgraded.kube.objects["Job", "openstack", name]["metadata"]["uid"] for name in (expanded, contracted)
    }
    restore(upgraded, "0004")
    upgraded.reconcile()
    assert upgraded.condition("DBSyncReady")["reason"] == "Retrying"
    assert "the revision is not 0007 any more" in upgraded.condition("DBSyncReady")["message"]
    assert ("Job", "openstack", expanded) not in upgraded.kube.objects
    upgraded.database.revisions.clear()  # by the Job
    upgraded.reconcile()
    assert upgraded.reconcile().pace is Pace.SETTLED
    for name, uid in before.items():
        assert upgraded.kube.objects["Job", "openstack", name]["metadata"]["uid"] != uid
    writes = len(upgraded.kube.writes)
    upgraded.reconcile()
    assert len(upgraded.kube.writes) == writes


def begin_contraction(upgraded):
    """Come to where the Job that contracts has begun, and return its name."""
    upgraded.reconcile()
    end_job(upgraded, *job_names(upgraded))
    upgraded.reconcile()
    roll_out(upgraded)
    upgraded.reconcile()
    (name,) = contracting(upgraded)
    return name


def test_the_revision_is_not_judged_while_the_contraction_changes_it(upgraded):
    second = begin_contraction(upgraded)
    restore(upgraded, "0008")
    upgraded.reconcile()
    assert len(job_names(upgraded)) == 2, "neither Job was taken away"
    assert upgraded.condition("DBSyncReady")["status"] == "True"
    assert second in job_names(upgraded)


def test_a_revision_that_nobody_told_is_not_compared(upgraded):
    upgraded.kube.auto = True
    upgraded.kube.reported = {}
    for _ in range(3):
        upgraded.reconcile()
    jobs = {name: upgraded.kube.objects["Job", "openstack", name]["metadata"]["uid"] for name in job_names(upgraded)}
    restore(upgraded, "0009")
    assert upgraded.reconcile().pace is Pace.SETTLED
    for name, uid in jobs.items():
        assert upgraded.kube.objects["Job", "openstack", name]["metadata"]["uid"] == uid


def test_a_contraction_at_work_is_let_end_before_the_next_image_is_expanded(upgraded):
    second = begin_contraction(upgraded)
    pod(upgraded, second, {"running": {}})
    upgraded.edit(image="panko:13")
    upgraded.reconcile()
    assert contracting(upgraded) == [second]
    assert second in upgraded.condition("DBSyncReady")["message"]
