"""panko-api as a process: its first start, its end, and a database that comes and goes."""

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import time

import bcrypt
import httpx
import pytest

from servers.database_server import free_port
from servers.panko_api import READY_WITHIN_SECONDS, PankoApi

EVENT = {"message_id": "m1", "event_type": "Foo", "generated": "2014-01-01T05:00:00"}
SERVICE = {"X-Roles": "service", "X-User-Id": "u", "X-Project-Id": "p"}
ADMIN = SERVICE | {"X-Roles": "admin"}


def noauth(database: str, *api_options: str) -> str:
    options = "\n".join(["auth_strategy = noauth", "workers = 1", *api_options])
    return f"[api]\n{options}\n[database]\nconnection = {database}\n"


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "panko.cmd.api", *arguments],
        check=False,
        capture_output=True,
        text=True,
        timeout=READY_WITHIN_SECONDS,
        env={"PATH": os.environ["PATH"], **environment},
    )


def wait_for(condition, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not become true"
        time.sleep(0.05)


def test_first_start_needs_nothing(start_api):
    api = start_api(None)
    assert httpx.post(f"{api.url}/v2/events", json=EVENT).status_code == 201
    assert [event["message_id"] for event in httpx.get(f"{api.url}/v2/events").json()] == ["m1"]
    line, audited = api.output.splitlines()
    assert "panko.audit" in audited
    assert "no configuration found: SQLite file" in line
    assert "no authentication, only on this machine" in line
    # Whoever does say who they are is taken at their word.
    assert httpx.get(f"{api.url}/v2/events", headers=SERVICE | {"X-Roles": "member"}).json() == []

    api.terminate()
    assert api.wait() == 0
    api.start()
    assert len(httpx.get(f"{api.url}/v2/events").json()) == 1


def test_help_is_quick_and_complete(tmp_path):
    started = time.monotonic()
    answer = run("--help", HOME=str(tmp_path))
    assert answer.returncode == 0
    assert "--port" in answer.stdout
    assert "--config-file" in answer.stdout
    assert time.monotonic() - started < 10


def test_noauth_refuses_to_listen_to_others(tmp_path):
    answer = run("--host", "0.0.0.0", HOME=str(tmp_path))
    assert answer.returncode == 1
    assert "Listen on 127.0.0.1" in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize(
    ("configuration", "message"),
    [
        ("", "set [database] connection"),
        ("[api]\nworkers = many\n", "workers"),
        ("[database\n", "cannot be read"),
        ("[database]\nconnection = mysql://u:p@h/d?ssl_ca=/nowhere.pem\n", "/nowhere.pem as ssl_ca"),
        ("[database]\nconnection = mysql://u:p@ss:word@h/d\n", "is not a URL"),
    ],
)
def test_bad_configuration_is_one_line_that_says_what_to_do(tmp_path, configuration, message):
    (tmp_path / "panko.conf").write_text(configuration)
    answer = run("--config-file", str(tmp_path / "panko.conf"))
    assert answer.returncode == 1
    assert message in answer.stderr
    assert "Traceback" not in answer.stderr


def test_options_may_follow_two_dashes_as_in_the_original(tmp_path):
    answer = run("--port", "8777", "--", "--config-file", str(tmp_path / "missing.conf"))
    assert answer.returncode == 1
    assert f"{tmp_path}/missing.conf" in answer.stderr


def test_bad_accounts_end_the_start(tmp_path):
    (tmp_path / "htpasswd").write_text("ceilometer:plain-s3cret\n")
    (tmp_path / "panko.conf").write_text(noauth("sqlite://", f"htpasswd_file = {tmp_path}/htpasswd"))
    answer = run("--config-file", str(tmp_path / "panko.conf"), "--port", str(free_port()))
    assert answer.returncode == 1
    assert f"{tmp_path}/htpasswd line 1 is not NAME:BCRYPT-HASH" in answer.stderr
    assert len(answer.stderr.splitlines()) == 1
    assert "s3cret" not in answer.stderr


def test_a_confined_publisher_stores_nothing_else(start_api, tmp_path, database):
    hashed = bcrypt.hashpw(b"s3cret", bcrypt.gensalt(4)).decode()
    lines = ("nova event_types=compute.*", "nova projects=mine")
    (tmp_path / "htpasswd").write_text("\n".join([f"nova:{hashed}", *lines]))
    api = start_api(noauth(database, f"htpasswd_file = {tmp_path}/htpasswd"))

    def post(*kinds):
        events = [
            {**EVENT, "message_id": f"m-{number}", "event_type": kind, "traits": [["project_id", 1, project]]}
            for number, (kind, project) in enumerate(kinds)
        ]
        return httpx.post(f"{api.url}/v2/events", auth=("nova", "s3cret"), json=events, timeout=30)

    refused = post(("compute.end", "mine"), ("image.update", "mine"), ("compute.end", "theirs"))
    assert refused.status_code == 403
    said = refused.json()["error_message"]["faultstring"]
    assert said.startswith("event 1: event type image.update; event 2: project theirs. Publisher nova may store")
    everything = {"headers": ADMIN, "params": {"q.field": "all_tenants", "q.value": "true"}}
    assert httpx.get(f"{api.url}/v2/events", **everything).json() == []
    assert post(("compute.end", "mine")).status_code == 201
    assert [one["event_type"] for one in httpx.get(f"{api.url}/v2/events", **everything).json()] == ["compute.end"]
    wait_for(lambda: "by publisher:nova: created 0, duplicates 0, refused 3" in api.output)


def test_database_may_come_later(start_api, database, mariadb):
    mariadb.stop()
    try:
        api = start_api(noauth(database))
        answer = httpx.get(f"{api.url}/v2/events", headers=ADMIN, timeout=30)
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert answer.json()["error_message"]["faultcode"] == "Server"
        assert httpx.get(f"{api.url}/v2/event_types", headers=ADMIN, timeout=30).status_code == 503
        assert httpx.post(f"{api.url}/v2/events", headers=SERVICE, json=EVENT, timeout=30).status_code == 503
        assert httpx.get(f"{api.url}/healthcheck").status_code == 200
    finally:
        mariadb.start()
    wait_for(lambda: httpx.post(f"{api.url}/v2/events", headers=SERVICE, json=EVENT, timeout=30).status_code == 201)
    for text in (answer.text, api.output):
        assert mariadb.admin_password not in text
        assert "SELECT" not in text


def test_draining_is_seen_by_load_balancers_and_cuts_nothing(start_api, tmp_path, database):
    drain, disable = tmp_path / "drain", tmp_path / "disable"
    configuration = noauth(database, f"drain_file = {drain}") + f"[healthcheck]\ndisable_by_file_path = {disable}\n"
    api = start_api(configuration)
    disable.touch()
    answer = httpx.get(f"{api.url}/healthcheck")
    assert (answer.status_code, answer.text) == (503, "DISABLED BY FILE")
    drain.touch()
    answer = httpx.get(f"{api.url}/healthcheck")
    assert (answer.status_code, answer.text) == (404, "DRAINING")
    assert httpx.head(f"{api.url}/healthcheck").status_code == 404
    assert httpx.get(f"{api.url}/v2/events", headers=ADMIN).status_code == 200


def test_request_in_flight_is_answered_after_sigterm(start_api, database):
    api = start_api(noauth(database))
    body = json.dumps(EVENT).encode()
    head = (
        "POST /v2/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n"
        f"Content-Length: {len(body)}\r\nX-Roles: service\r\nX-Project-Id: p\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", api.port), timeout=20) as connection:
        connection.sendall(head.encode())
        assert connection.recv(1024).startswith(b"HTTP/1.1 100 Continue")
        api.terminate()
        connection.sendall(body)
        assert connection.recv(1024).startswith(b"HTTP/1.1 201 Created")
    assert api.wait() == 0


