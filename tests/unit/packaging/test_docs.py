"""The documentation names everything that there is, and what it points to exists."""

import ast
import re
import shutil

import pytest
import yaml

from panko import opts, policies
from panko.api import app
from panko_operator import observe
from panko_operator.children import api, config
from panko_operator.controller.order import STEPS
from panko_operator.monitoring import Meters
from rendering import chart, programs

ROOT = programs.REPOSITORY
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("[a-z]*/README.md")])
OPERATOR = ROOT / "operator" / "panko_operator"
MEBIBYTE = 1024 * 1024


def page(name):
    return (ROOT / "docs" / name).read_text()


def fields(schema, path=""):
    """Yield the path of every field that the CRD documents, as `database.host`."""
    for name, child in schema.get("properties", {}).items():
        yield f"{path}{name}"
        inner = child.get("items", child)
        yield from fields(inner, f"{path}{name}.")


def spec_fields():
    (version,) = yaml.safe_load(chart.CRD.read_text())["spec"]["versions"]
    return list(fields(version["schema"]["openAPIV3Schema"]["properties"]["spec"]))


def reasons():
    """Return every reason of a condition that the operator's code spells out."""
    found = {"Done"}  # of the summaries, when nothing is left to do
    for path in set(OPERATOR.rglob("*.py")) - {
        OPERATOR / "settings.py"
    }:  # which ends the operator before any condition
        for node in ast.walk(ast.parse(path.read_text())):
            found.update(_spelled(node))
    return found | set(observe.WAITING_ADVICE)


def _spelled(node):
    """Yield the reasons of `reason = …`, an Observation, a Condition, `done(…)`, a Note and a Refusal."""
    match node:
        case ast.Assign(targets=[ast.Name(id="reason")], value=value):
            yield from _words(value)
        case ast.Call(func=ast.Name(id="Observation"), args=[_, value, *_]):
            yield from _words(value)
        case ast.Call(func=ast.Name(id="Condition"), args=[_, _, value, *_]):
            yield from _words(value)
        case ast.Call(func=ast.Name(id="done" | "Note" | "Refusal"), args=[value, *_]):
            yield from _words(value)


def _words(node):
    """Yield the CamelCase words of an expression, such as `"A" if later else "B"`."""
    for one in ast.walk(node):
        if isinstance(one, ast.Constant) and re.fullmatch(r"([A-Z][a-z]+)+", str(one.value)):
            yield one.value


