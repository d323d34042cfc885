"""What the API makes of a memcached that answers what it wants."""

import gc
import os
import pickle

import pytest

from panko.api.middleware import authentication
from panko.errors import ConfigurationError
from servers.database_server import free_port
from servers.fake_keystone import FakeKeystone
from servers.fake_memcached import FakeMemcached

KEYSTONE = """
[keystone_authtoken]
www_authenticate_uri = http://keystone.example/v3
auth_url = {url}
auth_type = password
username = panko
password = s3cret
project_name = service
user_domain_name = Default
project_domain_name = Default
memcached_servers = {memcached}
{options}
"""
ENCRYPT = "memcache_security_strategy = ENCRYPT\nmemcache_secret_key = a-stable-key"

# A service is never closed but with its process, and neither are its connections.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

STRATEGIES = pytest.mark.parametrize(
    "options", ["", ENCRYPT, ENCRYPT.replace("ENCRYPT", "MAC")], ids=["plain", "ENCRYPT", "MAC"]
)


@pytest.fixture(autouse=True)
def _connections_end_with_the_test():
    yield
    gc.collect()


class Touch:
    """What makes whoever unpickles it create a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def configuration(memcached: str, options: str = "", url: str | None = None) -> str:
    return KEYSTONE.format(url=url or f"http://127.0.0.1:{free_port()}/v3", memcached=memcached, options=options)


@STRATEGIES
def test_answer_of_memcached_runs_no_code(make_client, tmp_path, options):
    with FakeMemcached() as memcached:
        memcached.everything = (b"1", pickle.dumps(Touch(tmp_path / "touched")))
        answer = make_client(configuration(memcached.address, options)).simulate_get(
            "/v2/events", headers={"X-Auth-Token": "any"}
        )
        assert [command.split()[0] for command in memcached.commands] == [b"get"]
    assert answer.status_code == 503, "it is a miss, so Keystone is asked, and there is none"
    assert not (tmp_path / "touched").exists()


@STRATEGIES
def test_token_is_validated_once_and_then_found_by_every_process(make_client, options):
    with FakeMemcached() as memcached, FakeKeystone() as keystone:
        for _ in range(3):
            client = make_client(configuration(memcached.address, options, keystone.url))
            answer = client.simulate_get("/v2/events", headers={"X-Auth-Token": "good"})
            assert (answer.status_code, answer.json) == (200, [])
        assert keystone.asked == ["good"]
        ((flags, content),) = memcached.items.values()
    assert flags == b"0"
    assert (b'"roles"' in content) == (options == "")


def test_known_token_outlives_keystone_and_its_forger_does_not(make_client):
    with FakeMemcached() as memcached, FakeKeystone() as keystone:
        client = make_client(configuration(memcached.address, ENCRYPT, keystone.url))
        assert client.simulate_get("/v2/events", headers={"X-Auth-Token": "good"}).status_code == 200
        (value,) = memcached.items.values()
        memcached.everything = value
        assert client.simulate_get("/v2/events", headers={"X-Auth-Token": "bad"}).status_code == 401
        keystone.status = 500
        assert client.simulate_get("/v2/events", headers={"X-Auth-Token": "good"}).status_code == 200


def test_token_that_is_too_long_for_any_server_is_asked_nobody(make_client):
    with FakeMemcached() as memcached, FakeKeystone() as keystone:
        client = make_client(configuration(memcached.address, ENCRYPT, keystone.url))
        assert client.simulate_get("/v2/events", headers={"X-Auth-Token": "good" * 1000}).status_code == 401
        assert keystone.asked == memcached.commands == []


@pytest.mark.parametrize("content", [b"\xff", b"{", b"[]", b"[1, 2]", b'"text"', b"x" * 1000])
@pytest.mark.parametrize("options", ["", ENCRYPT], ids=["plain", "ENCRYPT"])
def test_content_that_no_token_has_is_a_miss(make_client, options, content):
    with FakeMemcached() as memcached:
        memcached.everything = (b"0", content)
        answer = make_client(configuration(memcached.address, options)).simulate_get(
            "/v2/events", headers={"X-Auth-Token": "any"}
        )
    assert answer.status_code == 503


@pytest.mark.parametrize(
    ("servers", "options", "message"),
    [
        ("a:b", "", "memcached_servers: 'a:b' is no address"),
        (
            "a:1",
            "memcache_tls_enabled = true\nmemcache_tls_cafile = /nowhere/ca.crt",
            r"memcache_tls_\*: .*No such file",
        ),
        ("a:1", "memcache_tls_enabled = true\nmemcache_tls_allowed_ciphers = none", r"memcache_tls_\*: .*cipher"),
        ("/run/memcached", "memcache_tls_enabled = true", "a socket file has no TLS"),
        ("a:1", "memcache_sasl_enabled = true", "memcache_sasl_enabled is not supported"),
    ],
)
def test_memcached_that_cannot_be_used_is_refused_at_start(make_conf, servers, options, message):
    with pytest.raises(ConfigurationError, match=message):
        authentication.prepare(make_conf(configuration(servers, options)))
