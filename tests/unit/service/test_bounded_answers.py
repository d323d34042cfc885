"""However much is sent, what is said about it stays short."""

import json

import falcon
import pytest
from falcon import testing
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panko import validation
from panko.errors import EventConflictError, EventNotFoundError, InvalidEventsError, MarkerNotFoundError
from panko.quoting import listed, quote

MOST_BYTES = 64 * 1024
ADMIN = {"X-Roles": "admin", "X-User-Id": "u", "X-Project-Id": "p"}
LONG = "\x01" * 3000
BAD_TRAITS = {"message_id": "m", "event_type": "t", "generated": "2026-11-22", "traits": [[LONG[:300], 9, LONG]] * 20}

documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.fixture
def post(make_client):
    client: testing.TestClient = make_client()

    def send(body: bytes | str, method: str = "POST", **headers: str):
        headers = ADMIN | {"Content-Type": "application/json"} | headers
        return client.simulate_request(method, "/v2/events", body=body, headers=headers)

    return send


def assert_short(answer) -> None:
    assert len(answer.content) <= MOST_BYTES


@pytest.mark.parametrize("accept", ["application/json", "application/xml, application/json;q=0.5"])
@pytest.mark.parametrize(
    "document",
    [
        [0] * 9000,
        [0] * 20_000,
        [{}] * 9000,
        [{LONG: 1}] * 50,
        {f"{number}{LONG[:100]}": 1 for number in range(3000)},
        {"traits": [0] * 20_000},
        {"traits": [["a", 1, "x"]] * 5000},
        BAD_TRAITS,
        [BAD_TRAITS | {"message_id": "\ud800" * 90}] * 2,
        {"message_id": LONG, "event_type": LONG, "generated": LONG, "traits": LONG},
        [{"&" * 9000: "<"}] * 20,
    ],
    ids=range(11),
)
def test_refusal_of_a_huge_request_is_short(post, document, accept):
    answer = post(json.dumps(document), Accept=accept)
    assert answer.status_code == 400
    assert_short(answer)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=documents, copies=st.sampled_from([1, 300]))
def test_refusal_of_anything_is_short(post, document, copies):
    assert_short(post(json.dumps([document] * copies)))


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("body", [b"\x00" * 30_000, b"[" * 30_000, b'{"a":' * 9000, b'"' + b"x" * 30_000])
def test_refusal_of_what_is_no_json_is_short(post, method, body):
    answer = post(body, method)
    assert answer.status_code == 400
    assert_short(answer)


@pytest.mark.parametrize(
    "query",
    [
        {LONG: 1},
        {f"{number}{LONG[:20]}": 1 for number in range(200)},
        {"limit": LONG},
        {"limit": [LONG]},
        {"marker": LONG},
        {"sort": [LONG]},
        {"q": [{LONG: "x"}]},
        {"q": [{"field": LONG, "value": LONG, "op": LONG}]},
        {"q": [{"field": LONG, "value": LONG, "type": LONG}]},
        {"q": [{"field": LONG, "value": LONG, "type": "integer"}]},
        {"q": [{"field": "event_type", "value": LONG, "op": LONG}]},
        {"q": [{"field": "start_timestamp", "value": LONG, "op": "ge"}]},
    ],
    ids=range(12),
)
def test_value_of_a_query_is_quoted_by_its_beginning(post, query):
    answer = post(json.dumps(query), "GET")
    assert answer.status_code == 400
    assert len(answer.json["error_message"]["faultstring"]) < 100 * 230


def test_content_type_is_quoted_by_its_beginning(post):
    answer = post("x", **{"Content-Type": "y" * 5000})
    assert answer.status == falcon.HTTP_415
    assert len(answer.content) < 500  # with all that is taken instead


def test_first_hundred_bad_events_are_named_and_the_rest_is_counted(post):
    text = post(json.dumps([0] * 150)).json["error_message"]["faultstring"]
    assert text.startswith("event 0: an event is a JSON object; event 1:")
    assert text.endswith("event 99: an event is a JSON object; and 50 more")


def test_list_of_more_events_than_a_request_may_hold_is_refused_before_it_is_read(post):
    text = post(json.dumps([0] * (validation.MAX_EVENTS + 1))).json["error_message"]["faultstring"]
    assert text == "The list holds 10001 events, 10000 are the most. Send several requests."


@pytest.mark.parametrize(
    "error",
    [
        MarkerNotFoundError("x" * 10_000),
        EventNotFoundError("x" * 10_000),
        EventConflictError(["x" * 50] * 10_000),
        InvalidEventsError([(number, "is wrong") for number in range(10_000)]),
    ],
)
def test_message_of_an_error_is_short(error):
    assert len(str(error)) < 8000


def test_short_text_is_quoted_whole_and_a_short_list_is_named_whole():
    assert quote("x" * 200) == "x" * 200
    assert quote("x" * 201) == "x" * 200 + "… (201 characters)"
    assert listed(["a", "b"]) == "a, b"
    assert listed("abcd", most=2, more=3) == "a, b, and 5 more"
    assert not listed([])


def test_body_of_a_query_may_be_small_alone(post):
    answer = post(json.dumps({"marker": "x" * MOST_BYTES}), "GET")
    assert answer.status_code == 413
    assert "Ask with fewer filters." in answer.json["error_message"]["faultstring"]
