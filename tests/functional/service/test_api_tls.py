"""panko-api that speaks TLS itself, and callers who try its patience with it."""

import contextlib
import json
import socket
import ssl
import threading
import time
import warnings

import httpx
import pytest

from servers.authority import Authority
from servers.panko_api import PankoApi

THREADS = 2
SECONDS = 2
CONFIGURATION = """[api]
auth_strategy = noauth
workers = 1
threads = {threads}
header_timeout = {seconds}
body_timeout = {seconds}
tls_certificate_file = {certificate}
tls_key_file = {key}
[database]
connection = sqlite:///panko.sqlite
"""
HEADERS = b"GET /v2/events HTTP/1.1\r\nHost: localhost\r\n"
BODY = (
    b"POST /v2/events HTTP/1.1\r\nHost: localhost\r\nX-Roles: admin\r\nX-User-Id: u\r\nX-Project-Id: p\r\n"
    b"Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n["
)
# The head of a record with a hello of 512 bytes, which never comes to its end.
HELLO = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


def configured(authority, **changed):
    certificate, key = authority.sign("panko", "127.0.0.1")
    given = {"certificate": certificate, "key": key, "threads": THREADS, "seconds": SECONDS}
    return CONFIGURATION.format(**given | changed)


@pytest.fixture(scope="module")
def api(authority):
    api = PankoApi(configured(authority), ca=authority.ca)
    try:
        yield api.start()
    finally:
        api.remove()


@pytest.fixture
def trust(authority):
    return ssl.create_default_context(cafile=authority.ca)


@contextlib.contextmanager
def connected(api, context):
    """Connect with TLS, and have the end of a connection told from its being cut."""
    with (
        socket.create_connection(("127.0.0.1", api.port), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1", suppress_ragged_eofs=False) as encrypted,
    ):
        yield encrypted


@contextlib.contextmanager
def trickling(callers):
    """Send a byte on each connection whenever a server could take them for dead."""
    ended = threading.Event()

    def trickle():
        while not ended.wait(0.2):
            for caller in callers:
                with contextlib.suppress(OSError):
                    caller.send(b" ")

    thread = threading.Thread(target=trickle)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def test_events_are_written_and_read_and_links_are_https(api, trust):
    with httpx.Client(base_url=api.url, verify=trust) as client:
        answer = client.get("/")
        assert answer.status_code == 200
        assert f'"https://127.0.0.1:{api.port}' in answer.text
        assert "http://" not in answer.text
        assert client.get("/healthcheck").status_code == 200
    assert "panko-api: https://" in api.output


@pytest.mark.parametrize(("version", "spoken"), [("TLSv1_1", False), ("TLSv1_2", True), ("TLSv1_3", True)])
def test_only_versions_of_now_are_spoken(api, trust, version, spoken):
    trust.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        trust.minimum_version = trust.maximum_version = ssl.TLSVersion[version]
    expected = contextlib.nullcontext() if spoken else pytest.raises((ssl.SSLError, ConnectionResetError))
    with expected, connected(api, trust) as connection:
        assert connection.version() == version.replace("_", ".")


def test_who_speaks_no_tls_gets_no_answer_and_does_no_harm(api, trust):
    with pytest.raises(httpx.TransportError):
        httpx.get(f"http://127.0.0.1:{api.port}/", timeout=5)
    assert httpx.get(f"{api.url}/healthcheck", verify=trust).status_code == 200
    assert "Traceback" not in api.output


@pytest.mark.parametrize("begin", [HELLO, b"", b"\x16"], ids=["hello", "nothing", "a byte"])
def test_a_handshake_that_never_ends_holds_no_thread_beyond_the_deadline(api, trust, begin):
    callers = [socket.create_connection(("127.0.0.1", api.port)) for _ in range(THREADS + 1)]
    for caller in callers:
        caller.sendall(begin)
    with trickling(callers if begin == HELLO else []):
        time.sleep(0.3)
        limit = 2 * SECONDS + 2 if begin else 5 + 2  # who sends nothing at all is put aside after five seconds
        assert httpx.get(f"{api.url}/healthcheck", verify=trust, timeout=limit).status_code == 200
        time.sleep(0.5)
        assert httpx.get(f"{api.url}/healthcheck", verify=trust, timeout=1).status_code == 200
    for caller in callers:
        caller.close()
    assert "Traceback" not in api.output


@pytest.mark.parametrize(("begin", "what"), [(HEADERS, "headers"), (BODY, "body")], ids=["headers", "body"])
def test_slow_caller_is_told_so_and_the_end_is_told_too(api, trust, begin, what):
    with connected(api, trust) as caller:
        caller.sendall(begin)
        with trickling([caller]):
            caller.settimeout(SECONDS + 3)
            answer = b"".join(iter(lambda: caller.recv(65536), b"")).decode()
    head, _, body = answer.partition("\r\n\r\n")
    assert head.startswith("HTTP/1.1 408 ")
    assert f"The {what} of the request did not arrive in time." in json.loads(body)["error_message"]["faultstring"]


def test_requests_that_come_in_one_record_are_all_answered(api, trust):
    one = b"GET /healthcheck HTTP/1.1\r\nHost: localhost\r\n"
    head = one + b"X-Filler: "
    read_at_once = 8192  # by gunicorn: what is left stays in the record, and no selector tells of it
    first = head + b"x" * (read_at_once - len(head) - 4) + b"\r\n\r\n"
    with connected(api, trust) as caller:
        caller.sendall(first + one + b"Connection: close\r\n\r\n")
        answer = b"".join(iter(lambda: caller.recv(65536), b""))
    assert answer.count(b"HTTP/1.1 200") == 2


def test_a_pair_that_cannot_be_used_is_told_in_a_line(start_api, authority):
    _, other = authority.sign("other", "127.0.0.1")
    with pytest.raises(RuntimeError, match=r"panko-api: \[api\] tls_certificate_file or tls_key_file cannot be used"):
        start_api(configured(authority, key=other), ca=authority.ca)


def test_one_file_without_the_other_is_told_in_a_line(start_api, authority):
    with pytest.raises(RuntimeError, match="set both of them or neither"):
        start_api(configured(authority, key=""), ca=authority.ca)
