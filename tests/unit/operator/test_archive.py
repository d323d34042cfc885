"""Events are written somewhere before they are deleted: what the expirer is given for that, and what it takes."""

import base64
import json

import pytest

from fakes.memory_world import MemoryWorld
from panko_operator.resource import Panko

KEY = {"access_key_id": "archiver", "secret_access_key": "bucket-secret"}
S3 = {
    "endpoint": "https://objects.example.org:9000",
    "bucket": "cloud-events",
    "prefix": "cloud-1/events",
    "region": "eu-central-1",
    "secretRef": {"name": "archive"},
    "caSecretRef": {"name": "objects-ca", "key": "ca.crt"},
}


def retention(**archive):
    """The default retention with an archive."""
    times = {"timeToLive": "720h", "schedule": "17 * * * *", "suspend": False, "batchSize": 1000}
    return times | {"acknowledgeUnbounded": False, "archive": archive}


@pytest.fixture
def memory():
    """A Panko that is ready, without an archive."""
    made = MemoryWorld()
    made.reconcile()
    return made


@pytest.fixture
def archiving(memory):
    """A Panko that archives to a bucket."""
    memory.kube.put_secret(memory.namespace, "archive", **KEY)
    memory.kube.put_secret(memory.namespace, "objects-ca", **{"ca.crt": "certificates"})
    memory.edit(retention=retention(s3=S3))
    memory.reconcile()
    return memory


def configuration(memory):
    return base64.b64decode(memory.secret("panko-db-expirer")["panko.conf"]).decode()


def pod(memory):
    cron_job = memory.kube.objects["CronJob", memory.namespace, "panko-expirer"]
    return cron_job["spec"]["jobTemplate"]["spec"]["template"]["spec"]


def test_the_expirer_is_told_of_the_bucket_and_its_key(archiving):
    assert archiving.condition("Ready")["status"] == "True"
    said = configuration(archiving).partition("[archive]\n")[2]
    assert dict(line.split(" = ") for line in said.splitlines()) == {
        "s3_endpoint": "https://objects.example.org:9000",
        "s3_bucket": "cloud-events",
        "s3_prefix": "cloud-1/events",
        "s3_region": "eu-central-1",
        "s3_access_key_id": "archiver",
        "s3_secret_access_key": "bucket-secret",
        "s3_ca_file": "/etc/panko-trust/archive/ca.crt",
    }
    mounts = {one["mountPath"]: one["name"] for one in pod(archiving)["containers"][0]["volumeMounts"]}
    volumes = {one["name"]: one for one in pod(archiving)["volumes"]}
    assert volumes[mounts["/etc/panko-trust/archive"]]["secret"]["secretName"] == "objects-ca"


def test_the_key_of_the_bucket_is_in_no_other_object(archiving):
    def tells(live):
        decoded = [
            base64.b64decode(value).decode() for value in live.get("data", {}).values() if live["kind"] == "Secret"
        ]
        return "bucket-secret" in f"{live} {decoded}"

    holders = {name for (_, _, name), live in archiving.kube.objects.items() if tells(live)}
    assert holders == {"archive", "panko-db-expirer"}


def test_the_storage_may_be_reached_by_the_expirer_alone(archiving):
    def ports(name):
        policy = archiving.kube.objects["NetworkPolicy", archiving.namespace, name]
        return {port["port"] for rule in policy["spec"]["egress"] for port in rule.get("ports", ())}

    assert 9000 in ports("panko-expirer")
    assert 9000 not in ports("panko-api") | ports("panko-dbsync")


def test_another_key_reaches_the_expirer(archiving):
    archiving.kube.put_secret(archiving.namespace, "archive", **KEY | {"secret_access_key": "renewed"})
    archiving.reconcile()
    assert "s3_secret_access_key = renewed\n" in configuration(archiving)


def test_nothing_restarts_for_an_archive_but_the_expirer(memory):
    def templates():
        found = {key: live for key, live in memory.kube.objects.items() if key[0] in {"Deployment", "Job"}}
        return {key: live["spec"]["template"] for key, live in found.items()}

    before = templates()
    memory.kube.put_secret(memory.namespace, "archive", **KEY)
    memory.edit(retention=retention(s3=S3))
    memory.reconcile()
    assert templates() == before


def test_a_missing_key_holds_nothing_up_but_retention_and_deletes_nothing(memory):
    memory.kube.put_secret(memory.namespace, "archive", access_key_id="archiver")
    memory.edit(retention=retention(s3=S3))
    memory.reconcile()
    condition = memory.condition("CronJobReady")
    assert condition["reason"] == "SecretMissing"
    assert condition["message"] == (
        "Secret archive has no key secret_access_key; add it, for the archive. "
        "Secret objects-ca does not exist; create it in openstack with ca.crt, for the archive."
    )
    assert memory.condition("DeploymentReady")["status"] == "True"
    # The expirer of before, which may run now, finds an archive that it cannot write to, by no other login either.
    assert "s3_bucket = cloud-events" in configuration(memory)
    assert "s3_access_key_id = (missing)\ns3_secret_access_key = (missing)\n" in configuration(memory)


