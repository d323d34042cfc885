"""What Keystone says, as it comes over HTTP, and what is made of it."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from panko.errors import IdentityUnavailableError
from panko.explore.login.keystone import Keystone, RefusedError, SecondFactorError
from panko.explore.settings import Login

RECEIPT = {"methods": ["password"], "expires_at": "2026-11-26T21:00:00.000000Z", "user": {"id": "u", "name": "alice"}}
NEEDS_MORE = {"receipt": RECEIPT, "required_auth_methods": [["password", "totp"]]}
WRONG = {"error": {"code": 401, "message": "The request you have made requires authentication."}}


class Answers:
    """A Keystone on loopback. `status`, `headers` and `document` are its answer to everything."""

    def __init__(self):
        self.status, self.headers, self.document = 401, {}, WRONG
        answers = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                content = json.dumps(answers.document).encode()
                self.send_response(answers.status)
                headers = {"Content-Type": "application/json", "Content-Length": str(len(content))}
                for name, value in (headers | answers.headers).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=[0.02], daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v3"

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def answers():
    with Answers() as found:
        yield found


@pytest.fixture
def keystone(answers):
    login = Login(answers.url, keys_file="", default_domain="Default", verify=True, threads=4)
    return Keystone(login)


def test_a_second_factor_is_a_refusal_of_its_own_and_keystone_stays_to_be_asked(answers, keystone):
    answers.headers, answers.document = {"Openstack-Auth-Receipt": "gAAAA"}, NEEDS_MORE
    for _ in range(5):
        with pytest.raises(SecondFactorError):
            keystone.person("alice", "alice-s3cret", domain="Default")
    answers.headers, answers.document = {}, WRONG
    with pytest.raises(RefusedError) as found:
        keystone.person("alice", "wrong", domain="Default")
    assert not isinstance(found.value, SecondFactorError)


def test_a_keystone_that_fails_is_away_and_is_spared_for_a_while(answers, keystone):
    answers.status = 503
    for _ in range(3):
        with pytest.raises(IdentityUnavailableError):
            keystone.person("alice", "alice-s3cret", domain="Default")
    answers.status = 401
    with pytest.raises(IdentityUnavailableError):
        keystone.person("alice", "alice-s3cret", domain="Default")
