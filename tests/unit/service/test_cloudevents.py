"""CloudEvents come back as they were sent, in every mode, and what is none is refused by the specification's rules."""

import base64
import gzip
import hashlib
import json
import sys
import tracemalloc
from urllib.parse import quote

import bcrypt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panko.api.messages.cloudevents.mapping import from_cloudevent, message_id

ADMIN = {"X-Roles": "admin", "X-User-Id": "u", "X-Project-Id": "p"}
ONE, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"
NOAUTH = "[api]\nauth_strategy = noauth\n"
EVENT = {
    "specversion": "1.0",
    "id": "A234-1234-1234",
    "source": "/backups/nightly",
    "type": "org.example.backup.end",
    "time": "2018-04-05T17:31:00+02:00",
    "subject": "volume-7",
    "projectid": "p",
    "userid": "u",
    "attempt": 2,
    "complete": True,
    "datacontenttype": "application/json",
    "data": {"size_gb": 40, "parts": [1.5, None, "ü"]},
}


@pytest.fixture
def client(make_client):
    return make_client()


def fault(answer):
    return answer.json["error_message"]["faultstring"]


def post(client, document, *, media_type=ONE):
    headers = ADMIN | {"Content-Type": media_type}
    return client.simulate_post("/v2/events", headers=headers, body=json.dumps(document))


def post_binary(client, body, *, content_type=None, **attributes):
    headers = {f"ce-{name}": value for name, value in attributes.items()}
    headers |= {"Content-Type": content_type} if content_type else {}
    return client.simulate_post("/v2/events", headers=ADMIN | headers, body=body)


def listed(client, media_type=BATCH):
    headers = ADMIN | {"Accept": media_type}
    answer = client.simulate_get("/v2/events", headers=headers, params={"q.field": "all_tenants", "q.value": "True"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
    return answer


def shown(client, event_id):
    answer = client.simulate_get(f"/v2/events/{event_id}", headers=ADMIN | {"Accept": ONE})
    assert (answer.status_code, answer.headers["content-type"]) == (200, ONE)
    return answer.json


def test_cloudevent_becomes_an_event_with_traits(make_client):
    client = make_client()
    assert post(client, EVENT).json == {"created": 1, "duplicates": 0}
    (event,) = client.simulate_get("/v2/events", headers=ADMIN).json
    assert event["message_id"] == "ce-" + hashlib.sha256(b"/backups/nightly\0A234-1234-1234").hexdigest()[:40]
    assert event["event_type"] == "org.example.backup.end"
    assert event["generated"] == "2018-04-05T15:31:00"
    assert event["raw"] == EVENT
    assert {(each["name"], each["type"], each["value"]) for each in event["traits"]} == {
        ("id", "string", "A234-1234-1234"),
        ("source", "string", "/backups/nightly"),
        ("subject", "string", "volume-7"),
        ("project_id", "string", "p"),
        ("user_id", "string", "u"),
        ("attempt", "integer", "2"),
        ("complete", "string", "true"),
        ("datacontenttype", "string", "application/json"),
    }


def test_owner_of_a_cloudevent_sees_it_and_another_one_does_not(make_client):
    client = make_client()
    post(client, EVENT)
    member = {"X-Roles": "member", "X-User-Id": "u", "X-Project-Id": "p", "Accept": BATCH}
    assert client.simulate_get("/v2/events", headers=member).json == [EVENT]
    assert client.simulate_get("/v2/events", headers=member | {"X-Project-Id": "q"}).json == []


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), min_size=1, max_size=20)
attributes = st.one_of(texts, st.integers(-(2**31), 2**31 - 1), st.booleans())
json_documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)
uris = st.text("abcXYZ019-._~:/?#[]@!$&'()*+,;=", min_size=1, max_size=300)
KNOWN = {"id", "source", "type", "time", "subject", "specversion", "data", "datacontenttype", "dataschema"}
names = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=20).filter(
    lambda name: name not in KNOWN | {"projectid", "userid"}
)


