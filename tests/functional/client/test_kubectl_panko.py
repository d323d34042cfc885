"""`kubectl panko` as people run it: a real kubectl, the built file, a real API server, and the operator's Pankos."""

import base64
import json

import pytest
import yaml

PLAN, ROTATE, RELEASE = (f"panko.openstack.org/{word}" for word in ("plan", "rotate", "release"))


def annotations(room, name="panko"):
    return room.live(name)["metadata"].get("annotations", {})


def deployment(room, name="panko-api"):
    return room.server.request("get", f"/apis/apps/v1/namespaces/{room.namespace}/deployments/{name}")


@pytest.fixture
def stopped(room):
    """Nobody looks after Pankos meanwhile."""
    room.operator.stop()
    yield
    room.operator.start()


# status


def test_status_tells_all_of_a_ready_panko_and_ends_with_0(plugin, panko):
    answer = plugin("status", "panko")
    assert answer.code == 0
    assert answer.out.startswith(f"✓ Panko {plugin.namespace}/panko: The event API is running and registered.")
    assert "pods         api 2/2 ready" in answer.out
    assert "✓ DBReady " in answer.out
    assert "Next: Nothing is left to do. `kubectl panko producer panko`" in answer.out
    assert "\x1b[" not in answer.out


def test_documents_of_a_status_say_the_same(plugin, panko):
    told = plugin("status", "panko", "-o", "json").document
    assert (told["ready"], told["reason"]) == (True, "Ready")
    assert {one["role"] for one in told["credentials"]} == {"schema", "api", "expirer", "keystone"}
    assert told["endpoints"] == {one["interface"]: one["url"] for one in panko["status"]["endpoints"]}
    written = yaml.safe_load(plugin("status", "panko", "-o", "yaml").out)
    assert set(written) == set(told)
    assert written["conditions"] == told["conditions"]


def test_a_panko_that_is_not_ready_ends_with_1_and_says_what_to_do(room, plugin, panko):
    room.make("poor", keystone={"authURL": room.cloud.url, "adminSecretRef": {"name": "nobody"}})
    try:
        found = plugin("status", "poor", "--wait", "3s")
        assert found.code == 1
        assert "Next: Do what it says: Secret nobody does not exist" in found.out
        assert "has not come within 3 s" in found.err
        all_ = plugin("status")
        assert all_.code == 1
        rows = [line.split() for line in all_.out.splitlines()]
        assert [row[1:4] for row in rows[1:]] == [["panko", "✓", "Ready"], ["poor", "✕", "SecretMissing"]]
    finally:
        room.server.request("delete", f"/apis/panko.openstack.org/v1beta1/namespaces/{room.namespace}/pankos/poor")


def test_a_name_that_there_is_not_and_a_cluster_that_is_not_reached(plugin, panko):
    missing = plugin("status", "nothing")
    assert (missing.code, missing.out) == (1, "")
    assert missing.err.startswith("kubectl-panko: There is no Panko nothing here; ")
    away = plugin("status", "panko", "--server", "https://127.0.0.1:9")
    assert (away.code, away.out) == (1, "")
    assert "refused" in away.err


def test_options_of_kubectl_are_handed_on_before_and_after_the_command(plugin, panko):
    words = ("--namespace", plugin.namespace, "--context", "test", "status", "panko")
    assert plugin.kubectl("panko", *words).code == 0
    assert plugin.kubectl("panko", *words, "--namespace", "default").code == 1
    nobody = plugin("status", "panko", "--as", "nobody")
    assert (nobody.code, nobody.out) == (1, "")
    assert "Forbidden" in nobody.err


# plan


def test_a_plan_without_changes_leaves_nothing_behind(room, plugin, panko):
    answer = plugin("plan", "panko", "--detailed-exitcode")
    assert (answer.code, answer.out) == (0, "No change: everything is as it is wanted.\n")
    assert PLAN not in annotations(room)


