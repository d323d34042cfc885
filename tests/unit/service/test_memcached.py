"""The cache of tokens on servers that answer well, badly, or not at all."""

import socket
import socketserver
import threading
import time

import pytest

from panko.api.middleware.authentication.memcached import Memcached
from panko.api.middleware.authentication.memcached.address import Address, parse
from panko.errors import ConfigurationError
from servers.fake_memcached import FakeMemcached


@pytest.fixture
def server():
    with FakeMemcached() as server:
        yield server


@pytest.fixture
def client():
    made = []

    def make(*servers, clock=time.monotonic, timeout_seconds=0.3):
        addresses = [each if isinstance(each, str) else each.address for each in servers]
        made.append(Memcached(addresses, timeout_seconds=timeout_seconds, dead_seconds=20, clock=clock))
        return made[-1]

    yield make
    for cache in made:
        cache.close()


def test_what_was_set_is_found_as_the_same_bytes(server, client):
    cache = client(server)
    value = bytes(range(256)) * 2000 + b"\r\nEND\r\n"
    assert cache.get("tokens/a") is None
    assert cache.set("tokens/a", value, 60)
    assert cache.get("tokens/a") == value
    assert server.items["tokens/a"][0] == b"0"


@pytest.mark.parametrize("flags", [b"1", b"2", b"4", b"8", b"16", b"9", b"00"])
def test_value_that_is_no_plain_bytes_is_a_miss(server, flags, client):
    server.items["k"] = (flags, b"value")
    cache = client(server)
    assert cache.get("k") is None
    assert cache.set("k", b"new", 60)
    assert cache.get("k") == b"new"


@pytest.mark.parametrize("key", ["", "a b", "a\r\nflush_all", "a\x00", "ü", "x" * 251])
def test_key_that_is_a_command_is_asked_nobody(server, key, client):
    cache = client(server)
    assert cache.get(key) is None
    assert not cache.set(key, b"v", 60)
    assert server.commands == []


def test_value_larger_than_memcached_holds_is_not_sent(server, client):
    assert not client(server).set("k", b"x" * (1024 * 1024 + 1), 60)
    assert server.commands == []


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"ERROR\r\n",
        b"VALUE other 0 1\r\nx\r\nEND\r\n",
        b"VALUE k 0 99999999999\r\n",
        b"VALUE k 0 -1\r\n",
        b"VALUE k 0 1\r\nxyz\r\nEND\r\n",
        b"VALUE k 0 1\r\nx\r\nVALUE k 0 1\r\ny\r\nEND\r\n",
        b"x" * 100_000,
    ],
)
def test_answer_of_no_memcached_is_a_miss(server, answer, client):
    server.answer = answer
    assert client(server).get("k") is None


def test_server_that_hangs_costs_one_time_out_and_is_then_left_alone(server, client):
    now = [0.0]
    cache = client(server, clock=lambda: now[0])
    server.hangs = True
    started = time.monotonic()
    assert cache.get("k") is None
    assert 0.2 < time.monotonic() - started < 5
    server.commands.clear()
    assert not cache.set("k", b"v", 60)
    assert server.commands == [], "it is asked no more"
    server.hangs = False
    now[0] += 20
    assert cache.set("k", b"v", 60)
    assert cache.get("k") == b"v"


def test_server_that_trickles_is_given_up_in_time(server, client):
    server.answer = b"VALUE k 0 60\r\n" + b"x" * 60 + b"\r\nEND\r\n"
    server.pause_seconds = 0.1
    started = time.monotonic()
    assert client(server).get("k") is None
    assert time.monotonic() - started < 5


def test_one_thread_finds_out_whether_a_dead_server_is_back(server, client):
    now = [0.0]
    cache = client(server, clock=lambda: now[0], timeout_seconds=5)
    server.refuses = True
    cache.get("k")
    server.refuses = False
    server.hangs = True
    server.commands.clear()
    now[0] += 20
    prober = threading.Thread(target=cache.get, args=["k"])
    prober.start()
    wait_for(lambda: server.commands)
    assert cache.get("k") is None, "nobody else waits"
    server.hangs = False
    prober.join(timeout=10)
    assert not prober.is_alive()


def test_restarted_server_is_found_again_at_once(server, client):
    cache = client(server)
    cache.set("k", b"v", 60)
    server.drop_connections()
    assert cache.get("k") == b"v"


def test_keys_move_to_another_server_while_theirs_is_away(server, client):
    with FakeMemcached() as second:
        cache = client(server, second)
        keys = [f"tokens/{number}" for number in range(40)]
        for key in keys:
            assert cache.set(key, b"v", 60)
        assert len(server.items) > 5
        assert len(second.items) > 5
        swapped = client(second, server)
        assert all(swapped.get(key) == b"v" for key in keys), "the order of the list does not matter"
        second.refuses = True
        second.drop_connections()
        for key in keys:
            assert cache.set(key, b"v", 60)
        assert set(server.items) == set(keys)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("memcached.openstack.svc:11211", Address("memcached.openstack.svc", 11211)),
        ("host", Address("host", 11211)),
        ("inet:10.0.0.1:1", Address("10.0.0.1", 1)),
        ("[::1]:11212", Address("::1", 11212)),
        ("inet6:[fe80::1%eth0]:11211", Address("fe80::1%eth0", 11211)),
        ("inet6:[::1]", Address("::1", 11211)),
        ("unix:/run/memcached.sock", Address("/run/memcached.sock", 0)),
    ],
)
def test_addresses_are_read_as_memcached_clients_do(text, address):
    assert parse(text) == address


@pytest.mark.parametrize("text", ["", "::1", "a:0", "a:65536", "a:b", "[::1", "a b", "inet6:", "a..b", ".a", "a" * 64])
def test_what_is_no_address_is_named(text):
    with pytest.raises(ConfigurationError, match="write host:port"):
        parse(text)


def test_ipv6_and_files_are_reached(tmp_path, client):
    with FakeMemcached(host="::1") as server:
        assert server.address.startswith("[::1]:")
        assert client(server).set("k", b"v", 60)
    path = str(tmp_path / "socket")

    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            self.rfile.readline()
            self.wfile.write(b"VALUE k 0 1\r\nv\r\nEND\r\n")

    with socketserver.UnixStreamServer(path, Handler) as unix:
        threading.Thread(target=unix.handle_request).start()
        assert client(path).get("k") == b"v"


def test_nobody_there_is_a_miss(client):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{unused.getsockname()[1]}"
    assert client(address).get("k") is None


def wait_for(condition, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not become true"
        time.sleep(0.01)
