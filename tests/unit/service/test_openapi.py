"""The description of the API says what the API does."""

from datetime import UTC, datetime

import pytest
from jsonschema import Draft202012Validator

from panko import validation
from panko.api.resources.openapi import document
from panko.api.resources.openapi.schemas import SCHEMAS
from panko.asking.v2.arguments import FILTER_KEYS, KEYS
from panko.errors import InvalidInputError

GOOD = {
    "message_id": "m1",
    "event_type": "a",
    "generated": "2026-11-22T14:45:50",
    "traits": [["t", 0, "x"], ["t", 2, 1], ["t", 3, 1.5], ["t", 4, "2026-11-22"], ["u", 1, None]],
    "raw": [],
}
BAD = {
    "an empty id": {"message_id": ""},
    "a long id": {"message_id": "x" * 51},
    "a long type": {"event_type": "x" * 256},
    "a number for a time": {"generated": 1},
    "a foreign key": {"extra": 1},
    "traits that are no list": {"traits": {}},
    "a trait of two parts": {"traits": [["t", 1]]},
    "a trait of four parts": {"traits": [["t", 1, "x", 1]]},
    "a trait without a name": {"traits": [["", 1, "x"]]},
    "an unknown dtype": {"traits": [["t", 5, "x"]]},
    "a long text": {"traits": [["t", 1, "x" * 256]]},
    "a text for an integer": {"traits": [["t", 2, "1"]]},
    "an integer of 65 bits": {"traits": [["t", 2, 2**63]]},
    "a text for a float": {"traits": [["t", 3, "1"]]},
}


@pytest.fixture
def description(make_client):
    return make_client().simulate_get("/openapi.json").json


@pytest.fixture
def posted(description):
    schema = {"$ref": "#/components/schemas/PostedEvents", "components": description["components"]}
    return Draft202012Validator(schema)


def accepts(payload):
    try:
        validation.events(payload, max_raw_bytes=4096, now=datetime.now(UTC))
    except InvalidInputError:
        return False
    return True


def test_events_that_are_stored_are_described(posted):
    for payload in (GOOD, [GOOD], [], {**GOOD, "traits": None}, {key: GOOD[key] for key in validation.REQUIRED}):
        assert accepts(payload)
        assert posted.is_valid(payload)


@pytest.mark.parametrize("changes", BAD.values(), ids=BAD)
def test_events_that_are_refused_are_not_described(posted, changes):
    assert not accepts(GOOD | changes)
    assert not posted.is_valid(GOOD | changes)


@pytest.mark.parametrize("name", validation.REQUIRED)
def test_what_is_required_is_described_as_that(posted, name):
    assert not posted.is_valid({key: value for key, value in GOOD.items() if key != name})


def test_schemas_are_schemas():
    for schema in SCHEMAS.values():
        Draft202012Validator.check_schema(schema)


def test_every_argument_of_the_list_is_described(description):
    described = {each["name"] for each in description["paths"]["/v2/events"]["get"]["parameters"]}
    assert described == {*(f"q.{key}" for key in FILTER_KEYS), *KEYS} - {"q"}


def test_it_is_about_the_address_that_the_caller_has_used(make_client):
    headers = {"Host": "events.example.org", "X-Roles": "nobody"}
    answer = make_client().simulate_get("/openapi.json", root_path="/event", headers=headers)
    assert answer.json["openapi"] == "3.1.0"
    assert answer.json["servers"] == [{"url": "http://events.example.org/event"}]


def test_operation_that_nobody_has_described_ends_the_start():
    class Undescribed:
        def on_patch(self):
            """Do something new."""

    with pytest.raises(KeyError, match="patch"):
        document.document([("/v2/events", Undescribed())])
