"""The service as one application: errors, headers of proxies and browsers, and streaming."""

import base64
import gzip
from wsgiref.util import setup_testing_defaults

import bcrypt
import pytest
from falcon import testing

from panko import config
from panko.api.pipeline import create_service
from panko.storage import Connection

ADMIN = {"X-Roles": "admin", "X-User-Id": "u", "X-Project-Id": "p"}
NOAUTH = "[api]\nauth_strategy = noauth\n"


def fault(answer) -> str:
    message = answer.json["error_message"]
    assert set(message) == {"faultcode", "faultstring", "debuginfo"}
    assert message["debuginfo"] is None
    return message["faultstring"]


def test_unexpected_error_leaks_nothing_and_is_logged_with_the_id_of_the_request(make_client, connection, capsys):
    def broken(*_):
        message = "SELECT secret FROM password"
        raise RuntimeError(message)

    connection.get_events = broken
    answer = make_client().simulate_get("/v2/events", headers=ADMIN)
    assert answer.status_code == 500
    request_id = answer.headers["x-openstack-request-id"]
    assert request_id in fault(answer)
    assert "SELECT" not in answer.text
    assert request_id in capsys.readouterr().err


GLOBAL_ID = "req-aa581d9b-51de-4335-b3d5-8349ac017ff0"


@pytest.mark.parametrize(("sent", "logged"), [(GLOBAL_ID, GLOBAL_ID), ("forged] ERROR", None), ("", None)])
def test_every_line_about_a_request_names_it_and_the_one_it_was_sent_for(make_client, connection, capsys, sent, logged):
    connection.outage = "The database does not answer."
    answer = make_client().simulate_get("/v2/events", headers={**ADMIN, "X-Openstack-Request-Id": sent})
    own = answer.headers["x-openstack-request-id"]
    assert own != sent
    (line,) = [line for line in capsys.readouterr().err.splitlines() if "is answered 503" in line]
    assert f"[{logged or 'None'} {own} " in line
    assert "forged" not in line


def test_unreachable_database_is_a_503_that_says_when_to_come_back(make_client, connection):
    connection.outage = "The database does not answer."
    client = make_client()
    for path in (
        "/v2/events",
        "/v2/events/1",
        "/v2/event_types",
        "/v2/event_types/a/traits",
        "/v2/event_types/a/traits/b",
    ):
        answer = client.simulate_get(path, headers=ADMIN)
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "2"
        assert fault(answer) == "The database does not answer."
    assert client.simulate_get("/healthcheck").status_code == 200


def test_answer_that_breaks_off_does_not_look_complete(make_client, connection):
    def types():
        for number in range(100_000):
            yield f"type-{number}"
        message = "the database went away"
        raise RuntimeError(message)

    connection.get_event_types = types
    with pytest.raises(RuntimeError, match="went away"):
        make_client().simulate_get("/v2/event_types", headers=ADMIN)


def test_storage_is_released_when_the_caller_hangs_up(make_client, connection):
    released = []

    def types():
        try:
            while True:
                yield "x" * 1000
        finally:
            released.append(True)

    connection.get_event_types = types
    environ = {"PATH_INFO": "/v2/event_types", "HTTP_X_ROLES": "admin", "HTTP_X_USER_ID": "u", "HTTP_X_PROJECT_ID": "p"}
    setup_testing_defaults(environ)
    answer = make_client().app(environ, lambda *_: None)
    next(iter(answer))
    assert not released
    answer.close()
    assert released


@pytest.mark.parametrize("path", ["/v2/events", "/v2/events/1", "/v2/event_types", "/v2/capabilities"])
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "HEAD"])
def test_other_methods_are_405(make_client, path, method):
    answer = make_client().simulate_request(method, path, headers=ADMIN)
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]


def test_text_that_no_database_takes_names_nothing(make_client):
    client = make_client()
    assert client.simulate_get("/v2/events/a%00b", headers=ADMIN).status_code == 404
    assert client.simulate_get("/v2/event_types/a%00b/traits", headers=ADMIN).json == []
    assert client.simulate_get("/v2/event_types/a/traits/b%00", headers=ADMIN).json == []


