"""What live objects mean, and what their messages tell people to do."""

import itertools
import re

import pytest

from panko_operator import observe
from panko_operator.observe import State


def deployment(*, wanted=2, generation=3, **status):
    return {
        "metadata": {"name": "panko-api", "generation": generation},
        "spec": {"replicas": wanted, "selector": {"matchLabels": {"instance": "panko", "component": "api"}}},
        "status": {"observedGeneration": generation, **status},
    }


def waiting_pod(reason):
    return {
        "metadata": {"name": "panko-api-x"},
        "status": {
            "containerStatuses": [{"name": "api", "image": "panko:nope", "state": {"waiting": {"reason": reason}}}]
        },
    }


def condition(type_, status, reason="Because", **more):
    return {"type": type_, "status": status, "reason": reason, **more}


def test_deployment_is_done_when_all_pods_are_new_and_ready():
    seen = observe.deployment(deployment(replicas=2, updatedReplicas=2, readyReplicas=2))
    assert seen.done
    assert seen.message == "Deployment panko-api has 2 of 2 pods ready."


def test_deployment_without_pods_is_done_when_none_is_wanted():
    assert observe.deployment(deployment(wanted=0)).done


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (
            {"replicas": 3, "updatedReplicas": 2, "readyReplicas": 3},
            "2 of 2 pods are new, and 1 of before are not gone yet",
        ),
        (
            {"replicas": 4, "updatedReplicas": 4, "readyReplicas": 4},
            "4 pods are there, and 2 of them are not gone yet",
        ),
        ({"replicas": 3, "updatedReplicas": 1, "readyReplicas": 2}, "1 of 2 pods are new"),
        ({"replicas": 2, "updatedReplicas": 2, "readyReplicas": 1}, "1 of 2 pods are ready"),
        (
            {"replicas": 2, "updatedReplicas": 2, "readyReplicas": 2, "observedGeneration": 2},
            "its newest spec is taken up",
        ),
        ({}, "0 of 2 pods are new"),
    ],
)
def test_deployment_is_under_way_until_the_last_pod(status, told):
    seen = observe.deployment(deployment(**status))
    assert seen.progressing
    assert f"Deployment panko-api: {told}" in seen.message
    assert "`kubectl describe pod -l component=api,instance=panko`" in seen.message


@pytest.mark.parametrize(("ready", "done"), [(3, True), (2, True), (1, False)])
def test_deployment_that_is_scaled_all_the_time_is_done_with_enough_pods(ready, done):
    growing = deployment(wanted=5, replicas=3, updatedReplicas=3, readyReplicas=ready)
    assert observe.deployment(growing, enough=2).done is done
    assert not observe.deployment(growing).done
    rolling_out = deployment(wanted=5, replicas=6, updatedReplicas=5, readyReplicas=6)
    assert not observe.deployment(rolling_out, enough=2).done


def test_deployment_that_was_just_made_is_under_way():
    live = deployment()
    del live["status"]
    assert observe.deployment(live).progressing


def test_deployment_that_makes_no_progress_has_failed():
    live = deployment(replicas=2, conditions=[condition("Progressing", "False", "ProgressDeadlineExceeded")])
    seen = observe.deployment(live)
    assert seen.failed
    assert seen.reason == "ProgressDeadlineExceeded"


@pytest.mark.parametrize("reason", sorted(observe.WAITING_ADVICE))
def test_pod_that_waits_in_vain_is_named_with_advice(reason):
    seen = observe.deployment(deployment(replicas=1), [waiting_pod(reason)])
    assert seen.failed
    assert seen.reason == reason
    assert "panko-api-x" in seen.message
    assert "panko:nope" in seen.message


def test_pod_that_is_being_made_is_no_trouble():
    assert observe.deployment(deployment(replicas=1), [waiting_pod("ContainerCreating")]).progressing


def test_pod_that_fits_on_no_node_says_so_in_the_schedulers_words():
    pod = {
        "metadata": {"name": "panko-api-x"},
        "status": {
            "conditions": [condition("PodScheduled", "False", "Unschedulable", message="0/3 nodes: Insufficient cpu.")]
        },
    }
    seen = observe.deployment(deployment(replicas=1), [pod])
    assert seen.reason == "Unschedulable"
    assert "Insufficient cpu" in seen.message


def test_trouble_of_pods_does_not_matter_once_the_deployment_is_done():
    live = deployment(replicas=2, updatedReplicas=2, readyReplicas=2)
    assert observe.deployment(live, [waiting_pod("CrashLoopBackOff")]).done


def job(*conditions):
    return {"metadata": {"name": "panko-dbsync-1"}, "status": {"conditions": list(conditions)}}


@pytest.mark.parametrize(
    ("live", "state"),
    [
        (job(), State.PROGRESSING),
        (job(condition("Complete", "True")), State.DONE),
        (job(condition("Failed", "False")), State.PROGRESSING),
        (job(condition("Failed", "True", "BackoffLimitExceeded")), State.FAILED),
    ],
)
def test_job_is_judged_by_its_conditions(live, state):
    assert observe.job(live).state is state


