"""What a server that is not the wanted one gets to know, and what of its answer is shown: nothing."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from panko_operator.errors import EventAPIError, KeystoneError
from panko_operator.event_api import EventAPIClient
from panko_operator.keystone import KeystoneServer
from panko_operator.keystone.session import token
from panko_operator.world.values import KeystoneAdmin, Owner, ServiceUser, Token

pytestmark = pytest.mark.filterwarnings("ignore::openstack.warnings.RemovedInSDK50Warning")
USER = ServiceUser(
    username="panko",
    password="s3cret",
    user_domain="Default",
    project="service",
    project_domain="Default",
    roles=("service",),
    owner=Owner("cluster", "openstack/panko", "uid"),
)
TOKEN = Token("token", datetime.max.replace(tzinfo=UTC))
CANARY = "c4n4ry-of-a-password"
DEBUGGING = """
import sys
from keystoneauth1.session import Session
from panko_operator import __main__ as operator
from panko_operator.settings import Settings
images = {"PANKO_IMAGE": "panko:1", "HAPROXY_IMAGE": "haproxy:1", "COLLECTOR_IMAGE": "panko-collector:1"}
names = {**images, "POD_NAME": "pod", "POD_NAMESPACE": "system"}
operator._configure_logs(Settings.from_environment({**names, "LOG_DEBUG": "true"}))
url, password = sys.argv[1:]
Session().patch(url, json={"user": {"password": password}}, raise_exc=False)
operator._log.debug("the operator itself is heard")
"""


class Server(BaseHTTPRequestHandler):
    """Answers every request with what its server says, and remembers the paths."""

    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append(self.path)
        status, headers, body = self.server.answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        self.do_GET()

    def do_PATCH(self):
        self.do_GET()

    def log_message(self, *_arguments):
        """Keep the test's output clean."""


@pytest.fixture
def serve():
    """Start servers on loopback."""
    started = []

    def start(status, body=b"", **headers):
        server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
        server.asked, server.answer = [], (status, headers, body)
        server.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever)
        thread.start()
        started.append((server, thread))
        return server

    yield start
    for server, thread in started:
        server.shutdown()
        server.server_close()
        thread.join()


def admin(url):
    return KeystoneAdmin(url, "admin", "s3cret", "admin", "Default", "Default", "RegionOne")


def refusal(url):
    """Return what a person is told of a Keystone at an address."""
    with pytest.raises(KeystoneError) as caught:
        KeystoneServer().ensure_service(admin(f"{url}/v3"))
    return str(caught.value)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_of_the_login_is_an_error_and_nobody_else_is_asked(serve, status):
    internal = serve(200, b"INTERNAL")
    redirecting = serve(status, b"", Location=f"{internal.url}/internal")
    assert redirecting.url in refusal(redirecting.url)
    with pytest.raises(KeystoneError):
        token(admin(redirecting.url), USER)
    assert redirecting.asked
    assert internal.asked == []


def test_a_redirect_of_the_query_is_an_error_and_the_token_goes_nowhere_else(serve):
    internal = serve(200, b"[]")
    redirecting = serve(307, b"", Location=f"{internal.url}/internal")
    with pytest.raises(EventAPIError, match="answered 307"):
        EventAPIClient(lambda *_: TOKEN).query(redirecting.url, admin("http://unused"), USER)
    assert internal.asked == []


@pytest.mark.parametrize("status", [400, 403, 404, 418])
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/plain", b"INTERNAL-ONLY: db=prod token=abc123"),
        ("text/html", b"<h1>INTERNAL-ONLY</h1> token=abc123"),
        ("application/json", b'{"message": "INTERNAL-ONLY token=abc123"}'),
        ("application/json", b'{"error": "INTERNAL-ONLY token=abc123"}'),
        ("application/json", b"INTERNAL-ONLY token=abc123"),
    ],
)
def test_the_answer_of_something_else_is_not_quoted(serve, status, kind, body):
    server = serve(status, body, **{"Content-Type": kind})
    told = refusal(server.url)
    assert server.url in told
    assert "INTERNAL" not in told
    assert "abc123" not in told


def test_keystones_own_message_is_quoted_in_one_line_and_bounded(serve):
    said = {"error": {"message": "You are\nnot authorized " + "x" * 1000, "code": 403}}
    told = refusal(serve(403, json.dumps(said).encode(), **{"Content-Type": "application/json"}).url)
    assert "(403): You are not authorized xxx" in told
    assert len(told) < 320


def test_no_request_of_a_client_is_logged_even_when_debugging(serve):
    server = serve(200, b"{}")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", DEBUGGING, f"{server.url}/v3/users/1", CANARY],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env=dict(os.environ),
    )
    assert server.asked == ["/v3/users/1"]
    assert "the operator itself is heard" in done.stderr + done.stdout
    assert CANARY not in done.stderr + done.stdout