def test_too_many_arguments_are_refused(make_client):
    answer = make_client().simulate_get("/v2/events", headers=ADMIN, query_string="&".join(["sort=generated"] * 1001))
    assert (answer.status_code, fault(answer)) == (400, "The URL has more than 1000 arguments.")


@pytest.mark.parametrize("accept", ["Application/JSON", "APPLICATION/*;Q=0.5", "text/html, application/Json"])
def test_media_types_have_no_case(make_client, accept):
    assert make_client().simulate_get("/v2/events", headers=ADMIN | {"Accept": accept}).status_code == 200


def test_null_is_no_query(make_client):
    headers = ADMIN | {"Content-Type": "application/json"}
    answer = make_client().simulate_get("/v2/events", headers=headers, body="null")
    assert (answer.status_code, fault(answer)) == (400, "Request must be a JSON dict")


def test_raw_is_taken_again_at_the_depth_at_which_it_was_taken_and_refused_beyond(make_client):
    client = make_client()

    def post(levels):
        raw = "[" * levels + "]" * levels
        body = f'{{"message_id": "{levels}", "event_type": "a", "generated": "2014-01-01", "raw": {raw}}}'
        return client.simulate_post("/v2/events", headers=ADMIN | {"Content-Type": "application/json"}, body=body)

    assert [post(254).json["created"], post(254).json["duplicates"]] == [1, 1]
    for levels in (255, *range(940, 990, 5)):
        answer = post(levels)
        assert answer.status_code == 400
        assert "nested too deeply" in fault(answer)


def test_deeply_nested_body_is_refused(make_client):
    body = "[" * 100_000
    headers = ADMIN | {"Content-Type": "application/json"}
    answer = make_client().simulate_post("/v2/events", headers=headers, body=body)
    assert (answer.status_code, fault(answer)) == (400, "Request is not in valid JSON format: it is nested too deeply")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_numbers_that_are_no_json_are_refused(make_client, number):
    body = f'{{"message_id": "1", "event_type": "a", "generated": "2014-01-01", "raw": {number}}}'
    headers = ADMIN | {"Content-Type": "application/json; charset=utf-8"}
    assert make_client().simulate_post("/v2/events", headers=headers, body=body).status_code == 400


def test_conflict_names_the_event_and_stores_nothing(make_client, connection):
    client = make_client()
    event = {"message_id": "1", "event_type": "a", "generated": "2014-01-01"}
    assert client.simulate_post("/v2/events", headers=ADMIN, json=event).status_code == 201
    answer = client.simulate_post("/v2/events", headers=ADMIN, json=[event | {"message_id": "2"}, event | {"raw": 1}])
    assert answer.status_code == 409
    assert fault(answer).startswith("Stored already, or sent twice, with other content: 1.")
    assert list(connection.events) == ["1"]


def test_headers_of_proxies_are_believed_when_configured(make_client):
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "api.example.org", "X-Forwarded-Prefix": "/event"}
    client = make_client(f"{NOAUTH}[oslo_middleware]\nenable_proxy_headers_parsing = true\n")
    version = client.simulate_get("/", headers=headers).json["versions"]["values"][0]
    assert version["links"][0]["href"] == "https://api.example.org/event/v2"


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-Proto": "javascript"},
        {"Forwarded": "proto=javascript"},
        {"X-Forwarded-Prefix": ".evil.example"},
    ],
)
def test_headers_of_proxies_make_no_foreign_links(make_client, headers):
    client = make_client(f"{NOAUTH}[oslo_middleware]\nenable_proxy_headers_parsing = true\n")
    version = client.simulate_get("/", headers=headers).json["versions"]["values"][0]
    assert version["links"][0]["href"] == "http://falconframework.org/v2"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8777", 200),
        ("localhost", 200),
        ("LOCALHOST:8777", 200),
        ("[::1]:8777", 200),
        ("evil.example:8777", 403),
        ("127.0.0.1.evil.example", 403),
        ("[", 403),
        ("", 403),
    ],
)
@pytest.mark.parametrize("path", ["/v2/events", "/"])
def test_embedded_service_answers_to_names_of_this_machine_alone(connection, host, status, path):
    conf = config.load([], prog="panko-api", config_files=[])
    client = testing.TestClient(create_service(conf, connection))
    answer = client.simulate_get(path, headers={"Host": host})
    assert answer.status_code == status
    assert status == 200 or "use http://127.0.0.1" in fault(answer)


