"""How errors look, whoever makes them and whatever the caller takes."""

from xml.etree import ElementTree as ET

import pytest

ADMIN = {"X-Roles": "admin", "X-User-Id": "u", "X-Project-Id": "p"}
JSON_BODY = {"Content-Type": "application/json"}
NOAUTH = "[api]\nauth_strategy = noauth\nmax_request_body_size = 1024\n"
EVENT = {"message_id": "1", "event_type": "a", "generated": "2014-01-01"}

# By status: a request that is answered with it. 500 and 503 have tests of their own.
WRONG = {
    400: ("GET", "/v2/events?limit=-1", {"headers": ADMIN}),
    401: ("GET", "/v2/event_types", {"headers": ADMIN | {"X-Roles": "member"}}),
    403: ("GET", "/v2/events", {"headers": {}}),
    404: ("GET", "/v2/nothing", {"headers": ADMIN}),
    405: ("PUT", "/v2/events", {"headers": ADMIN}),
    409: ("POST", "/v2/events", {"headers": ADMIN | JSON_BODY, "json": EVENT | {"raw": 1}}),
    413: ("POST", "/v2/events", {"headers": ADMIN | JSON_BODY, "body": b" " * 2000}),
    415: ("POST", "/v2/events", {"headers": ADMIN | {"Content-Type": "text/plain"}, "body": b"hello"}),
}
PREFERS_XML = [
    "application/xml",
    "Application/XML",
    "application/xml, application/json;q=0.5",
    "application/xml,*/*",
    "text/html, application/xml;q=0.9, */*;q=0.8",
]
PREFERS_JSON = ["application/json", "*/*", "", "application/json, application/xml", "xml", "application/*", "xml;q=x/y"]


@pytest.fixture
def client(make_client):
    client = make_client(NOAUTH)
    assert client.simulate_post("/v2/events", headers=ADMIN, json=EVENT).status_code == 201
    return client


@pytest.fixture(params=WRONG)
def wrong(request):
    return request.param


def ask(client, status, accept):
    method, path, options = WRONG[status]
    headers = options["headers"] | ({"Accept": accept} if accept is not None else {})
    return client.simulate_request(method, path, **(options | {"headers": headers}))


def test_every_error_is_a_fault_as_json(client, wrong):
    answer = ask(client, wrong, None)
    assert answer.status_code == wrong
    assert answer.headers["content-type"] == "application/json"
    assert answer.json["error_message"].keys() == {"faultcode", "faultstring", "debuginfo"}
    assert answer.json["error_message"]["faultcode"] == "Client"
    assert "<" not in answer.json["error_message"]["faultstring"]


def test_every_error_is_a_fault_as_xml_for_those_who_prefer_it_to_json(client, wrong):
    answer = ask(client, wrong, "application/xml, application/json;q=0.5")
    assert answer.status_code == wrong
    assert answer.headers["content-type"] == "application/xml"
    root = ET.fromstring(answer.content)
    assert (root.tag, [child.tag for child in root]) == ("error_message", ["error"])
    assert [child.tag for child in root[0]] == ["faultcode", "faultstring", "debuginfo"]
    assert root[0][1].text == ask(client, wrong, None).json["error_message"]["faultstring"]


@pytest.mark.parametrize("accept", PREFERS_XML)
def test_xml_is_for_errors_alone(client, accept):
    answer = client.simulate_get("/v2/events", headers=ADMIN | {"Accept": accept})
    if answer.status_code == 200:
        assert answer.json[0]["message_id"] == "1"
    else:
        assert answer.status_code == 406
        assert answer.headers["content-type"] == "application/xml"


@pytest.mark.parametrize("accept", PREFERS_JSON)
def test_json_is_the_rule(client, accept):
    answer = client.simulate_get("/nothing", headers={"Accept": accept})
    assert answer.status_code == 404
    assert answer.json["error_message"]["faultstring"] == "The resource could not be found."


def test_accept_that_is_none_is_refused_with_json(client):
    answer = client.simulate_get("/v2/events", headers=ADMIN | {"Accept": "xml"})
    assert answer.status_code == 406
    assert answer.json["error_message"]["faultstring"] == "The API answers in application/json."


@pytest.mark.parametrize("accept", ["application/json", "application/xml, application/json;q=0.5"])
def test_what_callers_wrote_is_quoted_whatever_it_is(client, accept):
    body = r'{"<&\u0001\ud800>": 1}'
    answer = client.simulate_get("/v2/events", headers=ADMIN | JSON_BODY | {"Accept": accept}, body=body)
    assert answer.status_code == 400
    if accept == "application/json":
        assert answer.json["error_message"]["faultstring"] == 'Unknown argument: "<&\x01\\ud800>"'
    else:
        assert ET.fromstring(answer.content)[0][1].text == 'Unknown argument: "<&\ufffd\ufffd>"'


def test_wrong_password_is_a_fault_as_xml_too(make_client, tmp_path):
    (tmp_path / "htpasswd").write_text("")
    client = make_client(f"{NOAUTH}htpasswd_file = {tmp_path}/htpasswd\n")
    headers = {"Authorization": "Basic eDp5", "Accept": "application/xml"}
    answer = client.simulate_post("/v2/events", headers=headers, json=EVENT)
    assert answer.status_code == 401
    assert ET.fromstring(answer.content)[0][1].text == "The name or the password is wrong."


def test_error_of_what_stands_in_front_is_a_fault(make_client, connection):
    connection.outage = "The database does not answer."
    headers = ADMIN | {"Accept": "application/xml"}
    answer = make_client().simulate_get("/v2/events", headers=headers | {"Accept": "application/xml, */*;q=0.1"})
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "2"
    root = ET.fromstring(answer.content)
    assert [child.text for child in root[0]] == ["Server", "The database does not answer.", None]


def test_xml_that_is_named_beside_anything_is_preferred(client):
    answer = client.simulate_get("/v2/events?limit=-1", headers=ADMIN | {"Accept": "application/xml,*/*"})
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/xml")
