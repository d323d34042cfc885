"""What CONTRIBUTING says of the code and can be counted."""

import ast
import re
from collections import Counter

import pytest

from panko_operator.settings import VARIABLES
from rendering.programs import REPOSITORY

PACKAGES = ("service/panko", "operator/panko_operator", "client/panko_client")
FILES = sorted(path for folder in PACKAGES for path in (REPOSITORY / folder).rglob("*.py"))
LINES_OF_A_FILE = 350
LINES_OF_A_FUNCTION = 40
MODULES_OF_A_FOLDER = 12
IGNORE = re.compile(r"# (?:noqa: [A-Z0-9]+(?:, [A-Z0-9]+)*|type: ignore\[[a-z-]+(?:, [a-z-]+)*\])")
# A reason follows, by a dash or as a comment of its own, or is the comment above one or several such lines.
REASON = re.compile(r"\s*(?:-{1,2}|#)\s*\S")


def name(path):
    return str(path.relative_to(REPOSITORY))


@pytest.mark.parametrize(
    "rule",
    [f"{LINES_OF_A_FILE} the most", f"{LINES_OF_A_FUNCTION} the most", f"{MODULES_OF_A_FOLDER} modules the most"],
)
def test_the_figures_are_those_that_are_written(rule):
    assert rule in (REPOSITORY / "CONTRIBUTING.md").read_text()


def test_a_file_is_not_too_long():
    assert [name(path) for path in FILES if len(path.read_text().splitlines()) > LINES_OF_A_FILE] == []


def test_a_folder_is_not_too_full():
    modules = Counter(path.parent for path in FILES if path.name != "__init__.py")
    assert {name(folder): count for folder, count in modules.items() if count > MODULES_OF_A_FOLDER} == {}


def test_a_function_is_not_too_long():
    found = [
        f"{name(path)}: {node.name}"
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= LINES_OF_A_FUNCTION
    ]
    assert found == []


def unexplained(text):
    """Yield the numbers of lines that ignore a finding and do not say why."""
    before = False
    for number, line in enumerate(text.splitlines(), start=1):
        found = IGNORE.search(line)
        if found and not REASON.match(line, found.end()) and not before:
            yield number
        reasoned = found is not None and (before or REASON.match(line, found.end()) is not None)
        before = reasoned or line.lstrip().startswith("# ")


def test_an_ignore_has_a_reason():
    found = [f"{name(path)}:{number}" for path in FILES for number in unexplained(path.read_text())]
    assert found == []


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("import a  # noqa: F401", [1]),
        ("import a  # noqa: F401 - for whoever imports it from here\nimport b  # noqa: F401", []),
        ("# Only now.\nimport a  # noqa: F401\nimport b  # noqa: F401", []),
        ("x = 1  # type: ignore[misc]  # untyped\ny = 2\nz = 3  # type: ignore[misc]", [3]),
    ],
)
def test_an_ignore_without_one_is_seen(text, numbers):
    assert list(unexplained(text)) == numbers


def test_there_is_no_drawer():
    assert [name(path) for path in FILES if re.search(r"(^|_)(utils?|helpers?|common|misc)(_|$)", path.stem)] == []


def test_every_variable_of_the_operator_is_documented():
    named = set(re.findall(r"`([A-Z_]+)`", (REPOSITORY / "operator" / "README.md").read_text()))
    assert {variable.name for variable in VARIABLES} <= named


def test_the_service_tells_its_layers_as_they_are():
    configuration = (REPOSITORY / "pyproject.toml").read_text()
    (table,) = re.findall(
        r'containers = \["panko"\]\nexhaustive = true\nlayers = \[\n(.*?)\]', configuration, re.DOTALL
    )
    layers = [row.split(" | ") for row in re.findall(r'"([\w |]+)"', table)]
    (told,) = re.findall(
        r"which import-linter holds: (.*?)\. The inner", (REPOSITORY / "service/README.md").read_text(), re.DOTALL
    )
    assert [re.findall(r"`(\w+)`", one) for one in told.split("→")] == layers
