"""What everybody else notices of callers who mean harm: latency beside each kind of them, and a worker's memory.

They come straight to one worker: in a cluster HAProxy bounds each source before. A ratio has the callers' own cost of
CPU in it, since they run on the same machine.
"""

import base64
import contextlib
import itertools
import json
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import bcrypt
import httpx

from bench.client import Figures
from panko.storage.sql.schema.migrate import upgrade
from servers.fake_keystone import FakeKeystone
from servers.panko_api import KEYSTONE_AUTHTOKEN, PankoApi, peak_mebibytes

SECONDS, EVERY_SECONDS = 10, 0.05
CALLERS = 8
CONFIGURATION = (
    """
[api]
workers = 1
threads = 16
htpasswd_file = {folder}/htpasswd
[database]
connection = {database}
"""
    + KEYSTONE_AUTHTOKEN
)
PUBLISHERS = {"ceilometer": "s3cret", "hostile": "s3cret-too"}
VICTIM = ("ceilometer", PUBLISHERS["ceilometer"])
HOSTILE = ("hostile", PUBLISHERS["hostile"])
TOKEN = {"X-Auth-Token": "good-and-known"}


def run(url: str) -> None:
    """Measure and print. The database is empty, and is dropped afterwards by the caller."""
    upgrade(url)
    with tempfile.TemporaryDirectory() as folder, FakeKeystone() as keystone:
        hashed = (
            f"{name}:{bcrypt.hashpw(word.encode(), bcrypt.gensalt(10)).decode()}" for name, word in PUBLISHERS.items()
        )
        (Path(folder) / "htpasswd").write_text("\n".join(hashed) + "\n")
        api = PankoApi(CONFIGURATION.format(folder=folder, database=url, url=keystone.url))
        try:
            _measure(api.start())
        finally:
            api.remove()


def _measure(api: PankoApi) -> None:
    _store_large_events(api)
    _latencies(api)  # the first password and the first pages cost more
    quiet = _latencies(api)
    print(f"{'milliseconds':32} {'POST p50':>9} {'p99':>8} {'GET p50':>9} {'p99':>8}   p99 to quiet    worker, MiB")
    _print("nobody else", api, quiet, quiet)
    for name, attack in ATTACKS.items():
        with _going_on(api, attack):
            _print(name, api, quiet, _latencies(api))


def _print(name: str, api: PankoApi, quiet: tuple[Figures, Figures], now: tuple[Figures, Figures]) -> None:
    (post, get), (quiet_post, quiet_get) = now, quiet
    ratios = f"{post.p99 / quiet_post.p99:6.1f}x {get.p99 / quiet_get.p99:6.1f}x"
    figures = f"{post.p50:9.1f} {post.p99:8.1f} {get.p50:9.1f} {get.p99:8.1f} {ratios}"
    print(f"{name:32} {figures} {max(map(peak_mebibytes, api.workers())):10.0f}", flush=True)


def _latencies(api: PankoApi) -> tuple[Figures, Figures]:
    """Post and read at a steady rate, each by a client of its own; refused or failed requests are an error."""
    numbers = itertools.count(time.time_ns())

    def post(client: httpx.Client) -> httpx.Response:
        event = {"message_id": f"{next(numbers)}", "event_type": "Foo", "generated": "2024-01-01T05:00:00"}
        return client.post("/v2/events", json=event, auth=VICTIM)

    def get(client: httpx.Client) -> httpx.Response:
        return client.get("/v2/events", params={"limit": "1"}, headers=TOKEN)

    taken: dict[str, list[float]] = {"post": [], "get": []}
    threads = [
        threading.Thread(target=_steadily, args=(api, ask, taken[name])) for name, ask in (("post", post), ("get", get))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Figures.of(taken["post"]), Figures.of(taken["get"])


def _steadily(api: PankoApi, ask: Callable[[httpx.Client], httpx.Response], taken: list[float]) -> None:
    begin = time.perf_counter()
    with httpx.Client(base_url=api.url, timeout=60) as client:
        for number in range(int(SECONDS / EVERY_SECONDS)):
            time.sleep(max(0.0, begin + number * EVERY_SECONDS - time.perf_counter()))
            started = time.perf_counter()
            answer = ask(client)
            taken.append(time.perf_counter() - started)
            assert answer.is_success, answer.text[:300]


@contextlib.contextmanager
def _going_on(api: PankoApi, attack: "Attack") -> Iterator[None]:
    ended = threading.Event()
    threads = [threading.Thread(target=attack, args=(api, ended)) for _ in range(CALLERS)]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    try:
        yield
    finally:
        ended.set()
        for thread in threads:
            thread.join()


def _over_and_over(ask: Callable[[httpx.Client], object]) -> "Attack":
    def attack(api: PankoApi, ended: threading.Event) -> None:
        with httpx.Client(base_url=api.url, timeout=60) as client:
            while not ended.is_set():
                with contextlib.suppress(httpx.TransportError):  # being hung up on is part of it
                    ask(client)

    return attack


def _slow_body(api: PankoApi, ended: threading.Event) -> None:
    account = base64.b64encode(":".join(HOSTILE).encode()).decode()
    lines = ("POST /v2/events HTTP/1.1", "Host: localhost", f"Authorization: Basic {account}", "Content-Length: 100000")
    head = "\r\n".join((*lines, "", "["))
    while not ended.is_set():
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", api.port)) as connection:
            connection.sendall(head.encode())
            while not ended.wait(0.2):
                connection.send(b" ")


def _store_large_events(api: PankoApi) -> None:
    """Store what makes the largest page: many events of many long traits, which the reader may see."""
    traits = [
        ["project_id", 1, "p"],
        ["user_id", 1, "u"],
        *([f"trait-{number}", 1, "é" * 255] for number in range(200)),
    ]
    about = {"event_type": "large", "generated": "2023-01-01T05:00:00", "traits": traits}
    with httpx.Client(base_url=api.url, timeout=60, auth=HOSTILE) as client:
        for batch in range(100):
            events = [{**about, "message_id": f"large-{batch}-{number}"} for number in range(10)]
            answer = client.post("/v2/events", json=events)
            assert answer.is_success, answer.text[:300]


Attack = Callable[[PankoApi, threading.Event], None]
_NOTHINGS = json.dumps([{}] * 1000 + [{"x": "é" * 3_000_000}]).encode()
_JSON = {"Content-Type": "application/json"}
_passwords = itertools.count()

ATTACKS: dict[str, Attack] = {
    "slow bodies": _slow_body,
    "wrong passwords": _over_and_over(
        lambda client: client.post("/v2/events", json=[], auth=("ceilometer", f"wrong-{next(_passwords)}"))
    ),
    "unknown tokens": _over_and_over(
        lambda client: client.get("/v2/events", headers={"X-Auth-Token": f"bad-{next(_passwords)}"})
    ),
    "large bodies, all wrong": _over_and_over(
        lambda client: client.post("/v2/events", content=_NOTHINGS, headers=_JSON, auth=HOSTILE)
    ),
    "pages of large events": _over_and_over(
        lambda client: client.get(
            "/v2/events", params={"limit": "1000", "q.field": "event_type", "q.value": "large"}, headers=TOKEN
        )
    ),
    "bodies of a GET": _over_and_over(
        lambda client: client.request("GET", "/v2/events", content=b"x" * 60_000, headers={**_JSON, **TOKEN})
    ),
}