def test_failed_job_says_where_its_log_is():
    seen = observe.job(job(condition("Failed", "True", "DeadlineExceeded")))
    assert seen.reason == "DeadlineExceeded"
    assert "`kubectl logs job/panko-dbsync-1`" in seen.message


def ended_pod(message, *, exit_code=1, at="2026-03-01T00:00:00Z"):
    terminated = {"exitCode": exit_code, "message": message, "finishedAt": at}
    return {
        "metadata": {"name": "panko-dbsync-1-x"},
        "status": {"containerStatuses": [{"state": {"terminated": terminated}}]},
    }


def test_failed_job_says_what_its_newest_pod_told_people_last():
    first = ended_pod("panko-dbsync: The database sleeps.\n", at="2026-03-01T00:00:01Z")
    last = ended_pod("panko-dbsync: 10 of 20\npanko-dbsync: The disk is full.\n", at="2026-03-01T00:00:02Z")
    running = {"metadata": {"name": "panko-dbsync-1-z"}, "status": {"containerStatuses": [{"state": {"running": {}}}]}}
    seen = observe.job(job(condition("Failed", "True")), [first, last, running, {"metadata": {"name": "new"}}])
    assert (
        seen.message
        == "Job panko-dbsync-1 failed; `kubectl logs job/panko-dbsync-1` shows why. It said: The disk is full."
    )


@pytest.mark.parametrize(
    "pod", [ended_pod("Traceback\nError: password=secret"), ended_pod("panko-dbsync: all is well", exit_code=0)]
)
def test_failed_job_quotes_neither_foreign_lines_of_a_log_nor_a_pod_that_succeeded(pod):
    seen = observe.job(job(condition("Failed", "True")), [pod])
    assert seen == observe.job(job(condition("Failed", "True")))


def test_job_whose_image_cannot_be_pulled_has_failed_long_before_its_deadline():
    seen = observe.job(job(), [waiting_pod("ImagePullBackOff")])
    assert seen.failed
    assert "imagePullSecrets" in seen.message


def cron_job(*, suspend=False, **status):
    return {
        "metadata": {
            "name": "panko-expirer",
            "labels": {"component": "expirer"},
            "creationTimestamp": "2026-03-01T00:00:00Z",
        },
        "spec": {"schedule": "17 * * * *", "suspend": suspend},
        "status": status,
    }


@pytest.mark.parametrize(
    "status",
    [
        {},
        {"lastScheduleTime": "2026-03-01T01:17:00Z"},
        {"lastScheduleTime": "2026-03-02T01:17:00Z", "lastSuccessfulTime": "2026-03-02T01:17:05Z"},
        {"lastScheduleTime": "2026-03-02T01:17:00Z", "lastSuccessfulTime": "2026-03-02T00:17:05Z"},
        {"lastScheduleTime": "2026-03-02T01:17:00Z", "active": [{"name": "panko-expirer-1"}]},
    ],
)
def test_cron_job_is_done_while_runs_succeed_and_after_one_that_failed(status):
    assert observe.cron_job(cron_job(**status)) == observe.cron_job(cron_job())
    assert observe.cron_job(cron_job(**status)).done


@pytest.mark.parametrize("last", [{}, {"lastSuccessfulTime": "2026-03-01T12:17:05Z"}])
def test_cron_job_has_failed_when_runs_fail_for_hours(last):
    seen = observe.cron_job(cron_job(lastScheduleTime="2026-03-02T01:17:00Z", **last))
    assert seen.failed
    assert "`kubectl logs -l component=expirer`" in seen.message


def test_suspended_cron_job_says_that_old_events_stay():
    assert "old events stay" in observe.cron_job(cron_job(suspend=True)).message


def test_no_message_of_a_rollout_contradicts_itself():
    """Whatever the figures are: nothing is "2 of 1", and nothing that is under way says that all is there."""
    for wanted, total, updated, ready in itertools.product(range(4), repeat=4):
        if updated > total or ready > total:
            continue
        seen = observe.deployment(
            deployment(wanted=wanted, replicas=total, updatedReplicas=updated, readyReplicas=ready)
        )
        counted = re.findall(r"(\d) of (\d) pods are (new|ready)", seen.message)
        assert all(int(some) <= int(of) for some, of, _ in counted), seen.message
        if not seen.done:
            assert "not gone yet" in seen.message or any(some != of for some, of, _ in counted), seen.message


@pytest.mark.parametrize(
    ("counts", "serves"),
    [
        ({"replicas": 4, "updatedReplicas": 2, "readyReplicas": 2}, True),  # new ones come up beside the old
        ({"replicas": 2, "updatedReplicas": 1, "readyReplicas": 1}, False),  # one was lost
        ({"replicas": 2, "updatedReplicas": 2, "readyReplicas": 0}, False),
    ],
)
def test_a_rollout_serves_as_long_as_enough_pods_are_ready(counts, serves):
    live = {
        "metadata": {"name": "panko-api", "generation": 2},
        "spec": {"replicas": 2, "selector": {"matchLabels": {"app": "panko"}}},
        "status": {"observedGeneration": 2, **counts},
    }
    assert observe.deployment(live).serves is serves
