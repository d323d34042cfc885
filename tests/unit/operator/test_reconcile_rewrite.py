"""Big tables of the original's database: refused, foretold, and rewritten once somebody has allowed it."""

import copy
import itertools
import re

import pytest

from fakes.memory_world import MemoryWorld
from panko.storage.sql.schema.preflight import MIB, Rewrite, RewriteNeededError
from panko_operator.controller.reconcile import Pace

REFUSAL = str(RewriteNeededError((Rewrite("trait_text", 4_000_000, 900 * MIB),)))
COMMAND = "kubectl -n openstack annotate panko panko panko.openstack.org/allow-rewrite=true --overwrite"


@pytest.fixture
def refused():
    """A world whose schema Job has just been refused its first try, and goes on with its own retries."""
    memory = MemoryWorld()
    memory.kube.apply = identified(memory.kube)
    memory.kube.auto = False
    memory.reconcile()
    end_pod(memory, f"panko-dbsync: {REFUSAL}\n")
    return memory


def identified(kube):
    """Let each applied object have a uid of its own, by which its pods name it."""
    apply, uids = kube.apply, itertools.count(1)

    def apply_with_uid(manifest):
        metadata = apply(manifest)["metadata"]
        live = kube.objects[manifest["kind"], metadata["namespace"], metadata["name"]]
        live["metadata"].setdefault("uid", f"uid-{next(uids)}")
        return copy.deepcopy(live)

    return apply_with_uid


def job(memory):
    (live,) = [live for (kind, _, _), live in memory.kube.objects.items() if kind == "Job"]
    return live


def end_pod(memory, message):
    """Let a pod of the Job fail, as the kubelet tells it."""
    owner = job(memory)["metadata"]
    metadata = {
        "name": f"{owner['name']}-x",
        "namespace": "openstack",
        "labels": owner["labels"],
        "ownerReferences": [{"kind": "Job", "name": owner["name"], "uid": owner["uid"]}],
    }
    ended = {"exitCode": 1, "finishedAt": "2030-01-01T00:00:00Z", "message": message}
    status = {"phase": "Failed", "containerStatuses": [{"name": "dbsync", "state": {"terminated": ended}}]}
    memory.kube.put({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "status": status})


def annotate(memory):
    """Do what the condition says."""
    (command,) = re.findall(r"`(kubectl .+?)`", memory.condition("DBSyncReady")["message"])
    assert command == COMMAND
    key, _, value = command.split()[6].partition("=")
    memory.body["metadata"]["annotations"] = {key: value}


def test_a_refusal_is_a_condition_that_says_how_to_allow_it_before_the_job_gives_up(refused):
    assert refused.reconcile().pace is Pace.FAILED
    condition = refused.condition("DBSyncReady")
    assert (condition["status"], condition["reason"]) == ("False", "RewriteNeeded")
    assert f"allow it by `{COMMAND}`." in condition["message"]
    assert "trait_text (about 4000000 rows, 900 MiB)" in condition["message"]
    assert refused.condition("Stalled")["status"] == "True"


def test_once_allowed_another_job_does_it_whatever_the_first_ones_pods_said(refused):
    refused.reconcile()
    before = job(refused)["metadata"]["name"]
    annotate(refused)
    assert refused.reconcile().pace is Pace.WAITING
    live = job(refused)
    assert live["metadata"]["name"] != before
    assert live["spec"]["template"]["spec"]["containers"][0]["command"][-1] == "--allow-rewrite"
    assert refused.kube.names("Pod") == {f"{before}-x"}  # it has not been deleted yet
    assert refused.condition("DBSyncReady")["reason"] == "JobRunning"
    refused.kube.come_up(live)
    refused.reconcile()
    assert refused.condition("DBSyncReady")["status"] == "True"


def test_a_permission_that_is_taken_back_costs_one_more_job_and_no_pod(refused):
    refused.reconcile()
    annotate(refused)
    refused.kube.auto = True
    assert refused.reconcile().pace is Pace.SETTLED
    allowed, deployment = job(refused), refused.kube.objects["Deployment", "openstack", "panko-api"]
    del refused.body["metadata"]["annotations"]
    assert refused.reconcile().pace is Pace.SETTLED
    assert job(refused)["metadata"]["name"] != allowed["metadata"]["name"]
    assert refused.kube.objects["Deployment", "openstack", "panko-api"] == deployment


def test_another_failure_is_told_in_the_jobs_own_words(refused):
    end_pod(refused, "panko-dbsync: The account may not alter tables.\n")
    refused.kube.fail_job(job(refused)["metadata"]["name"], refused.time)
    refused.reconcile()
    condition = refused.condition("DBSyncReady")
    assert condition["reason"] == "BackoffLimitExceeded"
    assert condition["message"].endswith("It said: The account may not alter tables.")
