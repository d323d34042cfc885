"""What Artifact Hub shows of the chart is in the form that it reads, and true."""

import re

import pytest
import yaml

from fakes import crd
from rendering import artifact_hub, chart, programs, published, version

HUB = "artifacthub.io/"
SOURCE = "https://git.example/panko"
OF_YAML = {"crds", "crdsExamples", "images", "links", "changes"}
FLAGS = {"operator", "prerelease", "containsSecurityUpdates"}
CAPABILITIES = {"Basic Install", "Seamless Upgrades", "Full Lifecycle", "Deep Insights", "Auto Pilot"}
CATEGORIES = {
    "ai-machine-learning",
    "database",
    "integration-delivery",
    "monitoring-logging",
    "networking",
    "security",
    "storage",
    "streaming-messaging",
}
KINDS = {"added", "changed", "deprecated", "removed", "fixed", "security"}


def read(folder):
    annotations = yaml.safe_load((folder / "Chart.yaml").read_text())["annotations"]
    assert all(key.startswith(HUB) and isinstance(value, str) for key, value in annotations.items())
    told = {key.removeprefix(HUB): value for key, value in annotations.items()}
    return {key: yaml.safe_load(value) if key in OF_YAML else value for key, value in told.items()}


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    folder = tmp_path_factory.mktemp("released") / "chart"
    published.write("registry.example/panko", folder, SOURCE)
    return folder


@pytest.fixture(params=["in the repository", "released"])
def told(request, released):
    return read(chart.PATH if request.param == "in the repository" else released)


def test_the_annotations_are_those_that_the_code_makes():
    text = artifact_hub.CHART.read_text()
    assert artifact_hub.annotated(text, artifact_hub.of_the_kind()) == text, "run `make manifests`"


def test_every_annotation_is_one_of_the_hub_and_has_a_value_that_it_takes(told):
    assert told.keys() <= OF_YAML | FLAGS | {"license", "operatorCapabilities", "category"}
    assert {told[flag] for flag in FLAGS & told.keys()} <= {"true", "false"}
    assert told["operatorCapabilities"] in CAPABILITIES
    assert told["category"] in CATEGORIES
    assert told["license"] == "Apache-2.0"


def test_the_kind_is_the_one_that_the_definition_defines(told):
    (about,) = told["crds"]
    definition = crd.definition()
    assert (about["kind"], about["name"]) == (definition["spec"]["names"]["kind"], definition["metadata"]["name"])
    assert about["version"] == definition["spec"]["versions"][0]["name"]
    assert about["description"].endswith(".")


def test_the_examples_are_samples(told):
    samples = [crd.sample(path.stem) for path in crd.SAMPLES.glob("*.yaml")]
    assert told["crdsExamples"]
    assert all(one in samples for one in told["crdsExamples"])


def test_a_release_names_every_image_by_registry_and_version(released, tmp_path):
    images = {one["image"] for one in read(released)["images"]}
    objects = chart.render({}, tmp_path, path=released)
    (deployment,) = (one for one in objects if one["kind"] == "Deployment")
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    used = {one["value"] for one in container["env"] if one["name"].endswith("_IMAGE")} | {container["image"]}
    assert images == used
    assert all(re.fullmatch(r"[\w.-]+\.[a-z]+/[\w./-]+:(?!latest)[\w.-]+", image) for image in images)


def test_a_release_tells_its_changes_by_kind_in_a_sentence_each(released):
    changes = read(released)["changes"]
    log = (programs.REPOSITORY / "CHANGELOG.md").read_text()
    newest = re.split(r"^## ", log, flags=re.MULTILINE)[1]
    assert len(changes) == len(re.findall(r"^- ", newest, re.MULTILINE))
    for change in changes:
        assert change["kind"] in KINDS
        assert 0 < len(change["description"]) <= 200
        assert "](" not in change["description"]
    assert read(released)["containsSecurityUpdates"] == "true"


def test_a_release_leads_to_where_it_was_made_and_says_whether_it_is_one(released):
    told = read(released)
    tag = version.semantic(version.current())
    assert all(link["url"].startswith(SOURCE) for link in told["links"])
    for link in told["links"]:
        path = link["url"].removeprefix(SOURCE).removeprefix(f"/blob/v{tag}/")
        assert (programs.REPOSITORY / path).exists()
    assert told["prerelease"] == ("true" if "-" in tag else "false")


def test_helm_reads_the_released_chart(released):
    programs.run(programs.helm(), "lint", "--strict", "--quiet", released)
