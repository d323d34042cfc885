"""What panko-dbsync refuses: told at once, not repeated, and tried again once somebody has decided."""

import copy
import itertools
import re

import pytest

from fakes.memory_world import MemoryWorld
from panko.cmd.dbsync import Exit
from panko.storage.sql.schema.migrate import SchemaNewerError
from panko.storage.sql.schema.preflight import MIB, Plan, Rewrite, RewriteNeededError
from panko_operator.children import dbsync
from panko_operator.controller.reconcile import Pace

REFUSAL = str(RewriteNeededError(Plan("0001", "0005", (Rewrite("trait_text", 4_000_000, 900 * MIB),), 0)))
COMMAND = "kubectl -n openstack annotate panko panko panko.openstack.org/allow-rewrite=true --overwrite"


@pytest.fixture
def refused():
    """A world whose schema Job has just been refused its first try, and goes on with its own retries."""
    memory = MemoryWorld()
    memory.kube.apply = identified(memory.kube)
    memory.kube.auto = False
    memory.reconcile()
    end_pod(memory, f"panko-dbsync: {REFUSAL}\n", Exit.REWRITE_NEEDED)
    return memory


def identified(kube):
    """Let each applied object have a uid of its own, by which its pods name it."""
    apply, uids = kube.apply, itertools.count(1)

    def apply_with_uid(manifest, **options):
        metadata = apply(manifest, **options)["metadata"]
        live = kube.objects[manifest["kind"], metadata["namespace"], metadata["name"]]
        live["metadata"].setdefault("uid", f"uid-{next(uids)}")
        return copy.deepcopy(live)

    return apply_with_uid


def job(memory):
    (live,) = [live for (kind, _, _), live in memory.kube.objects.items() if kind == "Job"]
    return live


def end_pod(memory, message, code=Exit.ERROR):
    """Let a pod of the Job fail, as the kubelet tells it."""
    owner = job(memory)["metadata"]
    metadata = {
        "name": f"{owner['name']}-x",
        "namespace": "openstack",
        "labels": owner["labels"],
        "ownerReferences": [{"kind": "Job", "name": owner["name"], "uid": owner["uid"]}],
    }
    ended = {"exitCode": int(code), "finishedAt": "2030-01-01T00:00:00Z", "message": message}
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
    assert "from 0001 to 0005" in condition["message"]
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
    refused.kube.come_up(refused.kube.objects["Deployment", "openstack", "panko-haproxy"])
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


def test_the_operator_knows_the_exit_codes_and_ends_the_job_by_them(refused):
    assert (dbsync.EXIT_REWRITE_NEEDED, dbsync.EXIT_SCHEMA_NEWER) == (Exit.REWRITE_NEEDED, Exit.SCHEMA_NEWER)
    (rule,) = job(refused)["spec"]["podFailurePolicy"]["rules"]
    assert (rule["action"], rule["onExitCodes"]["values"]) == ("FailJob", [Exit.REWRITE_NEEDED, Exit.SCHEMA_NEWER])


def test_a_refusal_is_known_by_its_exit_code_and_not_by_words(refused):
    end_pod(refused, "panko-dbsync: The disk is full; --allow-rewrite does not help.\n", Exit.ERROR)
    refused.reconcile()
    assert refused.condition("DBSyncReady")["reason"] == "JobRunning"
    assert "Its last try said: The disk is full" in refused.condition("DBSyncReady")["message"]
    end_pod(refused, "panko-dbsync: anything\n", Exit.REWRITE_NEEDED)
    refused.reconcile()
    assert refused.condition("DBSyncReady")["reason"] == "RewriteNeeded"


def test_a_schema_of_a_newer_release_is_told_with_both_revisions_and_what_runs_stays():
    memory = MemoryWorld()
    memory.reconcile()
    before = memory.kube.objects["Deployment", "openstack", "panko-api"]
    memory.kube.auto = False
    memory.edit(image="panko:10")
    memory.reconcile()
    end_pod(memory, f"panko-dbsync: {SchemaNewerError('0007', '0005')}\n", Exit.SCHEMA_NEWER)
    memory.reconcile()
    condition = memory.condition("DBSyncReady")
    assert (condition["status"], condition["reason"]) == ("False", "SchemaNewer")
    assert "revision 0007" in condition["message"]
    assert "up to 0005" in condition["message"]
    assert "Set spec.image" in condition["message"]
    assert memory.kube.objects["Deployment", "openstack", "panko-api"] == before


def give_up(memory):
    memory.kube.fail_job(job(memory)["metadata"]["name"], memory.time)


def test_a_refusal_is_not_repeated_until_the_panko_changes(refused):
    give_up(refused)
    uid = job(refused)["metadata"]["uid"]
    for _ in range(3):
        refused.wait(minutes=10)
        refused.reconcile()
        assert job(refused)["metadata"]["uid"] == uid
        assert refused.condition("DBSyncReady")["reason"] == "RewriteNeeded"
    refused.body["metadata"]["annotations"] = {"panko.openstack.org/reconcile-at": "now"}
    assert refused.reconcile().pace is Pace.WAITING
    refused.reconcile()
    assert job(refused)["metadata"]["uid"] != uid
    assert refused.condition("DBSyncReady")["reason"] == "JobRunning"


def test_a_spec_that_changes_has_a_refused_job_tried_again(refused):
    give_up(refused)
    uid = job(refused)["metadata"]["uid"]
    refused.edit(replicas=3)
    refused.reconcile()
    refused.reconcile()
    assert job(refused)["metadata"]["uid"] != uid


def test_any_other_failure_is_repeated_by_itself(refused):
    end_pod(refused, "panko-dbsync: The account may not alter tables.\n")
    give_up(refused)
    uid = job(refused)["metadata"]["uid"]
    refused.wait(minutes=2)
    refused.reconcile()
    refused.reconcile()
    assert job(refused)["metadata"]["uid"] != uid