@st.composite
def cloudevents(draw, *, binary=False):
    moment = draw(st.datetimes().filter(lambda each: 2 < each.year < 2026))
    zone = draw(st.sampled_from(["Z", "+00:00", "-11:30", "+14:00", "z"]))
    event = {
        "specversion": "1.0",
        "id": draw(texts),
        "source": draw(uris),
        "type": draw(texts),
        "time": moment.isoformat() + zone,
        **draw(st.dictionaries(names, texts if binary else attributes, max_size=4)),
        **draw(st.fixed_dictionaries({}, optional={"subject": texts, "projectid": st.just("p"), "userid": texts})),
        **draw(st.fixed_dictionaries({}, optional={"dataschema": uris.map(lambda uri: f"urn:{uri}")})),
    }
    return event if binary else event | draw(data)


data = st.one_of(
    st.just({}),
    json_documents.map(lambda document: {"data": document}),
    st.binary(max_size=40).map(lambda content: {"data_base64": base64.b64encode(content).decode()}),
    st.text().map(lambda text: {"datacontenttype": "text/plain", "data": text}),
)
any_client = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)


@any_client
@given(events=st.lists(cloudevents(), max_size=4, unique_by=lambda event: (event["source"], event["id"])))
def test_what_came_as_cloudevents_is_read_back_as_it_came(client, connection, events):
    connection.events.clear()
    answer = post(client, events, media_type=BATCH)
    assert (answer.status_code, answer.json) == (201, {"created": len(events), "duplicates": 0}), answer.text
    by_id = {(event["source"], event["id"]): event for event in listed(client).json}
    assert by_id == {(event["source"], event["id"]): event for event in events}
    for event in events:
        assert shown(client, message_id(event["source"], event["id"])) == event
        assert post(client, event).json == {"created": 0, "duplicates": 1}
    # What is read back may be posted again.
    assert post(client, listed(client).json, media_type=BATCH).json["duplicates"] == len(events)


@any_client
@given(event=cloudevents(binary=True), document=json_documents, is_quoted=st.booleans())
def test_binary_mode_is_the_same_event_as_structured_mode(client, connection, event, document, is_quoted):
    connection.events.clear()
    sent = {name: quote(value, safe="") for name, value in event.items()}
    if is_quoted:
        sent["id"] = '"' + "".join(f"\\{each}" if each in '"\\' else each for each in sent["id"]) + '"'
    body = json.dumps(document)
    answer = post_binary(client, body, content_type="application/json; charset=utf-8", **sent)
    assert answer.status_code == 201, answer.text
    structured = event | {"datacontenttype": "application/json; charset=utf-8", "data": document}
    assert listed(client).json == [structured]
    assert post(client, structured).json == {"created": 0, "duplicates": 1}


BINARY = {"specversion": "1.0", "id": "1", "source": "/a", "type": "b", "time": "2026-11-22T14:45:50Z"}


@pytest.mark.parametrize(
    ("content_type", "body", "found"),
    [
        ("application/json", b'{"a": 1}', {"data": {"a": 1}}),
        ("application/vnd.example+json", b"null", {"data": None}),
        ("text/plain", "ü\n".encode(), {"data": "ü\n"}),
        ("text/plain; charset=UTF-8", "ü".encode(), {"data": "ü"}),
        ("text/plain; charset=latin1", b"\xfc", {"data_base64": "/A=="}),
        ("text/plain", b"\xfc", {"data_base64": "/A=="}),
        ("application/octet-stream", b"\x00\xff", {"data_base64": "AP8="}),
        ("application/x-ndjson", b"{}\n{}\n", {"data_base64": "e30Ke30K"}),
        ("application/xml", b"", {}),
        (None, b"x", {"data_base64": "eA=="}),
        (None, b"", {}),
    ],
)
def test_data_of_any_type_is_kept(make_client, content_type, body, found):
    client = make_client()
    assert post_binary(client, body, content_type=content_type, **BINARY).status_code == 201
    expected = BINARY | found | ({"datacontenttype": content_type} if content_type else {})
    assert listed(client).json == [expected]


def test_packed_data_is_unpacked(make_client):
    client = make_client()
    headers = {f"ce-{name}": value for name, value in BINARY.items()} | {"Content-Encoding": "gzip"}
    headers["Content-Type"] = "application/json"
    client.simulate_post("/v2/events", headers=ADMIN | headers, body=gzip.compress(b"[1]"))
    assert listed(client).json[0]["data"] == [1]


