"""The table of steps: it can only be written in an order that works, and a pass hands on what steps find."""

import pytest

from fakes.memory_world import MemoryWorld
from panko_operator.controller import reconcile
from panko_operator.controller.order import STEPS
from panko_operator.observe import Observation, State
from panko_operator.passes.facts import Accounts, Answering, Facts, Inputs, Schema
from panko_operator.passes.step import Outcome, Step, StepOrderError, done, in_order


def passing(_context, _facts):
    return Outcome(done("Done", "It is done."))


def failing(_context, _facts):
    return Outcome(Observation(State.FAILED, "Broken", "Mend it."))


def reconciled(*steps):
    memory = MemoryWorld()
    result = reconcile.run(memory.body, memory.world, steps=steps)
    return {one["type"]: (one["status"], one["reason"]) for one in result.status["conditions"]}


ORDER = [
    "InputReady",
    "DBReady",
    "DBSyncReady",
    "KeystoneServiceReady",
    "ServiceConfigReady",
    "CertificateReady",
    "DeploymentReady",
    "ExposeServiceReady",
    "EventAPIReady",
    "KeystoneEndpointReady",
    "BindingReady",
    "CollectorReady",
    "CronJobReady",
    "CredentialsCurrent",
    "DBContractReady",
    "MonitoringReady",
]


def test_the_steps_come_in_the_order_in_which_ready_names_them():
    assert [step.condition for step in STEPS] == ORDER


@pytest.mark.parametrize("position", [at for at, step in enumerate(STEPS) if step.needs])
def test_a_step_may_not_come_before_what_it_builds_on(position):
    moved = [STEPS[position], *STEPS[:position], *STEPS[position + 1 :]]
    with pytest.raises(StepOrderError, match=f"{STEPS[position].condition} needs "):
        in_order(*moved)


def test_the_endpoints_cannot_be_published_before_the_api_has_answered():
    by_condition = {step.condition: step for step in STEPS}
    assert Answering in by_condition["KeystoneEndpointReady"].needs
    assert Schema in by_condition["DeploymentReady"].needs


def test_two_steps_may_not_be_one_condition():
    with pytest.raises(StepOrderError, match="InputReady"):
        in_order(Step("InputReady", passing), Step("InputReady", passing))


def test_a_step_that_fails_is_never_ready_whoever_added_it():
    seen = reconciled(*STEPS, Step("NetworkPolicyReady", failing))
    assert seen["NetworkPolicyReady"] == ("False", "Broken")
    assert seen["Ready"] == ("False", "Broken")
    assert seen["Stalled"] == ("True", "Broken")


def test_a_step_waits_for_those_that_it_needs_and_for_no_others():
    needy = Step("ConfigReady", passing, needs=(Inputs,))
    seen = reconciled(Step("InputReady", failing, gives=Inputs), needy, Step("NetworkPolicyReady", passing))
    assert seen["ConfigReady"] == ("Unknown", "Waiting")
    assert seen["NetworkPolicyReady"] == ("True", "Done")
    assert seen["Ready"] == ("False", "Broken")


def test_a_step_reads_no_fact_that_it_has_not_declared(caplog):
    def greedy(_context, facts):
        return Outcome(done("Done", facts[Inputs]))

    seen = reconciled(STEPS[0], Step("GreedyReady", greedy))
    assert seen["GreedyReady"] == ("False", "InternalError")
    assert "KeyError" in caplog.text


def test_a_step_that_does_not_give_what_it_declares_fails(caplog):
    assert reconciled(Step("InputReady", passing, gives=Inputs))["Ready"] == ("False", "InternalError")
    assert "has not given what it declares" in caplog.text


def test_every_declared_need_is_read_or_says_what_comes_first():
    """A complete pass goes through every step with no more than its declared facts."""
    memory = MemoryWorld()
    memory.reconcile()
    assert {one["type"] for one in memory.body["status"]["conditions"] if one["status"] == "True"} == {
        "Ready",
        *(step.condition for step in STEPS),
    }


def test_facts_are_found_by_their_type():
    facts = Facts([schema := Schema()])
    assert facts[Schema] is schema
    with pytest.raises(KeyError):
        facts[Accounts]


def test_what_a_failing_step_did_is_told_and_kept():
    memory = MemoryWorld()
    memory.keystone.services_refused = True
    memory.reconcile()
    assert memory.condition("Ready")["reason"] == "KeystoneError"
    assert memory.body["status"]["keystone"]["userId"]
    assert "ServiceUserSetUp" in memory.kube.reasons("Normal")
