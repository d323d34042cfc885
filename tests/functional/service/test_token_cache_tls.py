"""The token cache on real memcacheds with TLS."""

import logging
import socket
import time

import pytest

from panko.api.middleware.authentication.memcached import Memcached as Client
from panko.api.middleware.authentication.memcached.tls import TLS
from servers.authority import Authority
from servers.memcached import Encryption, Memcached


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def start():
    """Start a memcached that shows a certificate and key, and end it with the test."""
    started = []

    def start(certificate, key, clients=None):
        started.append(Memcached(Encryption(certificate, key, clients)))
        started[-1].start()
        return started[-1]

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def client():
    made = []

    def make(server, tls):
        addresses = [server if isinstance(server, str) else server.address]
        made.append(Client(addresses, timeout_seconds=2, dead_seconds=20, tls=tls))
        return made[-1]

    yield make
    for each in made:
        each.close()


def test_a_token_is_remembered_on_a_server_that_proves_who_it_is(start, client, authority):
    server = start(*authority.sign("memcached", "127.0.0.1"))
    cache = client(server, TLS(ca_file=str(authority.ca)))
    value = bytes(range(256)) * 1000
    assert cache.set("k", value, 60)
    assert cache.get("k") == value
    assert server.count() == 1


@pytest.mark.parametrize("kind", ["another authority", "another name", "signed by itself"])
def test_a_server_that_does_not_prove_it_is_asked_nothing_and_named(start, client, authority, tmp_path, caplog, kind):
    other = tmp_path / "other"
    other.mkdir()
    signers = {
        "another authority": Authority(other),
        "another name": authority,
        "signed by itself": Authority(tmp_path),
    }
    name = ("elsewhere", "192.0.2.1") if kind == "another name" else ("memcached", "127.0.0.1")
    server = start(*signers[kind].sign(*name))
    cache = client(server, TLS(ca_file=str(authority.ca)))
    with caplog.at_level(logging.INFO):
        assert cache.get("k") is None
        assert not cache.set("k", b"v", 60)
    (record,) = [each for each in caplog.records if "memcached" in each.getMessage()]
    assert record.levelname == "ERROR"
    assert f"memcached {server.address} is not used, because its certificate is not trusted:" in record.getMessage()
    assert "memcache_tls_cafile" in record.getMessage()
    assert server.count() == 0


def test_the_key_that_is_asked_for_never_crosses_the_network_readable(client, authority):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        cache = client(f"127.0.0.1:{listener.getsockname()[1]}", TLS(ca_file=str(authority.ca)))
        listener.settimeout(5)
        started = time.monotonic()
        assert cache.get("tokens/secret-key") is None
        assert time.monotonic() - started < 5, "a server that says nothing holds a thread for its time-out alone"
        connection, _ = listener.accept()
        with connection:
            assert b"secret-key" not in connection.recv(65536)


def test_a_server_without_tls_is_an_outage(memcached, client, authority):
    assert client(memcached, TLS(ca_file=str(authority.ca))).get("k") is None


def test_a_server_that_asks_for_a_certificate_gets_ours(start, client, authority):
    certificate, key = authority.sign("panko-api", "127.0.0.1")
    server = start(certificate, key, authority.ca)
    own = TLS(ca_file=str(authority.ca), certificate_file=str(certificate), key_file=str(key))
    assert client(server, own).set("k", b"v", 60)
    assert not client(server, TLS(ca_file=str(authority.ca))).set("k", b"v", 60)


def test_an_authority_that_is_renewed_counts_from_the_next_connection_on(start, client, authority, tmp_path):
    trusted = tmp_path / "ca.crt"
    trusted.write_bytes(authority.ca.read_bytes())
    first = start(*authority.sign("memcached", "127.0.0.1"))
    cache = client(first, TLS(ca_file=str(trusted)))
    assert cache.set("k", b"v", 60)
    (tmp_path / "new").mkdir()
    renewed = Authority(tmp_path / "new")
    first.stop()
    second = Memcached(Encryption(*renewed.sign("memcached", "127.0.0.1")))
    second.port = first.port
    second.start()
    try:
        trusted.write_bytes(renewed.ca.read_bytes())
        assert cache.set("k", b"v", 60)
    finally:
        second.stop()