def test_an_edit_is_looked_at_before_it_is_carried_out(room, plugin, panko):
    assert plugin("plan", "panko", "--keep").code == 2  # nobody there to ask
    assert plugin("plan", "panko", "--apply", "--yes").code == 1  # there is nothing to apply
    assert PLAN not in annotations(room)
    assert plugin("plan", "panko", "--keep", "--yes").code == 0
    room.edit(replicas=3)
    planned = plugin("plan", "panko", "--detailed-exitcode")
    assert planned.code == 2
    assert "Kubernetes\n" in planned.out
    assert "~ Change  Deployment panko-api\n              spec.replicas\n" in planned.out
    assert "plan panko --apply" in planned.err
    assert plugin("plan", "panko", "-o", "json").document["changes"] == planned.out.count("  ~ ") + planned.out.count(
        "  + "
    )
    assert annotations(room)[PLAN] == "true"
    assert deployment(room)["spec"]["replicas"] == 2
    assert plugin("plan", "panko", "--apply").code == 2  # nobody there to ask
    assert annotations(room)[PLAN] == "true"
    assert plugin("plan", "panko", "--apply", "--yes").code == 0
    assert plugin("status", "panko", "--wait", "60s").code == 0
    assert deployment(room)["spec"]["replicas"] == 3
    room.edit(replicas=2)
    assert plugin("status", "panko", "--wait", "60s").code == 0


def test_a_plan_that_nobody_makes_is_given_up_and_taken_away(room, plugin, panko, stopped):
    answer = plugin("plan", "panko", "--wait", "2s")
    assert (answer.code, answer.out) == (1, "")
    assert "The plan has not come within 2 s" in answer.err
    assert PLAN not in annotations(room)


# rotate


def test_nothing_is_rotated_that_nobody_agreed_to(room, plugin, panko):
    assert plugin("rotate", "panko").code == 2
    shown = plugin("rotate", "panko", "keystone", "--dry-run")
    assert shown.code == 0
    assert f"annotate pankos.panko.openstack.org panko {ROTATE}=keystone" in shown.out
    assert ROTATE not in annotations(room)
    assert plugin("rotate", "panko", "everything", "--yes").code == 2


def test_accounts_are_renewed_and_told_when_every_pod_has_them(room, plugin, panko):
    before = {one["role"]: one["account"] for one in room.live()["status"]["credentials"]}
    answer = plugin("rotate", "panko", "database", "--yes", "--wait", "90s")
    assert answer.code == 0, answer
    renewed = dict(line.split() for line in answer.out.splitlines())
    after = {one["role"]: one["account"] for one in room.live()["status"]["credentials"]}
    assert set(renewed) == {"schema", "api", "expirer"}
    assert renewed == {role: account for role, account in after.items() if account != before[role]}
    assert "Kept of before" in answer.err
    assert "of before kept" in plugin("status", "panko").out


def test_a_publishers_password_is_renewed_when_its_secret_carries_it(room, plugin, panko):
    before = secret(room, "panko-binding-nova")["password"]
    answer = plugin("rotate", "panko", "publishers", "--yes", "--wait", "90s")
    assert answer.code == 0, answer
    assert secret(room, "panko-binding-nova")["password"] != before
    again = plugin("rotate", "panko", "publishers", "--yes", "--wait", "90s")  # two passwords hold: no third
    assert again.code == 1
    assert "has two passwords; ask again when the previous one is gone." in again.err


def secret(room, name):
    return room.server.request("get", f"/api/v1/namespaces/{room.namespace}/secrets/{name}")["data"]


# suspend, resume, restart, expire, release


def test_a_panko_is_left_alone_and_looked_after_again(room, plugin, panko):
    assert plugin("suspend", "panko", "--dry-run").code == 0
    assert not room.live()["spec"]["suspend"]
    assert plugin("suspend", "panko", "--all-but-housekeeping", "--yes").code == 0
    assert room.live()["spec"]["suspendMode"] == "AllButHousekeeping"
    assert plugin("suspend", "panko", "--yes").code == 0
    assert (room.live()["spec"]["suspend"], room.live()["spec"]["suspendMode"]) == (True, "All")
    told = plugin("status", "panko", "--wait", "30s")
    assert "Next: It is suspended. `kubectl panko resume panko` goes on." in told.out
    refused = plugin("rotate", "panko", "--yes")
    assert refused.code == 1
    assert "is suspended" in refused.err
    assert plugin("resume", "panko", "--yes", "--wait", "60s").code == 0
    assert not room.live()["spec"]["suspend"]
    assert "is not suspended" in plugin("resume", "panko", "--yes").err