@pytest.mark.parametrize("name", ["specversion", "id", "source", "type", "time"])
def test_attribute_that_is_missing_is_named(make_client, name):
    client = make_client()
    less = {key: value for key, value in EVENT.items() if key != name}
    for document in (less, EVENT | {name: None}):
        answer = post(client, document)
        assert answer.status_code == 400
        assert f"event 0: {name} is missing" in fault(answer)
    sent = {key: value for key, value in BINARY.items() if key != name}
    assert f"event 0: {name} is missing" in fault(post_binary(client, b"", **sent))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"specversion": "0.3"}, "specversion is '0.3'; 1.0 is taken"),
        ({"specversion": 1.0}, "specversion is not a string"),
        ({"id": ""}, "id is empty"),
        ({"id": 7}, "id is not a string"),
        ({"id": "a\x00b"}, "id holds a control character, or what is no character"),
        ({"id": "a\ud800"}, "id holds a control character, or what is no character"),
        ({"subject": "\ufffe"}, "subject holds a control character, or what is no character"),
        ({"extension": "a\U0001ffffb"}, "extension holds a control character, or what is no character"),
        ({"source": ""}, "source is not a URI-reference"),
        ({"source": "a b"}, "source is not a URI-reference"),
        ({"source": "/%zz"}, "source is not a URI-reference"),
        ({"type": "x" * 256}, "event_type is 256 characters long"),
        ({"subject": ""}, "subject is empty"),
        ({"time": "2026-11-22"}, "time is not a time of RFC 3339"),
        ({"time": "2026-11-22T14:45:50"}, "time is not a time of RFC 3339"),
        ({"time": "2026-11-22 14:45:50Z"}, "time is not a time of RFC 3339"),
        ({"time": "2026-11-22T14:45Z"}, "time is not a time of RFC 3339"),
        ({"time": "2026-02-30T14:45:00Z"}, "time is not a time of RFC 3339"),
        ({"time": "٢026-11-22T14:45:50Z"}, "time is not a time of RFC 3339"),
        ({"time": 1}, "time is not a string"),
        ({"time": "9000-01-01T00:00:00Z"}, "generated is more than a day ahead of this server's clock"),
        ({"datacontenttype": "json"}, "datacontenttype is not a media type"),
        ({"dataschema": "/relative"}, "dataschema is not a URI"),
        ({"camelCase": 1}, "names other than of a-z and 0-9: 'camelCase'"),
        ({"with_underscore": 1}, "names other than of a-z and 0-9: 'with_underscore'"),
        ({"": 1}, "names other than of a-z and 0-9: ''"),
        ({"ext": 1.5}, "ext is neither a string, an integer nor a boolean"),
        ({"ext": {}}, "ext is neither a string, an integer nor a boolean"),
        ({"ext": 2**31}, "ext does not fit into 32 bits"),
        ({"projectid": 7}, "projectid is not a string"),
        ({"projectid": ""}, "projectid is empty"),
        ({"userid": "x" * 256}, "'user_id' whose value is 256 characters long"),
        ({"data_base64": "AA=="}, "data and data_base64 exclude each other"),
        ({"data": float("nan")}, "raw cannot be stored: it holds NaN"),
        ({"data": "x" * 1024 * 1024}, "raw is "),
    ],
)
def test_what_is_no_cloudevent_is_refused_with_the_reason(make_client, connection, changes, reason):
    answer = post(make_client(), EVENT | changes)
    assert answer.status_code == 400
    assert fault(answer).startswith("event 0: ")
    assert reason in fault(answer)
    assert connection.events == {}


@pytest.mark.parametrize("name", ["a{}", "A{}"])
def test_event_of_very_many_wrong_attributes_is_refused_in_few_words(name):
    event = EVENT | {name.format(number): 1.5 for number in range(50_000)}
    tracemalloc.start()
    try:
        refused = from_cloudevent(event)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert name.format(0) in refused.reason
    assert len(refused.reason) < 5000
    assert peak < 2 * sys.getsizeof(event)  # a copy of it


