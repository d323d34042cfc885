"""What `helm test` runs, against a stand-in for the API server, Keystone and the event API."""

import base64
import importlib.util
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from kubernetes import client

from rendering import chart


def encoded(text):
    return base64.b64encode(text.encode()).decode()


class Cloud(ThreadingHTTPServer):
    """Answers for all three servers by path; knows one service user, and one token."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.pankos = []
        self.password = "right"
        self.events_status = 200

    def add_panko(self, name, replicas=2, **written):
        keystone = {
            **written,
            "authURL": f"{self.url}/v3",
            "region": "RegionOne",
            "userDomain": "Default",
            "projectDomain": "Default",
            "serviceProject": "service",
        }
        self.pankos.append(
            {
                "metadata": {"name": name, "namespace": "cloud"},
                "spec": {"replicas": replicas, "keystone": keystone, "service": {"port": 8777}},
            }
        )

    def answer(self, method, path, headers, body):
        """Return status, headers and body."""
        if path.startswith("/apis/panko.openstack.org/v1beta1/"):
            return 200, {}, {"items": self.pankos}
        if path.startswith("/api/v1/namespaces/cloud/secrets/"):
            return 200, {}, {"kind": "Secret", "data": {"username": encoded("panko"), "password": encoded("right")}}
        if (method, path) == ("POST", "/v3/auth/tokens"):
            return self._token(body)
        if path == "/v2/events?limit=1" and headers.get("X-Auth-Token") == "token":
            return self.events_status, {}, []
        return 404, {}, {}

    def _token(self, body):
        if body["auth"]["identity"]["password"]["user"]["password"] != self.password:
            return 401, {}, {"error": {"code": 401, "title": "Unauthorized", "message": "wrong"}}
        endpoint = {
            "interface": "internal",
            "region": "RegionOne",
            "region_id": "RegionOne",
            "url": self.url,
            "id": "e",
        }
        token = {
            "methods": ["password"],
            "expires_at": "2999-01-01T00:00:00Z",
            "issued_at": "2026-01-01T00:00:00Z",
            "user": {"id": "u", "name": "panko", "domain": {"id": "default", "name": "Default"}},
            "catalog": [{"type": "event", "id": "s", "name": "panko", "endpoints": [{**endpoint, "url": self.url}]}],
        }
        return 201, {"X-Subject-Token": "token"}, {"token": token}


class Handler(BaseHTTPRequestHandler):
    """Asks its server for each answer."""

    def handle_any(self):
        length = int(self.headers.get("Content-Length", 0))
        body = json.loads(self.rfile.read(length)) if length else None
        status, headers, answer = self.server.answer(self.command, self.path, self.headers, body)
        text = json.dumps(answer).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(text)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = handle_any  # noqa: N815 -- http.server's names

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def cloud():
    with Cloud() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        client.Configuration.set_default(client.Configuration(host=server.url))
        yield server
        client.Configuration.set_default(None)
        server.shutdown()
        thread.join()


@pytest.fixture
def query():
    spec = importlib.util.spec_from_file_location("query", chart.PATH / "files" / "query.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return lambda wanted="", watched="": module.main(wanted, watched)


def test_a_panko_that_answers_passes(cloud, query, capsys):
    cloud.add_panko("panko")
    assert query() == 0
    assert capsys.readouterr().out.startswith(f"ok cloud/panko: GET {cloud.url}/v2/events?limit=1 answered 200")


def test_one_that_does_not_answer_fails_all_and_is_named(cloud, query, capsys):
    cloud.add_panko("panko")
    cloud.add_panko("other")
    cloud.events_status = 500
    assert query() == 1
    assert "FAILED cloud/other" in capsys.readouterr().out


def test_a_refused_login_fails_without_showing_the_password(cloud, query, capsys):
    cloud.add_panko("panko")
    cloud.password = "changed"
    assert query() == 1
    printed = capsys.readouterr().out
    assert "FAILED cloud/panko" in printed
    assert "`kubectl -n cloud describe panko panko`" in printed
    assert "right" not in printed


def test_no_panko_at_all_is_a_failure(cloud, query, capsys):
    assert query() == 1
    assert "Apply one" in capsys.readouterr().out


def test_a_hibernating_panko_is_not_asked(cloud, query, capsys):
    cloud.add_panko("panko", replicas=0)
    assert query() == 0
    assert "skipped cloud/panko" in capsys.readouterr().out


def test_a_panko_outside_the_catalogue_is_asked_at_its_service(cloud, query, capsys):
    cloud.add_panko("staging", publish=False)
    assert query() == 1  # nobody knows that name here
    assert "http://staging.cloud.svc:8777/v2/events" in capsys.readouterr().out
