"""What the API makes of a memcached that answers what it wants."""

import os
import pickle

import pytest

from panko.api.middleware import authentication
from panko.errors import ConfigurationError
from servers.database_server import free_port
from servers.fake_memcached import FakeMemcached

KEYSTONE = """
[keystone_authtoken]
www_authenticate_uri = http://keystone.example/v3
auth_url = http://127.0.0.1:{port}/v3
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


class Touch:
    """What makes whoever unpickles it create a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def configuration(memcached: str, options: str = "") -> str:
    return KEYSTONE.format(port=free_port(), memcached=memcached, options=options)


@pytest.mark.parametrize("options", ["", ENCRYPT, ENCRYPT.replace("ENCRYPT", "MAC")], ids=["plain", "ENCRYPT", "MAC"])
def test_answer_of_memcached_runs_no_code(make_client, tmp_path, options):
    with FakeMemcached() as memcached:
        memcached.everything = (b"1", pickle.dumps(Touch(tmp_path / "touched")))
        answer = make_client(configuration(memcached.address, options)).simulate_get(
            "/v2/events", headers={"X-Auth-Token": "any"}
        )
        assert [command.split()[0] for command in memcached.commands] == [b"get"]
    assert answer.status_code == 503, "it is a miss, so Keystone is asked, and there is none"
    assert not (tmp_path / "touched").exists()


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
        ("a:1", "memcache_tls_enabled = true", "memcache_tls_enabled is not supported"),
        ("a:1", "memcache_sasl_enabled = true", "memcache_sasl_enabled is not supported"),
    ],
)
def test_memcached_that_cannot_be_used_is_refused_at_start(make_conf, servers, options, message):
    with pytest.raises(ConfigurationError, match=message):
        authentication.prepare(make_conf(configuration(servers, options)))
