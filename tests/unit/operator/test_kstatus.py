"""What Flux, Helm 4 and kpt make of a Panko: kstatus computes it from the status alone.

`wait: true` of a Kustomization goes on until all is Current, and ends at once when something is Failed.
"""

import copy

import pytest
import yaml

from fakes import crd, phases
from rendering import argocd

WAITED_FOR = {
    "new": "InProgress",
    "installing": "InProgress",
    "ready": "Current",
    "edited": "InProgress",
    "rolling_out": "InProgress",
    "replacing": "InProgress",
    "database_away": "InProgress",
    "secret_without_key": "Failed",
    "schema_failed": "Failed",
    "api_refuses": "Failed",
    "suspended": "Current",
    "suspended_without_api": "InProgress",
    "suspended_from_the_start": "InProgress",
    "planned": "Current",
    "hibernating": "Current",
}
READY = {"True": "Current", "False": "InProgress", "Unknown": "InProgress"}


def kstatus(body):
    """Compute it by the published rules: deletion, generation, Reconciling and Stalled, Ready, and else all is well."""
    if body["metadata"].get("deletionTimestamp"):
        return "Terminating"
    status = body.get("status", {})
    if status.get("observedGeneration", body["metadata"]["generation"]) != body["metadata"]["generation"]:
        return "InProgress"
    said = [(one["type"], one["status"]) for one in status.get("conditions", [])]
    for condition in said:
        if condition == ("Reconciling", "True"):
            return "InProgress"
        if condition == ("Stalled", "True"):
            return "Failed"
    return next((READY[status] for type_, status in said if type_ == "Ready"), "Current")


@pytest.mark.parametrize("phase", WAITED_FOR)
def test_a_tool_that_waits_is_told_the_truth(phase):
    assert kstatus(phases.bodies()[phase]) == WAITED_FOR[phase]


def test_every_phase_is_tried():
    assert WAITED_FOR.keys() == phases.bodies().keys()


def test_a_panko_that_is_being_deleted_is_terminating():
    body = copy.deepcopy(phases.bodies()["ready"])
    body["metadata"]["deletionTimestamp"] = "2030-01-01T00:00:00Z"
    assert kstatus(body) == "Terminating"


def test_without_what_the_definition_fills_in_a_new_panko_would_pass_for_ready():
    body = copy.deepcopy(phases.bodies()["new"])
    assert body.pop("status") == crd.schema()["properties"]["status"]["default"]
    assert kstatus(body) == "Current"


@pytest.mark.parametrize("phase", WAITED_FOR)
def test_every_condition_says_of_which_spec_it_tells(phase):
    status = phases.bodies()[phase].get("status", {})
    seen = {one["observedGeneration"] for one in status.get("conditions", [])}
    assert seen <= {status["observedGeneration"]}


@pytest.mark.parametrize("phase", WAITED_FOR)
def test_nothing_is_at_work_and_in_need_of_somebody_at_once(phase):
    conditions = {one["type"]: one["status"] for one in phases.bodies()[phase].get("status", {}).get("conditions", [])}
    assert (conditions.get("Reconciling"), conditions.get("Stalled")) != ("True", "True")


def test_argo_cd_is_given_what_the_operator_says_now():
    old = [str(path) for path, text in argocd.files() if not path.exists() or path.read_text() != text]
    assert old == [], "run `make manifests`"


def test_no_phase_is_kept_that_there_is_not():
    kept = {path.stem for path in (argocd.KIND / "testdata").glob("*.yaml")}
    assert kept == phases.bodies().keys()
    listed = yaml.safe_load((argocd.KIND / "health_test.yaml").read_text())["tests"]
    assert {one["inputPath"] for one in listed} == {f"testdata/{phase}.yaml" for phase in kept}
