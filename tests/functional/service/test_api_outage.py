"""What goes on while Keystone hangs, on a real panko-api."""

import time
from concurrent import futures

import bcrypt
import httpx
import pytest

from panko.storage.sql.schema import migrate
from servers.fake_keystone import FakeKeystone
from servers.panko_api import KEYSTONE_AUTHTOKEN, PankoApi

CONFIGURATION = (
    """
[api]
workers = 1
threads = 8
htpasswd_file = {folder}/htpasswd
[database]
connection = sqlite:///{folder}/panko.sqlite
"""
    + KEYSTONE_AUTHTOKEN
)
SECONDS = 15
A_SECOND = 5


@pytest.fixture
def keystone():
    with FakeKeystone() as keystone:
        yield keystone


@pytest.fixture
def api(keystone, tmp_path):
    migrate.upgrade(f"sqlite:///{tmp_path}/panko.sqlite")
    (tmp_path / "htpasswd").write_text(f"ceilometer:{bcrypt.hashpw(b's3cret', bcrypt.gensalt(10)).decode()}\n")
    api = PankoApi(CONFIGURATION.format(folder=tmp_path, url=keystone.url))
    try:
        yield api.start()
    finally:
        api.remove()


@pytest.fixture
def client(api):
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    with httpx.Client(base_url=api.url, timeout=60, limits=limits) as client:
        yield client


def get(client: httpx.Client, token: str) -> tuple[float, httpx.Response]:
    started = time.monotonic()
    answer = client.get("/v2/events", headers={"X-Auth-Token": token})
    return time.monotonic() - started, answer


def post(client: httpx.Client, number: int) -> tuple[float, httpx.Response]:
    event = {"message_id": f"m{number}", "event_type": "Foo", "generated": "2014-01-01T05:00:00"}
    started = time.monotonic()
    answer = client.post("/v2/events", json=event, auth=("ceilometer", "s3cret"))
    return time.monotonic() - started, answer


def test_publishers_and_known_tokens_go_on_while_keystone_hangs(client, keystone):
    assert get(client, "good-and-known")[1].status_code == 200
    assert post(client, 0)[1].status_code == 201
    keystone.freeze()
    with futures.ThreadPoolExecutor(64) as pool:
        new, known, posted = [], [], []
        started = time.monotonic()
        for number in range(1, SECONDS * A_SECOND + 1):
            new.append(pool.submit(get, client, f"good-{number}"))
            known.append(pool.submit(get, client, "good-and-known"))
            posted.append(pool.submit(post, client, number))
            time.sleep(max(0.0, started + number / A_SECOND - time.monotonic()))
    assert {future.result()[1].status_code for future in posted} == {201}
    assert {future.result()[1].status_code for future in known} == {200}
    assert slow(posted) <= 1, "none waits for Keystone"
    assert slow(known) <= 1
    assert {future.result()[1].status_code for future in new} == {503}
    assert all(int(future.result()[1].headers["Retry-After"]) >= 1 for future in new)
    assert slow(new) <= 10, "few wait for Keystone"
    keystone.thaw()
    deadline = time.monotonic() + 20
    while get(client, "good-afterwards")[1].status_code != 200:
        assert time.monotonic() < deadline, "it does not recover"
        time.sleep(0.2)


def slow(asked: list) -> int:
    """Return how many took longer than anything that waits for nobody, on a busy machine."""
    return sum(future.result()[0] > 2 for future in asked)
