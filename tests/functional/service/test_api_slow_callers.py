"""panko-api and callers who send slowly, or a lot that is wrong."""

import contextlib
import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from servers.panko_api import peak_mebibytes

THREADS = 2
SECONDS = 2
CONFIGURATION = f"""[api]
auth_strategy = noauth
workers = 1
threads = {THREADS}
header_timeout = {SECONDS}
body_timeout = {SECONDS}
[database]
connection = sqlite:///panko.sqlite
"""
IDENTITY = "X-Roles: admin\r\nX-User-Id: u\r\nX-Project-Id: p\r\n"
HEADERS = "GET /v2/events HTTP/1.1\r\nHost: localhost\r\n"
BODY = (
    f"POST /v2/events HTTP/1.1\r\nHost: localhost\r\n{IDENTITY}Content-Type: application/json\r\n"
    "Content-Length: 100000\r\n\r\n["
)
CHUNKS = (
    f"POST /v2/events HTTP/1.1\r\nHost: localhost\r\n{IDENTITY}Content-Type: application/json\r\n"
    "Transfer-Encoding: chunked\r\n\r\n1000\r\n["
)
UNREAD = "POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n["
FINISHED = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


@contextlib.contextmanager
def trickling(port: int, begin: str, number: int):
    """Open connections that send a byte whenever a server could take them for dead."""
    callers = [socket.create_connection(("127.0.0.1", port)) for _ in range(number)]
    ended = threading.Event()

    def trickle() -> None:
        while not ended.wait(0.2):
            for caller in callers:
                with contextlib.suppress(OSError):
                    caller.send(b" ")

    for caller in callers:
        caller.sendall(begin.encode())
    thread = threading.Thread(target=trickle)
    thread.start()
    try:
        yield callers
    finally:
        ended.set()
        thread.join()
        for caller in callers:
            caller.close()


@pytest.mark.parametrize(
    "begin", [HEADERS, BODY, CHUNKS, UNREAD, FINISHED], ids=["headers", "body", "chunks", "unread", "finished"]
)
def test_slow_callers_hold_no_thread_beyond_the_deadline(start_api, begin):
    api = start_api(CONFIGURATION)
    with trickling(api.port, begin, THREADS + 1):
        time.sleep(0.3)
        # Those who wait for a thread have a deadline of their own.
        answer = httpx.get(f"{api.url}/healthcheck", timeout=2 * SECONDS + 2)
        assert answer.status_code == 200
        time.sleep(0.5)
        assert httpx.get(f"{api.url}/healthcheck", timeout=1).status_code == 200


@pytest.mark.parametrize(("begin", "what"), [(HEADERS, "headers"), (BODY, "body"), (CHUNKS, "body")])
def test_slow_caller_is_told_so_and_sent_away(start_api, begin, what):
    api = start_api(CONFIGURATION)
    with trickling(api.port, begin, 1) as (caller,):
        caller.settimeout(SECONDS + 3)
        answer = b"".join(iter(lambda: caller.recv(65536), b"")).decode()
    head, _, body = answer.partition("\r\n\r\n")
    assert head.startswith("HTTP/1.1 408 ")
    assert "connection: close" in head.lower()
    assert f"The {what} of the request did not arrive in time." in json.loads(body)["error_message"]["faultstring"]
    assert "Traceback" not in api.output


def test_megabytes_of_wrong_events_cost_little_memory_and_time(start_api):
    api = start_api(CONFIGURATION)
    before, started = max(map(peak_mebibytes, api.workers())), time.monotonic()
    for body in ("[" + "0," * (4 * 1024 * 1024 - 2) + "0]", json.dumps({"traits": [0] * (2 * 1024 * 1024)})):
        answer = httpx.post(
            f"{api.url}/v2/events",
            content=body,
            headers={"Content-Type": "application/json", "X-Roles": "admin", "X-User-Id": "u", "X-Project-Id": "p"},
            timeout=30,
        )
        assert answer.status_code == 400
        assert len(answer.content) < 65536
    assert max(map(peak_mebibytes, api.workers())) - before < 300
    assert time.monotonic() - started < 20


def test_large_requests_at_once_cost_the_memory_of_a_few(start_api):
    api = start_api(
        CONFIGURATION.replace(f"threads = {THREADS}", "threads = 8").replace(f"body_timeout = {SECONDS}", "")
    )
    body = b"[" + b"{}," * (2 * 1024 * 1024) + b"0]"  # takes thirty times as much memory as text
    headers = {"Content-Type": "application/json", "X-Roles": "admin", "X-User-Id": "u", "X-Project-Id": "p"}

    def post(_number):
        return httpx.post(f"{api.url}/v2/events", content=body, headers=headers, timeout=60)

    before = max(map(peak_mebibytes, api.workers()))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(post, range(8)))
    assert {answer.status_code for answer in answers} == {400, 503}
    assert all(answer.headers["retry-after"] == "2" for answer in answers if answer.status_code == 503)
    grown = max(map(peak_mebibytes, api.workers())) - before
    assert grown < 500