def anchors(text):
    """Return the anchors that GitHub makes of the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text()):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        found = (path.parent / name).resolve() if name else path
        assert found.exists(), target
        assert not anchor or anchor in anchors(found.read_text()), target


def test_every_page_is_on_the_map():
    text = page("index.md")
    missing = {path.name for path in (ROOT / "docs").glob("*.md")} - set(re.findall(r"\((\S+?)\)", text))
    assert missing == {"index.md"}


def test_every_field_of_the_resource_is_documented():
    rows = re.findall(r"^\| `([\w.\[\]]+)` \|", page("resource.md"), flags=re.MULTILINE)
    documented = {row.replace("[]", "") for row in rows}
    assert not set(spec_fields()) - documented


@pytest.mark.parametrize("group", [group for group, _ in opts.list_opts()])
def test_every_option_is_documented(group):
    section = page("configuration.md").partition(f"### [{group}]\n")[2].partition("\n### ")[0].partition("\n## ")[0]
    named = set(re.findall(r"^\| `(\w+)`", section, flags=re.MULTILINE))
    assert named == {option.name for name, options in opts.list_opts() if name == group for option in options}


def test_documents_that_a_worker_holds_at_once_fit_into_the_memory_that_it_has():
    (most,) = [option.default // MEBIBYTE for option in opts.API if option.name == "max_posted_bytes"]
    one, two = (int(api.resources(workers, scaled=False)["limits"]["memory"].removesuffix("Mi")) for workers in (1, 2))
    assert 40 * most <= two - one  # forty times their text, at most
    (row,) = re.findall(r"^\| `max_posted_bytes` .*", page("configuration.md"), flags=re.MULTILINE)
    assert f"| {most} MiB |" in row
    assert "forty times as much memory as their text" in row
    assert f"with the default, {40 * most} MiB at most" in row


def test_every_key_that_the_operator_owns_is_documented():
    text = page("configuration.md")
    missing = [f"[{section}] {key}" for section, key in config.OWNED if f"`{key}`" not in text]
    assert not missing


def test_every_policy_is_documented():
    text = page("configuration.md")
    missing = [rule.name for rule in policies.list_rules() if f"`{rule.name}`" not in text]
    assert not missing


def test_every_route_is_documented():
    text = page("api.md")
    missing = [template for template in app.TEMPLATES if not re.search(rf"`(GET|POST) {re.escape(template)}`", text)]
    assert not missing


def test_every_figure_of_the_operator_is_documented():
    meters = Meters()
    meters.follow(queue=lambda: 0, leads=lambda: False, silence=lambda: 0)
    text = page("metrics.md")
    suffix = {"counter": "_total"}
    names = [f"{family.name}{suffix.get(family.type, '')}" for family in meters.registry.collect()]
    assert names
    assert [name for name in names if f"| `{name}` |" not in text] == []


def test_every_condition_is_documented():
    text = page("failure-modes.md")
    missing = [
        one
        for one in (*(step.condition for step in STEPS), "Ready", "Reconciling", "Stalled")
        if f"| `{one}` |" not in text
    ]
    assert not missing


def test_the_architecture_tells_the_steps_in_their_order():
    told = re.findall(r"^\| [^|]+ \| `(\w+(?:Ready|Current))` \|", page("architecture.md"), re.MULTILINE)
    assert told == [step.condition for step in STEPS]


def test_every_reason_is_documented():
    text = page("failure-modes.md")
    missing = sorted(reason for reason in reasons() if f"`{reason}`" not in text)
    assert not missing


def test_no_reason_is_documented_that_there_is_not():
    table = page("failure-modes.md").partition("## Reasons")[2].partition("\n## A Secret")[0]
    named = set(re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", table, flags=re.MULTILINE))
    words = {word for row in named for word in re.findall(r"`(\w+)`", row)}
    assert words
    assert words <= reasons() | KUBERNETES_REASONS


# Reasons that are Kubernetes' own, of a Job or a Deployment that failed.
KUBERNETES_REASONS = {"BackoffLimitExceeded", "DeadlineExceeded", "PodFailurePolicy", "ProgressDeadlineExceeded"}


def test_every_verb_of_make_that_is_named_exists():
    known = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    named = {verb for path in PAGES for verb in re.findall(r"`make ([a-z0-9-]+)", path.read_text())}
    assert named <= known


def test_every_value_of_the_chart_that_is_named_exists():
    values = yaml.safe_load((chart.PATH / "values.yaml").read_text())
    for key in re.findall(r"--set (?:'|\")?([\w.]+)=", "".join(path.read_text() for path in PAGES)):
        found = values
        for part in key.split("."):
            assert part in found, key
            found = found[part]


def test_samples_and_examples_use_fields_that_exist():
    known = set(spec_fields())
    for path in PAGES:
        for block in re.findall(r"```yaml\n(.*?)```|<<EOF\n(.*?)\nEOF", path.read_text(), flags=re.DOTALL):
            for document in yaml.safe_load_all("".join(block)):
                spec = document.get("spec") if isinstance(document, dict) else None
                if isinstance(spec, dict) and document.get("kind", "Panko") == "Panko":
                    unknown = {name for name in spec if name not in known}
                    assert not unknown, path


def test_the_overlay_that_is_shown_sets_both_images(tmp_path):
    shown = re.search(r"```yaml\n(# kustomization.yaml\n.*?)```", page("install.md"), flags=re.DOTALL)
    (tmp_path / "kustomization.yaml").write_text(shown[1])
    shutil.copytree(ROOT / "deploy", tmp_path / "panko" / "deploy")
    objects = chart.parse(programs.run(programs.kubectl(), "kustomize", tmp_path))
    (deployment,) = (one for one in objects if one["kind"] == "Deployment")
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    environment = {entry["name"]: entry.get("value") for entry in container["env"]}
    assert container["image"].startswith("registry.example/panko-operator:")
    assert environment["PANKO_IMAGE"].startswith("registry.example/panko:")
    assert "HAPROXY_IMAGE" in environment


# Hosts that a page may name: examples, PLACEHOLDERS, the cluster's own, and public sites.
KNOWN_HOSTS = (
    r"([\w-]+\.)*example(\.org|\.com)?|[\w.-]+\.svc(\.cluster\.local)?|127\.0\.0\.1|[A-Z]+"
    r"|keepachangelog\.com|deb\.debian\.org|github\.com|servicebinding\.io|token\.actions\.githubusercontent\.com"
)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_page_tells_of_no_machine_of_ours(path):
    text = path.read_text()
    hosts = set(re.findall(r"https?://(?:[^\s/@]+@)?([\w.-]*\w)", text))
    assert not {host for host in hosts if not re.fullmatch(KNOWN_HOSTS, host)}
    assert not re.search(r"(?<![\w.])/(?:work|home|root|Users|tmp)/", text)