def test_base64_that_is_none_is_refused(make_client):
    bare = {key: value for key, value in EVENT.items() if key != "data"}
    for value in ("A", "AA=", "A-==", "ü", 5, "AAA=AAAA"):
        assert "data_base64 is not" in fault(post(make_client(), bare | {"data_base64": value}))


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"id": "%ff"}, "the header ce-id is not UTF-8, percent-encoded"),
        ({"data": "x"}, "there is no header ce-data in this mode"),
        ({"datacontenttype": "text/plain"}, "there is no header ce-datacontenttype in this mode"),
        ({"two-words": "x"}, "names other than of a-z and 0-9: 'two-words'"),
        ({"specversion": "1.1"}, "specversion is '1.1'; 1.0 is taken"),
    ],
)
def test_header_that_is_none_of_a_cloudevent_is_named(make_client, headers, reason):
    answer = post_binary(make_client(), b"", **(BINARY | headers))
    assert answer.status_code == 400
    assert reason in fault(answer)


def test_long_attribute_is_kept_though_no_trait_is_made_of_it(make_client):
    client = make_client()
    event = EVENT | {"tracestate": "x" * 512, "source": "/" + "y" * 1000}
    assert post(client, event).status_code == 201
    assert listed(client).json == [event]
    names = {each["name"] for each in client.simulate_get("/v2/events", headers=ADMIN).json[0]["traits"]}
    assert "id" in names
    assert not names & {"tracestate", "source"}


def test_same_id_of_two_sources_is_two_events(make_client):
    client = make_client()
    pairs = [("/a", "1"), ("/b", "1"), ("/a", "11"), ("/a1", "1")]
    events = [EVENT | {"source": source, "id": id_} for source, id_ in pairs]
    assert post(client, events, media_type=BATCH).json == {"created": 4, "duplicates": 0}
    assert post(client, EVENT | {"source": "/a", "id": "1", "data": 0}).status_code == 409


def test_batch_is_all_or_nothing_and_names_what_is_wrong(make_client, connection):
    answer = post(make_client(), [EVENT, 5, EVENT | {"id": ""}], media_type=BATCH)
    assert (answer.status_code, fault(answer)) == (
        400,
        "event 1: a CloudEvent is a JSON object; event 2: id is empty",
    )
    assert connection.events == {}


def test_batch_and_single_are_told_apart(make_client):
    client = make_client()
    assert "send a single one as application/cloudevents+json" in fault(post(client, EVENT, media_type=BATCH))
    assert fault(post(client, [EVENT])) == "event 0: a CloudEvent is a JSON object"
    assert post(client, [], media_type=BATCH).json == {"created": 0, "duplicates": 0}
    answer = client.simulate_post(
        "/v2/events", headers=ADMIN | {"Content-Type": "application/cloudevents+avro", "ce-id": "1"}, body=b"x"
    )
    assert answer.status_code == 415
    assert ONE in answer.headers["accept-post"]


def test_confined_publisher_is_confined_in_this_form_too(make_client, connection, tmp_path):
    password_hash = bcrypt.hashpw(b"pw", bcrypt.gensalt(4)).decode()
    (tmp_path / "htpasswd").write_text(f"backup:{password_hash}\nbackup event_types=org.example.*\nbackup projects=p\n")
    client = make_client(f"{NOAUTH}htpasswd_file = {tmp_path}/htpasswd\n")
    headers = {"Authorization": "Basic " + base64.b64encode(b"backup:pw").decode(), "Content-Type": BATCH}
    foreign = [EVENT, EVENT | {"id": "2", "projectid": "q"}, EVENT | {"id": "3", "type": "com.example"}]
    answer = client.simulate_post("/v2/events", headers=headers, body=json.dumps(foreign))
    assert answer.status_code == 403
    assert fault(answer).startswith("event 1: project q; event 2: event type com.example. ")
    assert connection.events == {}
    assert client.simulate_post("/v2/events", headers=headers, body=json.dumps([EVENT])).status_code == 201


def test_event_that_came_in_another_form_is_a_cloudevent_too(make_client):
    client = make_client()
    native = {
        "message_id": "m1",
        "event_type": "compute.x",
        "generated": "2026-11-22T14:45:50.123456",
        "traits": [["project_id", 1, "p"], ["n", 2, 1]],
        "raw": {"specversion": "1.0", "source": "\ud800", "id": "m1"},
    }
    body = json.dumps([native, native | {"message_id": "ce-forged"}])
    client.simulate_post("/v2/events", headers=ADMIN | {"Content-Type": "application/json"}, body=body)
    assert {each["id"]: each for each in listed(client).json}.keys() == {"m1", "ce-forged"}
    assert shown(client, "m1") == {
        "specversion": "1.0",
        "id": "m1",
        "source": "/openstack/event",
        "type": "compute.x",
        "time": "2026-11-22T14:45:50.123456Z",
        "projectid": "p",
        "datacontenttype": "application/json",
        "data": {
            "traits": [
                {"name": "project_id", "value": "p", "type": "string"},
                {"name": "n", "value": "1", "type": "integer"},
            ],
            "raw": native["raw"],
        },
    }
    assert shown(client, "ce-forged")["source"] == "/openstack/event"