def test_pages_of_named_origins_may_use_the_api(make_client):
    client = make_client(f"{NOAUTH}[cors]\nallowed_origin = https://horizon.example.org\n")
    asking = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "X-Auth-Token"}
    answer = client.simulate_options("/v2/events", headers=asking | {"Origin": "https://horizon.example.org"})
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "https://horizon.example.org"
    answer = client.simulate_options("/v2/events", headers=asking | {"Origin": "https://evil.example.org"})
    assert answer.status_code == 200
    assert "access-control-allow-origin" not in answer.headers


def test_limit_of_the_configuration_holds(make_client, connection):
    client = make_client(f"{NOAUTH}default_api_return_limit = 1\nmax_api_return_limit = 2\n")
    for number in range(3):
        event = {"message_id": str(number), "event_type": "a", "generated": "2014-01-01"}
        client.simulate_post("/v2/events", headers=ADMIN, json=event)
    assert len(client.simulate_get("/v2/events", headers=ADMIN).json) == 1
    assert len(client.simulate_get("/v2/events?limit=3", headers=ADMIN).json) == 2


def test_raw_of_the_configured_size_is_stored_and_no_more(make_client):
    client = make_client(f"{NOAUTH}max_raw_size = 16777216\nmax_request_body_size = 20000000\n")
    event = {"message_id": "1", "event_type": "a", "generated": "2014-01-01", "raw": "x" * (2**24 - 2)}
    assert client.simulate_post("/v2/events", headers=ADMIN, json=event).status_code == 201
    answer = client.simulate_post("/v2/events", headers=ADMIN, json=event | {"raw": event["raw"] + "x"})
    assert answer.status_code == 400
    assert fault(answer) == "event 0: raw is 16777217 bytes of JSON, 16777216 are the most"


def test_language_of_the_caller_changes_nothing(make_client):
    answers = [
        make_client().simulate_get("/v2/events?limit=-1", headers=ADMIN | {"Accept-Language": language})
        for language in ("de-DE, de;q=0.9", "en", "*")
    ]
    assert len({answer.text for answer in answers}) == 1


def test_it_may_be_mounted_under_a_prefix(make_conf, connection, tmp_path):
    password_hash = bcrypt.hashpw(b"pw", bcrypt.gensalt(4)).decode()
    (tmp_path / "htpasswd").write_text(f"ceilometer:{password_hash}\n")
    app = create_service(make_conf(f"{NOAUTH}htpasswd_file = {tmp_path}/htpasswd\n"), connection)
    client = testing.TestClient(app)

    def ask(method, path, **options):
        return client.simulate_request(method, path, root_path="/event", **options)

    (link, _) = ask("GET", "/").json["versions"]["values"][0]["links"]
    assert link["href"] == "http://falconframework.org/event/v2"
    event = {"message_id": "1", "event_type": "a", "generated": "2014-01-01"}
    account = {"Authorization": "Basic " + base64.b64encode(b"ceilometer:pw").decode()}
    assert ask("POST", "/v2/events/", headers=account, json=event).status_code == 201
    assert ask("GET", "/v2/events/1", headers=ADMIN).json["message_id"] == "1"
    assert ask("GET", "/v2/events", headers=ADMIN | {"Accept": "text/html"}).status_code == 406
    assert ask("GET", "/v2/nothing", headers=ADMIN).status_code == 404


