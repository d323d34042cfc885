"""Workflows run pinned code with few rights, and the tools that look at them do find what is planted."""

import json
import re
import shutil
import subprocess
import sys

import pytest
import yaml

from rendering.programs import REPOSITORY
from workflows import lint

WORKFLOWS = sorted((REPOSITORY / ".github" / "workflows").glob("*.yml"))
USERS = [*WORKFLOWS, *sorted((REPOSITORY / ".github" / "actions").rglob("action.yml"))]
# What a job may do beyond reading. Everything else is read-only.
WRITERS = {
    ("codeql.yml", "analyze"): {"security-events"},
    ("release.yml", "wheels"): {"id-token", "attestations"},
    ("release.yml", "plugin"): {"id-token", "attestations"},
    ("release.yml", "images"): {"packages", "id-token", "attestations"},
    ("release.yml", "chart"): {"packages", "id-token", "attestations"},
    ("release.yml", "draft"): {"contents"},
}


def jobs():
    for path in WORKFLOWS:
        for name, job in yaml.safe_load(path.read_text())["jobs"].items():
            yield path.name, name, job


@pytest.mark.parametrize("path", USERS, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_foreign_actions_are_pinned_by_commit_and_name_their_version(path):
    for line in re.findall(r"uses: (.+)", path.read_text()):
        assert re.fullmatch(r"\./\S+|[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_gives_no_rights_by_default(path):
    assert yaml.safe_load(path.read_text())["permissions"] == {}


def test_a_job_writes_only_what_it_is_there_for():
    found = {
        (file, name): {scope for scope, right in job["permissions"].items() if right != "read"}
        for file, name, job in jobs()
    }
    assert {key: scopes for key, scopes in found.items() if scopes} == WRITERS


def test_every_job_ends_by_itself():
    assert [f"{file}:{name}" for file, name, job in jobs() if "timeout-minutes" not in job] == []


@pytest.fixture
def planted(tmp_path):
    """A copy of the workflows, to plant a fault in."""
    shutil.copytree(REPOSITORY / ".github", tmp_path / ".github")

    def plant(old, new):
        path = tmp_path / ".github" / "workflows" / "release.yml"
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new, 1))
        return "".join(lint.findings(tmp_path))

    return plant


FAULTS = {
    "an output that no step has": ("steps.build.outputs.digest", "steps.biuld.outputs.digest", "actionlint:"),
    "a quote that the shell misses": ('cosign sign --yes "$SUBJECT"', "cosign sign --yes $SUBJECT", "actionlint:"),
    "input of a stranger in a script": (
        'cosign sign --yes "$SUBJECT"',
        "echo ${{ github.event.head_commit.message }}",
        "zizmor:",
    ),
    "an action by a tag that can move": (
        "sigstore/cosign-installer@faadad0cce49287aee09b3a48701e75088a2c6ad # v4.0.0",
        "sigstore/cosign-installer@v4",
        "zizmor:",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(planted, fault):
    old, new, tool = FAULTS[fault]
    assert tool in planted(old, new)


def test_nothing_is_found_where_nothing_is_planted(planted):
    assert planted("name: Release", "name: Release") == ""


def test_kind_audits_what_the_cluster_of_the_tests_audits():
    harness = REPOSITORY / "tests" / "cluster"
    program = "import configuration, json; print(json.dumps(configuration.audit()))"
    ours = subprocess.run([sys.executable, "-c", program], cwd=harness, capture_output=True, text=True, check=True)
    assert yaml.safe_load((harness / "kind" / "audit-policy.yaml").read_text()) == json.loads(ours.stdout)


@pytest.mark.parametrize("path", ["Dockerfile", ".devcontainer/Dockerfile"])
def test_an_image_that_is_pulled_is_named_by_its_digest(path):
    pulled = re.findall(
        r"^(?:FROM |ARG BASE_IMAGE=)(docker\.io/\S+)", (REPOSITORY / path).read_text(), flags=re.MULTILINE
    )
    assert pulled
    assert [image for image in pulled if not re.search(r":[\w.-]+@sha256:[0-9a-f]{64}$", image)] == []


def test_a_job_runs_in_an_image_by_its_digest():
    text = (REPOSITORY / ".github" / "workflows" / "test.yml").read_text()
    images = re.findall(r"^ +image: (\S+)", text, flags=re.MULTILINE)
    assert images
    assert [image for image in images if not re.search(r"@sha256:[0-9a-f]{64}$", image)] == []