SAID = {"specversion": "1.0", "id": "1", "source": "/a", "type": "t", "time": "2026-11-22T14:45:50Z", "projectid": "p"}


@pytest.mark.parametrize(
    "forged",
    [
        {"type": "identity.user.deleted"},
        {"time": "2025-01-01T00:00:00Z"},
        {"time": "soon"},
        {"projectid": "q"},
        {"projectid": None},
        {"userid": "u"},
        {"subject": "volume-7"},
        {"attempt": 3},
        {"attempt": "2"},
        {"no_name": 1},
        {"data_base64": "?"},
    ],
    ids=str,
)
def test_raw_that_says_something_else_than_its_event_is_not_shown_as_a_cloudevent(make_client, forged):
    client = make_client()
    said = SAID | {"attempt": 2}
    native = {
        "message_id": message_id("/a", "1"),
        "event_type": "t",
        "generated": "2026-11-22T14:45:50",
        "traits": [["id", 1, "1"], ["source", 1, "/a"], ["project_id", 1, "p"], ["attempt", 2, 2]],
        "raw": said | forged,
    }
    headers = ADMIN | {"Content-Type": "application/json"}
    assert client.simulate_post("/v2/events", headers=headers, body=json.dumps(native)).status_code == 201
    event = shown(client, native["message_id"])
    assert (event["id"], event["source"]) == (native["message_id"], "/openstack/event")
    assert (event["type"], event["time"], event["projectid"]) == ("t", "2026-11-22T14:45:50Z", "p")
    assert event["data"]["raw"] == said | forged
    assert listed(client).json == [event]


def test_json_is_the_answer_unless_something_else_is_preferred(make_client):
    client = make_client()
    post(client, EVENT)
    for accept, chosen in {
        "*/*": "application/json",
        "application/*": "application/json",
        f"{BATCH}, application/json": "application/json",
        f"{BATCH}, application/json;q=0.5": BATCH,
        f"{BATCH}, */*;q=0.1": BATCH,
        "application/x-ndjson": "application/x-ndjson",
    }.items():
        answer = client.simulate_get("/v2/events", headers=ADMIN | {"Accept": accept})
        assert (answer.status_code, answer.headers["content-type"]) == (200, chosen)


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        ("/v2/events", ONE),
        ("/v2/events/1", BATCH),
        ("/v2/event_types", BATCH),
        ("/v2/capabilities", ONE),
        ("/v2/events", "text/html"),
    ],
)
def test_what_a_resource_does_not_offer_is_refused(make_client, path, accept):
    answer = make_client().simulate_get(path, headers=ADMIN | {"Accept": accept})
    assert answer.status_code == 406
    assert fault(answer).startswith("The API answers in application/json")


def test_who_posts_is_answered_in_json(make_client):
    headers = ADMIN | {"Content-Type": ONE, "Accept": ONE}
    assert make_client().simulate_post("/v2/events", headers=headers, body=json.dumps(EVENT)).status_code == 406


def test_page_is_an_event_a_line_for_who_prefers_that(make_client):
    client = make_client()
    post(client, [EVENT, EVENT | {"id": "2"}], media_type=BATCH)
    lines = listed(client, "application/x-ndjson").text.splitlines()
    assert [json.loads(line) for line in lines] == client.simulate_get("/v2/events", headers=ADMIN).json


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
)


@any_client
@given(document=anything | st.fixed_dictionaries({}, optional=dict.fromkeys(EVENT, anything)))
def test_anything_is_stored_whole_or_refused(client, connection, document):
    connection.events.clear()
    answer = post(client, document)
    assert answer.status_code in {201, 400}
    if answer.status_code == 201:
        assert listed(client).json == [{k: v for k, v in document.items() if v is not None or k == "data"}]
