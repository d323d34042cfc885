"""Argo CD's own tests of a customization, by its layout: health, which actions there are, what comes of them."""

from datetime import UTC, datetime

import pytest
import yaml

from fakes import phases
from rendering import argocd
from servers import lua

ACTIONS = argocd.KIND / "actions"
HEALTH = (argocd.KIND / "health.lua").read_text()
EXPECTED = yaml.safe_load((argocd.KIND / "health_test.yaml").read_text())["tests"]
TRIED = yaml.safe_load((ACTIONS / "action_test.yaml").read_text())
RECONCILE_AT = "panko.openstack.org/reconcile-at"


def read(path):
    return yaml.safe_load(path.read_text())


def kept(new, old):
    """What Argo CD takes of a table that a script gives back: an emptied one is the one of before."""
    if isinstance(old, dict):
        if new == []:
            return old
        return {key: kept(value, old.get(key)) for key, value in new.items()} if isinstance(new, dict) else new
    return new


def acted(action, body):
    return kept(lua.run((ACTIONS / action / "action.lua").read_text(), body), body)


@pytest.mark.parametrize("test", EXPECTED, ids=lambda test: test["inputPath"])
def test_health_is_what_argo_cd_is_to_show(test):
    assert lua.run(HEALTH, read(argocd.KIND / test["inputPath"])) == test["healthStatus"]


def test_every_phase_is_tried_and_in_each_the_whole_status_gives_the_same():
    wanted = {test["inputPath"]: test["healthStatus"] for test in EXPECTED}
    assert wanted.keys() == {f"testdata/{phase}.yaml" for phase in phases.bodies()}
    for phase, body in phases.bodies().items():
        assert lua.run(HEALTH, body) == wanted[f"testdata/{phase}.yaml"]


def test_a_secret_that_lacks_its_key_is_degraded_and_the_message_says_which():
    health = lua.run(HEALTH, phases.bodies()["secret_without_key"])
    assert health == {"status": "Degraded", "message": "Secret database-admin has no key password; add it."}


@pytest.mark.parametrize("status", [{}, {"observedGeneration": 1}, {"observedGeneration": -1}])
def test_a_panko_that_nothing_is_said_of_is_in_progress(status):
    body = {**phases.bodies()["new"], "status": status}
    assert lua.run(HEALTH, body)["status"] == "Progressing"


@pytest.mark.parametrize("test", TRIED["discoveryTests"], ids=lambda test: test["inputPath"])
def test_actions_are_offered_when_they_make_sense(test):
    found = lua.run((ACTIONS / "discovery.lua").read_text(), read(ACTIONS / test["inputPath"]))
    assert [{"name": name, **said} for name, said in sorted(found.items())] == sorted(
        test["result"], key=lambda one: one["name"]
    )


@pytest.mark.parametrize("test", TRIED["actionTests"], ids=lambda test: test["action"])
def test_an_action_changes_what_it_says_and_no_more(test):
    done, expected = (
        acted(test["action"], read(ACTIONS / test["inputPath"])),
        read(ACTIONS / test["expectedOutputPath"]),
    )
    annotations = done["metadata"].get("annotations", {})
    if RECONCILE_AT in annotations:
        assert datetime.fromisoformat(annotations[RECONCILE_AT]).tzinfo is UTC
        annotations[RECONCILE_AT] = expected["metadata"]["annotations"][RECONCILE_AT]
    assert done == expected


def test_every_action_is_offered_has_a_script_and_is_tried():
    scripts = {path.parent.name for path in ACTIONS.glob("*/action.lua")}
    assert {test["action"] for test in TRIED["actionTests"]} == scripts
    for test in TRIED["discoveryTests"]:
        assert {one["name"] for one in test["result"]} == scripts


@pytest.mark.parametrize("action", ["plan", "rotate", "reconcile"])
def test_an_action_leaves_the_annotations_of_others(action):
    body = read(ACTIONS / "testdata" / "ready.yaml")
    body["metadata"]["annotations"] = {"mine": "kept"}
    assert acted(action, body)["metadata"]["annotations"]["mine"] == "kept"


def test_what_runs_is_what_the_config_map_has():
    data = yaml.safe_load(argocd.CONFIG_MAP.read_text())["data"]
    assert data["resource.customizations.health.panko.openstack.org_Panko"] == HEALTH
    actions = yaml.safe_load(data["resource.customizations.actions.panko.openstack.org_Panko"])
    assert actions["discovery.lua"] == (ACTIONS / "discovery.lua").read_text()
    scripts = {one["name"]: one["action.lua"] for one in actions["definitions"]}
    assert scripts == {path.parent.name: path.read_text() for path in ACTIONS.glob("*/action.lua")}