def test_pods_are_replaced(room, plugin, panko):
    assert plugin("restart", "panko", "--component", "haproxy", "--yes", "--wait", "60s").code == 0
    template = deployment(room, "panko-haproxy")["spec"]["template"]
    assert "kubectl.kubernetes.io/restartedAt" in template["metadata"]["annotations"]


def test_old_events_are_deleted_now_by_a_job_of_the_cronjob(room, plugin, panko):
    answer = plugin("expire", "panko", "--yes")
    assert answer.code == 0
    job = room.server.request("get", f"/apis/batch/v1/namespaces/{room.namespace}/jobs/{answer.out.strip()}")
    assert [owner["name"] for owner in job["metadata"]["ownerReferences"]] == ["panko-expirer"]


def test_only_a_panko_that_is_being_deleted_is_released(room, plugin, panko):
    refused = plugin("release", "panko", "--yes")
    assert refused.code == 1
    assert "is not being deleted" in refused.err
    room.make("old", keystone={"authURL": room.cloud.url, "adminSecretRef": {"name": "nobody"}})
    room.operator.until(lambda: "finalizers" in room.live("old")["metadata"])
    room.operator.stop()
    try:
        assert plugin.kubectl("delete", "panko", "old", "-n", room.namespace, "--wait=false").code == 0
        assert "Next: It is being deleted" in plugin("status", "old").out
        assert plugin("release", "old", "--yes").code == 0
        assert annotations(room, "old")[RELEASE] == "true"
    finally:
        room.operator.start()
    room.operator.until(lambda: plugin("status", "old").err.startswith("kubectl-panko: There is no Panko old"))


# producer


def test_a_producer_is_given_all_but_the_password(room, plugin, panko):
    password = decoded(secret(room, "panko-binding-nova")["password"])
    answer = plugin("producer", "panko", "--publisher", "nova")
    assert answer.code == 0
    assert password not in answer.out + answer.err
    assert "compute.instance.*" in answer.out
    finished = decoded(secret(room, "panko-binding-nova")["event_pipeline.yaml"])
    shown = plugin("producer", "panko", "--publisher", "nova", "--for", "ceilometer").out
    assert shown.partition("\n")[2] == finished.replace(password, "PASSWORD")
    with_it = plugin("producer", "panko", "--publisher", "nova", "--for", "ceilometer", "--show-password")
    assert with_it.out == finished
    assert plugin("producer", "panko", "--publisher", "nobody").code == 1


@pytest.mark.parametrize("shape", ["curl", "cloudevents"])
def test_a_command_that_is_shown_reads_the_password_by_itself(room, plugin, panko, shape, tmp_path):
    password = decoded(secret(room, "panko-binding-ceilometer")["password"])
    command = plugin("producer", "panko", "--for", shape).out
    assert password not in command
    (tmp_path / "curl").write_text('#!/bin/sh\nfor word; do printf "%s\\n" "$word"; done\n')
    (tmp_path / "curl").chmod(0o755)
    words = plugin.shell(command, programs=tmp_path).out.splitlines()
    assert words[words.index("-u") + 1] == f"ceilometer:{password}"
    assert words[-1] == decoded(secret(room, "panko-binding-ceilometer")["uri"])
    body = json.loads(words[words.index("-d") + 1])
    assert (body if shape == "cloudevents" else body[0])["id" if shape == "cloudevents" else "message_id"]


def decoded(text):
    return base64.b64decode(text).decode()


# completion, version


def test_kubectl_completes_commands_names_and_choices(plugin, panko):
    def completed(*words):
        found = plugin.kubectl("__complete", "panko", *words)
        return [line.partition("\t")[0] for line in found.out.splitlines()]

    assert completed("ro") == ["rotate", ":4"]
    assert completed("status", "--namespace", plugin.namespace, "p") == ["panko", ":4"]
    assert completed("rotate", "panko", "data") == ["database", ":4"]
    assert completed("status", "-o", "") == ["json", "yaml", ":4"]


def test_versions_are_told(plugin):
    answer = plugin.kubectl("panko", "version")
    assert answer.code == 0
    assert answer.out.startswith("kubectl-panko 11.0.0")
    assert "Server Version" in answer.out