def test_request_on_a_kept_connection_is_answered_after_sigterm(start_api, database):
    api = start_api(noauth(database))
    assert all(api.answers() for _ in range(3))  # connections that have come and gone
    kept = http.client.HTTPConnection("127.0.0.1", api.port, timeout=20)
    with contextlib.closing(kept):
        kept.request("GET", "/healthcheck")
        assert kept.getresponse().read() is not None
        api.terminate()
        says_so = False
        while not says_so:
            time.sleep(0.2)  # as a caller that has little to ask
            kept.request("GET", "/healthcheck")
            answer = kept.getresponse()
            assert (answer.status, bool(answer.read())) == (200, True)
            says_so = answer.will_close
    assert api.wait() == 0


def test_body_in_chunks_is_read_whole_and_bounded(start_api, database):
    api = start_api(noauth(database, "max_request_body_size = 2048"))

    def post(content):
        headers = SERVICE | {"Content-Type": "application/json"}
        return httpx.post(f"{api.url}/v2/events", content=content, headers=headers)

    body = json.dumps(EVENT).encode()
    assert post(iter([body[:10], body[10:]])).json() == {"created": 1, "duplicates": 0}
    for too_large in (b" " * 4096, iter([b" " * 1024] * 4)):
        answer = post(too_large)
        assert answer.status_code == 413
        assert "raise [api] max_request_body_size" in answer.json()["error_message"]["faultstring"]


