"""What the page about GitOps tells is what deploy/ has."""

import ast
import re

import pytest

from panko_operator.resource import PLAN_ANNOTATION, RECONCILE_ANNOTATION, ROTATE_ANNOTATION
from rendering import argocd, programs

DOCS = programs.REPOSITORY / "docs"
PAGE = (DOCS / "gitops.md").read_text()
TERRAFORM = programs.REPOSITORY / "deploy" / "terraform" / "main.tf"
SCRIPTS = {path.parent.name: path.read_text() for path in argocd.KIND.glob("actions/*/action.lua")}


def test_every_action_and_every_health_of_argo_cd_is_told():
    section = PAGE.partition("\n## Argo CD\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", section, re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == SCRIPTS.keys()
    healths = set(re.findall(r'status = (?:\w+ and )?"(\w+)"', (argocd.KIND / "health.lua").read_text()))
    told = set(re.findall(r"^\| (Progressing|Healthy|Degraded|Suspended|\w+ing) \|", section, re.MULTILINE))
    assert healths | {"Suspended"} == told


@pytest.mark.parametrize(
    ("action", "annotation"),
    [
        ("rotate", ROTATE_ANNOTATION),
        ("reconcile", RECONCILE_ANNOTATION),
        ("plan", PLAN_ANNOTATION),
        ("apply", PLAN_ANNOTATION),
    ],
)
def test_an_action_asks_by_the_annotation_that_the_operator_heeds(action, annotation):
    assert re.findall(r'annotations\["([^"]+)"\] =', SCRIPTS[action]) == [annotation]


def test_scripts_use_no_library_that_argo_cd_does_not_give_them():
    scripts = [path.read_text() for path in argocd.KIND.rglob("*.lua")]
    assert len(scripts) == len(SCRIPTS) + 2
    used = {name for text in scripts for name in re.findall(r"\b(string|math|io|debug|os)\.", text)}
    assert used == {"os"}


def test_the_sample_of_terraform_leads_to_what_there_is():
    defaults = re.findall(r'default\s+= "(\.[^"]+)"', TERRAFORM.read_text())
    assert len(defaults) == 2
    assert all((TERRAFORM.parent / path).exists() for path in defaults)


def test_blocks_of_python_can_be_read():
    blocks = [
        block
        for path in DOCS.rglob("*.md")
        for block in re.findall(r"^```python\n(.*?)^```", path.read_text(), re.MULTILINE | re.DOTALL)
    ]
    assert blocks
    for block in blocks:
        ast.parse(block)
