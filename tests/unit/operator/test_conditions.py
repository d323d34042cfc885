"""Conditions as people and GitOps tools read them."""

import dataclasses
from datetime import UTC, datetime

import pytest

from panko_operator.controller import conditions
from panko_operator.controller.conditions import Condition
from panko_operator.controller.order import STEPS

TYPES = [step.condition for step in STEPS]
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = datetime(2026, 3, 1, 13, tzinfo=UTC)


def true(type_, message="Done."):
    return Condition(type_, "True", "Ready", message, 1)


def merged(new, previous=(), now=NOON, generation=1):
    result = conditions.merge(list(previous), new, types=TYPES, now=now, generation=generation)
    return {condition["type"]: condition for condition in result}


def test_all_steps_done_is_ready_and_at_rest():
    seen = merged([true(type_) for type_ in TYPES])
    assert [seen[type_]["status"] for type_ in ("Ready", "Reconciling", "Stalled")] == ["True", "False", "False"]


def test_ready_comes_first_and_the_steps_follow_in_order():
    assert list(merged([]))[: len(TYPES) + 1] == ["Ready", *TYPES]


def test_steps_that_were_not_reached_say_what_they_wait_for():
    seen = merged([true("InputReady"), Condition("DBReady", "False", "DatabaseError", "Do this.", 1)])
    assert seen["DBSyncReady"]["status"] == "Unknown"
    assert seen["CronJobReady"]["reason"] == "Waiting"
    assert seen["CronJobReady"]["message"] == "Waits for DBReady."


def test_ready_tells_the_first_failure():
    seen = merged([true("InputReady"), Condition("DBReady", "False", "DatabaseError", "Do this.", 1)])
    assert (seen["Ready"]["status"], seen["Ready"]["reason"], seen["Ready"]["message"]) == (
        "False",
        "DatabaseError",
        "Do this.",
    )


@pytest.mark.parametrize(
    ("status", "reason", "reconciling", "stalled"),
    [
        ("Unknown", "RollingOut", "True", "False"),
        ("False", "SecretMissing", "False", "True"),
        ("False", "DatabaseUnreachable", "True", "False"),
        ("False", "KeystoneUnreachable", "True", "False"),
    ],
)
def test_kstatus_sees_work_and_trouble(status, reason, reconciling, stalled):
    seen = merged([Condition("InputReady", status, reason, "Message.", 1)])
    assert (seen["Reconciling"]["status"], seen["Stalled"]["status"]) == (reconciling, stalled)


def test_time_stays_while_the_status_stays():
    first = merged([Condition("InputReady", "False", "SecretMissing", "Make a.", 1)])
    second = merged(
        [Condition("InputReady", "False", "InvalidInput", "Make b.", 2)], first.values(), now=LATER, generation=2
    )
    assert second["InputReady"]["lastTransitionTime"] == "2026-03-01T12:00:00Z"
    assert second["InputReady"]["message"] == "Make b."
    assert second["InputReady"]["observedGeneration"] == 2


def test_time_moves_when_the_status_does():
    first = merged([Condition("InputReady", "False", "SecretMissing", "Make a.", 1)])
    second = merged([true("InputReady")], first.values(), now=LATER)
    assert second["InputReady"]["lastTransitionTime"] == "2026-03-01T13:00:00Z"
    assert second["DBReady"]["lastTransitionTime"] == "2026-03-01T12:00:00Z"


def test_a_second_pass_with_the_same_findings_changes_nothing():
    found = [true("InputReady"), Condition("DBReady", "Unknown", "Working", "Wait.", 1)]
    first = conditions.merge([], found, types=TYPES, now=NOON, generation=1)
    assert conditions.merge(first, found, types=TYPES, now=LATER, generation=1) == first


def test_conditions_of_strangers_are_dropped():
    strange = {"type": "Old", "status": "True", "lastTransitionTime": "2020-01-01T00:00:00Z"}
    assert "Old" not in merged([], [strange])


REPLACING = Condition("DeploymentReady", "Unknown", "RollingOut", "1 of 2 pods are new.", 1, serves=True)


def rolling(*new, was="True"):
    """Return the conditions of a pass that finds pods being replaced and some other steps."""
    found = {condition.type: condition for condition in (*map(true, TYPES), REPLACING, *new)}
    previous = [{"type": "Ready", "status": was, "lastTransitionTime": "2026-03-01T12:00:00Z"}]
    result = conditions.merge(previous, list(found.values()), types=TYPES, now=LATER, generation=1)
    return {condition["type"]: condition for condition in result}


def test_what_is_ready_stays_so_while_pods_are_replaced_that_serve():
    seen = rolling(Condition("EventAPIReady", "Unknown", "Waiting", "Waits for DeploymentReady.", 1))
    ready = seen["Ready"]
    assert (ready["status"], ready["reason"], ready["lastTransitionTime"]) == (
        "True",
        "RollingOut",
        "2026-03-01T12:00:00Z",
    )
    assert ready["message"] == "The event API is running and registered. 1 of 2 pods are new."
    assert (seen["Reconciling"]["status"], seen["Stalled"]["status"]) == ("True", "False")  # kstatus: in progress


@pytest.mark.parametrize(
    "seen",
    [
        lambda: rolling(was="False"),  # what was not ready does not become so by a rollout
        lambda: rolling(Condition("DBReady", "False", "DatabaseUnreachable", "It is away.", 1)),
        lambda: rolling(Condition("DBSyncReady", "Unknown", "JobRunning", "It runs.", 1)),
        lambda: rolling(dataclasses.replace(REPLACING, serves=False)),  # a pod is missing, or it is another spec
        lambda: rolling(Condition("DeploymentReady", "False", "ProgressDeadlineExceeded", "It hangs.", 1)),
    ],
)
def test_it_does_not_stay_ready_for_anything_else(seen):
    assert seen()["Ready"]["status"] == "False"