def test_raw_of_megabytes_survives(start_api, database):
    api = start_api(noauth(database, "max_raw_size = 16777216", "max_request_body_size = 20000000"))
    raw = "x" * 15_000_000
    assert httpx.post(f"{api.url}/v2/events", headers=SERVICE, json=EVENT | {"raw": raw}, timeout=60).status_code == 201
    assert httpx.get(f"{api.url}/v2/events/m1", headers=ADMIN, timeout=60).json()["raw"] == raw


def test_long_answers_are_streamed_whole(start_api, database):
    api = start_api(noauth(database))
    for start in range(0, 9000, 3000):
        events = [
            EVENT | {"message_id": str(number), "traits": [["n", 1, f"value-{number:040}"]]}
            for number in range(start, start + 3000)
        ]
        assert httpx.post(f"{api.url}/v2/events", headers=SERVICE, json=events, timeout=60).status_code == 201
    answer = httpx.get(f"{api.url}/v2/event_types/Foo/traits/n", headers=ADMIN, timeout=60)
    assert answer.headers["Transfer-Encoding"] == "chunked"
    assert len({trait["value"] for trait in answer.json()}) == 9000
    short = httpx.get(f"{api.url}/v2/event_types", headers=ADMIN)
    assert (short.headers["Content-Length"], short.json()) == ("7", ["Foo"])


def test_any_wsgi_server_may_serve_it_under_a_prefix(tmp_path, database):
    configuration = tmp_path / "panko.conf"
    configuration.write_text(noauth(database, "force_noauth = true"))
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{port}", "panko.wsgi.api:application"],
        env={"PATH": os.environ["PATH"], "OS_PANKO_CONFIG_FILES": str(configuration), "SCRIPT_NAME": "/event"},
        stderr=subprocess.DEVNULL,
    )
    try:
        url = f"http://127.0.0.1:{port}/event"
        wait_for(lambda: answers(url))
        document = httpx.get(f"{url}/").json()
        assert document["versions"]["values"][0]["links"][0]["href"] == f"{url}/v2"
        assert httpx.get(f"{url}/v2/events", headers=ADMIN).json() == []
    finally:
        server.terminate()
        server.wait(timeout=READY_WITHIN_SECONDS)


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthcheck").status_code == 200
    except httpx.TransportError:
        return False


def test_wsgi_entry_refuses_noauth_where_it_cannot_see_who_listens(tmp_path):
    (tmp_path / "panko.conf").write_text(noauth("sqlite://"))
    answer = subprocess.run(
        [sys.executable, "-c", "import panko.wsgi.api"],
        check=False,
        capture_output=True,
        text=True,
        env={"OS_PANKO_CONFIG_FILES": str(tmp_path / "panko.conf")},
    )
    assert answer.returncode == 1
    assert "set [api] force_noauth = true" in answer.stderr


def test_nobody_is_left_when_the_command_has_ended(start_api):
    api: PankoApi = start_api(None)
    api.terminate()
    assert api.wait() == 0
    assert not api.answers()


@pytest.mark.parametrize(
    ("framing", "content", "reason"),
    [
        ("Transfer-Encoding: chunked", "zz\r\n{}\r\n0\r\n\r\n", "The body cannot be read: "),
        ("Content-Length: 1000", json.dumps(EVENT), "The body ends after "),
    ],
)
def test_body_that_is_broken_is_the_callers_fault(start_api, database, framing, content, reason):
    api = start_api(noauth(database))
    with socket.create_connection(("127.0.0.1", api.port), timeout=10) as caller:
        headers = [f"{name}: {value}" for name, value in SERVICE.items()]
        head = ["POST /v2/events HTTP/1.1", "Host: x", "Content-Type: application/json", *headers, framing, "", content]
        caller.sendall("\r\n".join(head).encode())
        caller.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: caller.recv(65536), b"")).decode()
    assert answer.startswith("HTTP/1.1 400 ")
    assert f'"faultstring":"{reason}' in answer
    assert httpx.get(f"{api.url}/v2/events", headers=ADMIN).json() == []


@pytest.mark.parametrize(
    ("request_line", "status"),
    [(f"GET /v2/events?{'x' * 9000} HTTP/1.1", 414), ("GET /v2/events?\u00e9 HTTP/1.1", 400)],
)
def test_request_that_never_reaches_the_api_is_refused_in_its_words(start_api, database, request_line, status):
    api = start_api(noauth(database))
    with socket.create_connection(("127.0.0.1", api.port), timeout=10) as caller:
        caller.sendall(f"{request_line}\r\nHost: x\r\n\r\n".encode())
        head, _, body = b"".join(iter(lambda: caller.recv(65536), b"")).partition(b"\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"Content-Type: application/json" in head
    assert json.loads(body)["error_message"]["faultcode"] == "Client"
