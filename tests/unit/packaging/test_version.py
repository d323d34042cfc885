"""One version: `service/pyproject.toml` has it, and everything that repeats it is generated."""

import re

import pytest
import yaml

from rendering import chart, published, version
from rendering.programs import REPOSITORY

SOURCE = "https://git.example/panko"


@pytest.mark.parametrize("place", version.PLACES, ids=lambda place: place.file)
def test_every_place_has_the_version(place):
    text = (REPOSITORY / place.file).read_text()
    assert place.rewritten(text, version.current()) == text, f"{place.file} is old: run `make manifests`"


@pytest.mark.parametrize("place", version.PLACES, ids=lambda place: place.file)
def test_another_version_would_be_noticed(place):
    text = (REPOSITORY / place.file).read_text()
    assert place.rewritten(text, "999.0.0") != text


@pytest.mark.parametrize(
    ("python", "semantic"),
    [("11.0.0", "11.0.0"), ("11.0.0.dev0", "11.0.0-dev"), ("11.1.0rc2", "11.1.0-rc.2"), ("12.0.0a1", "12.0.0-alpha.1")],
)
def test_helm_reads_it_as_semantic_version(python, semantic):
    assert version.semantic(python) == semantic


def test_a_version_that_helm_could_not_read_is_refused():
    with pytest.raises(ValueError, match="write it so in"):
        version.semantic("11.0")


def test_the_changelog_begins_with_it():
    heading = re.search(r"^## (\S+)", (REPOSITORY / "CHANGELOG.md").read_text(), flags=re.MULTILINE)
    assert heading[1] == re.match(r"[\d.]+\d", version.current())[0]


def test_the_published_chart_has_the_images_of_its_registry_and_version(tmp_path):
    published.write("registry.example/panko", tmp_path / "chart", SOURCE)
    objects = chart.render({}, tmp_path, path=tmp_path / "chart")
    (deployment,) = (one for one in objects if one["kind"] == "Deployment")
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    tag = version.semantic(version.current())
    assert container["image"] == f"registry.example/panko/panko-operator:{tag}"
    assert {"name": "PANKO_IMAGE", "value": f"registry.example/panko/panko:{tag}"} in container["env"]
    assert {"name": "COLLECTOR_IMAGE", "value": f"registry.example/panko/panko-collector:{tag}"} in container["env"]


def test_an_alert_of_the_published_chart_leads_to_the_runbook_of_its_version(tmp_path):
    published.write("registry.example", tmp_path / "chart", SOURCE)
    objects = chart.render({"monitoring": {"prometheusRule": "enabled"}}, tmp_path, path=tmp_path / "chart")
    (rule,) = (one for one in objects if one["kind"] == "PrometheusRule")
    pages = f"{SOURCE}/blob/v{version.semantic(version.current())}/docs/alerts.md#"
    assert all(one["annotations"]["runbook_url"].startswith(pages) for one in rule["spec"]["groups"][0]["rules"])


def test_the_published_chart_differs_by_its_images_and_runbooks_alone(tmp_path):
    published.write("registry.example", tmp_path / "chart", SOURCE)
    values = [yaml.safe_load((folder / "values.yaml").read_text()) for folder in (chart.PATH, tmp_path / "chart")]
    for one in values:
        one["image"].pop("repository")
        one["panko"].pop("image")
        one["collector"].pop("image")
        one["monitoring"].pop("runbookURL")
    assert values[0] == values[1]