def test_a_secret_that_comes_is_waited_for(archiving):
    assert {"archive", "objects-ca"} <= Panko.from_body(archiving.body).referenced_secrets()


def test_a_volume_is_mounted_where_events_are_written(memory):
    claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim"}
    memory.kube.put({**claim, "metadata": {"name": "panko-archive", "namespace": memory.namespace}})
    memory.edit(retention=retention(persistentVolumeClaim={"claimName": "panko-archive", "path": "cloud-1"}))
    memory.reconcile()
    assert memory.condition("CronJobReady")["reason"] == "Scheduled"
    (mount,) = [one for one in pod(memory)["containers"][0]["volumeMounts"] if one.get("subPath") == "cloud-1"]
    (volume,) = [one for one in pod(memory)["volumes"] if one["name"] == mount["name"]]
    assert volume["persistentVolumeClaim"] == {"claimName": "panko-archive"}
    assert configuration(memory).endswith(f"[archive]\ndirectory = {mount['mountPath']}\n")


def test_a_run_that_archives_has_time_to_delete_what_it_has_archived(archiving):
    assert pod(archiving)["terminationGracePeriodSeconds"] == 300
    archiving.edit(retention={key: value for key, value in retention().items() if key != "archive"})
    archiving.reconcile()
    assert pod(archiving)["terminationGracePeriodSeconds"] == 30


def test_a_claim_that_is_not_there_is_told(memory):
    memory.edit(retention=retention(persistentVolumeClaim={"claimName": "panko-archive"}))
    memory.reconcile()
    condition = memory.condition("CronJobReady")
    assert (condition["status"], condition["reason"]) == ("False", "ClaimMissing")
    assert "PersistentVolumeClaim panko-archive does not exist; create it in openstack" in condition["message"]


def test_an_archive_that_is_given_up_leaves_no_key_behind(archiving):
    archiving.edit(retention={key: value for key, value in retention().items() if key != "archive"})
    archiving.reconcile()
    assert "[archive]" not in configuration(archiving)
    assert "archive-ca" not in str(pod(archiving))


def ran(memory, ended, report, *, message=None):
    """Have a run of the expirer end as the cluster tells it."""
    live = memory.kube.objects["CronJob", memory.namespace, "panko-expirer"]
    live["status"] = {"lastSuccessfulTime": ended}
    ending = {"exitCode": 0, "message": json.dumps(report) if message is None else message}
    labels = live["spec"]["jobTemplate"]["metadata"]["labels"]
    about = {"name": f"run-{ended}", "namespace": memory.namespace, "labels": labels, "creationTimestamp": ended}
    status = {"containerStatuses": [{"state": {"terminated": ending}}]}
    memory.kube.put({"apiVersion": "v1", "kind": "Pod", "metadata": about, "status": status})
    memory.reconcile()
    return memory.body["status"].get("retention")


def test_the_last_day_that_was_archived_is_told_after_each_run(archiving):
    assert "retention" not in archiving.body["status"]
    first, second = "2030-01-01T00:17:09Z", "2030-01-01T01:17:09Z"
    told = {"archivedThrough": "2029-12-02", "lastArchiveRunTime": first}
    assert ran(archiving, first, {"removed": 7, "archivedThrough": "2029-12-02"}) == told
    assert ran(archiving, second, {"removed": 0}) == {**told, "lastArchiveRunTime": second}


def test_the_pods_of_a_run_are_asked_for_once(archiving):
    ran(archiving, "2030-01-01T00:17:09Z", {"removed": 7, "archivedThrough": "2029-12-02"})
    assert ("Pod", "*") in archiving.kube.reads
    archiving.kube.reads.clear()
    archiving.kube.writes.clear()
    archiving.reconcile()
    assert ("Pod", "*") not in archiving.kube.reads
    assert archiving.kube.writes == []


@pytest.mark.parametrize("message", ["", "no JSON", "[]", '{"archivedThrough": "soon"}', '{"archivedThrough": 7}'])
def test_what_is_no_report_tells_no_day(archiving, message):
    ended = "2030-01-01T00:17:09Z"
    assert ran(archiving, ended, None, message=message) == {"lastArchiveRunTime": ended}


def test_without_an_archive_runs_are_not_told(memory):
    assert ran(memory, "2030-01-01T00:17:09Z", {"removed": 7}) is None
