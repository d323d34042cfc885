"""The CRD as a manual and as a contract, without an API server."""

from datetime import UTC, datetime

import jsonschema
import pytest

from fakes import crd
from panko_operator.controller import conditions
from panko_operator.controller.order import STEPS


def nodes(node, path=""):
    """Yield every field with its path."""
    for name, child in node.get("properties", {}).items():
        yield f"{path}{name}", child
        yield from nodes(child.get("items", child), f"{path}{name}.")


FIELDS = dict(nodes({"properties": {key: crd.schema()["properties"][key] for key in ("spec", "status")}}))


def version():
    (only,) = crd.definition()["spec"]["versions"]
    return only


def test_every_field_is_documented():
    assert [path for path, node in FIELDS.items() if not node.get("description", "").endswith(".")] == []


def test_every_list_says_how_two_appliers_share_it():
    lists = {path: node for path, node in FIELDS.items() if node.get("type") == "array"}
    assert [path for path, node in lists.items() if "x-kubernetes-list-type" not in node] == []


def test_every_text_and_list_that_a_rule_looks_at_is_bounded():
    # Without a bound the API server reckons with the worst, and refuses the CRD for the cost of its rules.
    ruled = {path: node for path, node in FIELDS.items() if "x-kubernetes-validations" in node}
    unbounded = [
        path for path, node in ruled.items() if node["type"] == "string" and not {"maxLength", "enum"} & set(node)
    ]
    assert unbounded == []


def test_every_rule_has_words_of_its_own():
    rules = [rule for node in FIELDS.values() for rule in node.get("x-kubernetes-validations", ())]
    assert len(rules) > 10
    assert all(rule.get("message") for rule in rules)


@pytest.mark.parametrize("sample", sorted(path.stem for path in crd.SAMPLES.glob("*.yaml")))
def test_sample_with_its_defaults_fits_the_schema(sample):
    jsonschema.Draft202012Validator(crd.schema()).validate(crd.live(crd.sample(sample)))


def test_columns_find_conditions_by_type_and_never_by_position():
    paths = [column["jsonPath"] for column in version()["additionalPrinterColumns"]]
    assert '.status.conditions[?(@.type=="Ready")].status' in paths
    assert not [path for path in paths if "[0]" in path]


def test_scale_leads_to_fields_that_there_are():
    scale = version()["subresources"]["scale"]
    assert {path.removeprefix(".") for path in scale.values()} <= FIELDS.keys()


def test_conditions_fit_the_schema():
    found = conditions.merge(
        [], [], types=[step.condition for step in STEPS], now=datetime(2026, 3, 1, tzinfo=UTC), generation=1
    )
    jsonschema.Draft202012Validator(FIELDS["status.conditions"]).validate(found)