def test_answers_to_named_origins_may_be_read_by_their_pages(make_client):
    client = make_client(f"{NOAUTH}[cors]\nallowed_origin = https://horizon.example.org\n")
    answer = client.simulate_get("/v2/events", headers=ADMIN | {"Origin": "https://horizon.example.org"})
    assert answer.json == []
    assert answer.headers["access-control-allow-origin"] == "https://horizon.example.org"
    assert "X-Openstack-Request-Id" in answer.headers["access-control-expose-headers"]
    for headers in ({"Origin": "https://evil.example.org"}, {}):
        answer = client.simulate_get("/v2/events", headers=ADMIN | headers)
        assert not [name for name in answer.headers if name.startswith("access-control")]


def test_store_in_memory_is_a_connection(connection):
    assert {name for name in dir(Connection) if not name.startswith("_")} <= set(dir(connection))


def test_event_that_holds_what_json_does_not_have_is_named(make_client):
    good = '{"message_id": "1", "event_type": "a", "generated": "2014-01-01"}'
    body = f'[{good}, {good[:-1]}, "raw": {{"v": NaN}}}}]'
    headers = ADMIN | {"Content-Type": "application/json"}
    answer = make_client().simulate_post("/v2/events", headers=headers, body=body)
    assert (answer.status_code, fault(answer)) == (
        400,
        "event 1: raw cannot be stored: it holds NaN, which JSON does not have",
    )


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b'[{"a": 1},\n {"b": }]', "Expecting value, in line 2, column 8"),
        (b'["\xff"]', "byte 2 is not UTF-8"),
        (b"[" + b"1" * 5000 + b"]", "it holds a number that is too long"),
    ],
)
def test_place_where_a_body_stops_being_json_is_told(make_client, body, place):
    headers = ADMIN | {"Content-Type": "application/json"}
    answer = make_client().simulate_post("/v2/events", headers=headers, body=body)
    assert (answer.status_code, fault(answer)) == (400, f"Request is not in valid JSON format: {place}")


EVENT = b'{"message_id": "1", "event_type": "a", "generated": "2014-01-01"}'


def packed(body: bytes) -> bytes:
    """Return what is the same at any time: processes that run tests together have to find the same ones."""
    return gzip.compress(body, mtime=0)


def send_packed(client, body: bytes, encoding: str = "gzip"):
    headers = ADMIN | {"Content-Type": "application/json", "Content-Encoding": encoding}
    return client.simulate_post("/v2/events", headers=headers, body=body)


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (packed(EVENT), "gzip"),
        (packed(EVENT), "X-GZIP"),
        (packed(EVENT[:9]) + packed(EVENT[9:]), "gzip"),
        (EVENT, "identity"),
    ],
)
def test_packed_body_is_taken(make_client, body, encoding):
    answer = send_packed(make_client(), body, encoding)
    assert (answer.status_code, answer.json) == (201, {"created": 1, "duplicates": 0})


def test_packed_body_may_not_be_larger_than_any_other(make_client):
    client = make_client(f"{NOAUTH}max_request_body_size = 2000\n")
    for body in (packed(b" " * 2001), packed(b" " * 1_000_000), packed(b" " * 1500) * 2):
        assert send_packed(client, body).status_code == 413


NO_GZIP = (
    "The body is not in gzip format, which its Content-Encoding names: what is wrong is among its bytes 0 to "
    f"{len(EVENT)}."
)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (EVENT, NO_GZIP),
        (packed(EVENT)[:-9], f"The body ends in the middle of its gzip format, after {len(packed(EVENT)) - 9} bytes."),
    ],
)
def test_what_is_no_gzip_is_refused(make_client, body, text):
    answer = send_packed(make_client(), body)
    assert (answer.status_code, fault(answer)) == (400, text)


def test_other_encodings_are_named(make_client):
    answer = send_packed(make_client(), EVENT, "br")
    assert answer.status_code == 415
    assert fault(answer) == "Content-Encoding br is not taken; send gzip, or no Content-Encoding."
    assert answer.headers["accept-encoding"] == "gzip"
