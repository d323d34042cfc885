"""Authentication against a real Keystone, and what its outages do."""

import contextlib
import sqlite3
import time
from collections.abc import Iterator

import bcrypt
import httpx
import pytest

from panko.storage.sql.schema import migrate
from servers.authority import Authority
from servers.keystone import Keystone
from servers.memcached import Encryption, Memcached
from servers.panko_api import KEYSTONE_AUTHTOKEN, PankoApi

CONFIGURATION = (
    """
[api]
workers = 1
threads = 4
htpasswd_file = {folder}/htpasswd
[database]
connection = sqlite:///{folder}/panko.sqlite
"""
    + KEYSTONE_AUTHTOKEN
    + "token_cache_time = {token_cache_seconds}\nhttp_connect_timeout = 4\n"
)
MEMCACHED = """
memcached_servers = {memcached.address}
memcache_security_strategy = ENCRYPT
memcache_secret_key = a-stable-key
"""
EVENT = {"message_id": "m1", "event_type": "Foo", "generated": "2014-01-01T05:00:00"}
CLAIMS = {"X-Roles": "admin", "X-User-Id": "u", "X-Project-Id": "p", "X-Identity-Status": "Confirmed"}


@pytest.fixture(scope="session")
def cloud(keystone_of_panko: Keystone) -> Keystone:
    """A Keystone with Panko's own account, and people to ask with."""
    keystone = keystone_of_panko
    keystone.add_user("alice", "alice-s3cret", project="demo", roles=["member"])
    keystone.add_user("boss", "boss-s3cret", project="demo", roles=["admin"])
    return keystone


def configured_api(
    cloud: Keystone, tmp_path, *, cache_seconds: int, memcached: Memcached | None = None, options: str = ""
) -> PankoApi:
    migrate.upgrade(f"sqlite:///{tmp_path}/panko.sqlite")
    password_hash = bcrypt.hashpw(b"publisher-s3cret", bcrypt.gensalt(10)).decode()
    (tmp_path / "htpasswd").write_text(f"ceilometer:{password_hash}\n")
    configuration = CONFIGURATION.format(folder=tmp_path, url=cloud.url, token_cache_seconds=cache_seconds)
    return PankoApi(configuration + (MEMCACHED.format(memcached=memcached) if memcached else "") + options)


@pytest.fixture(scope="module")
def api(cloud: Keystone, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PankoApi]:
    """An API that remembers tokens for the shortest time there is."""
    api = configured_api(cloud, tmp_path_factory.mktemp("api"), cache_seconds=1)
    try:
        yield api.start()
    finally:
        api.remove()


def get(api: PankoApi, path: str, token: str | None = None, **headers: str) -> httpx.Response:
    return httpx.get(f"{api.url}{path}", headers=headers | ({"X-Auth-Token": token} if token else {}), timeout=30)


def post(api: PankoApi, event: dict, token: str | None = None, **options) -> httpx.Response:
    headers = {"X-Auth-Token": token} if token else {}
    return httpx.post(f"{api.url}/v2/events", json=[event], headers=headers, timeout=30, **options)


def test_version_and_health_need_no_token(api):
    assert get(api, "/").status_code == 200
    assert get(api, "/healthcheck").text == "OK"


@pytest.mark.parametrize("path", ["/v2/events", "/v2/capabilities", "/v2/", "//v2/events"])
@pytest.mark.parametrize("headers", [{}, {"X-Auth-Token": "wrong"}, CLAIMS])
def test_without_a_valid_token_nothing_of_v2_answers(api, cloud, path, headers):
    answer = get(api, path, **headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == f'Keystone uri="{cloud.url}"'
    assert answer.json()["error"]["message"] == "The request you have made requires authentication."
    assert answer.headers["X-Openstack-Request-Id"].startswith("req-")


def test_roles_decide(api, cloud):
    member = cloud.token("alice", "alice-s3cret", project="demo")
    admin = cloud.token("boss", "boss-s3cret", project="demo")
    service = cloud.token("panko", "panko-s3cret", project="service")
    assert post(api, EVENT, member).status_code == 403
    assert post(api, EVENT, service).json() == {"created": 1, "duplicates": 0}
    assert post(api, EVENT, admin).json() == {"created": 0, "duplicates": 1}
    assert [event["message_id"] for event in get(api, "/v2/events", admin).json()] == ["m1"]
    assert get(api, "/v2/events", member).json() == []
    assert get(api, "/v2/event_types", admin).json() == ["Foo"]
    assert get(api, "/v2/event_types", member).status_code == 401


def test_claims_beside_a_token_are_not_believed(api, cloud):
    member = cloud.token("alice", "alice-s3cret", project="demo")
    assert get(api, "/v2/event_types", member, **CLAIMS).status_code == 401


def test_token_without_a_project_reads_nothing(api, cloud):
    unscoped = cloud.token("alice", "alice-s3cret")
    assert get(api, "/v2/events", unscoped).status_code == 403
    assert get(api, "/v2/event_types", unscoped).status_code == 403
    assert get(api, "/v2/event_types/Foo/traits", unscoped).status_code == 403


@pytest.mark.parametrize(
    ("path", "scope"),
    [("domains/default", {"domain": {"id": "default"}}), ("system", {"system": {"all": True}})],
    ids=["domain", "system"],
)
def test_admin_of_a_domain_or_of_the_system_reads_and_writes_nothing(api, cloud, path, scope):
    name = f"boss-of-{path.partition('/')[0]}"
    user_id = cloud.add_user(name, "boss-s3cret")
    cloud.request("PUT", f"/{path}/users/{user_id}/roles/{cloud.add_role('admin')}")
    token = cloud.token(name, "boss-s3cret", scope=scope)
    assert post(api, EVENT | {"message_id": f"of-{name}"}, token).status_code == 403
    for reading in ("/v2/events", "/v2/events/m1", "/v2/event_types"):
        assert get(api, reading, token).status_code == 403


def test_application_credential_is_held_to_its_access_rules(api, cloud):
    credential = application_credential(cloud, "/v2/capabilities")
    assert get(api, "/v2/capabilities", credential).status_code == 200
    assert get(api, "/v2/events", credential).status_code == 401


def application_credential(cloud: Keystone, path: str) -> str:
    """Return a token of the admin that may GET this path of Panko and nothing else."""
    token = cloud.admin_token()
    headers = {"X-Auth-Token": token}
    me = httpx.get(f"{cloud.url}/auth/tokens", headers=headers | {"X-Subject-Token": token}, timeout=30)
    wanted = {
        "name": "events",
        "secret": "credential-s3cret",
        "access_rules": [{"service": "event", "method": "GET", "path": path}],
    }
    made = httpx.post(
        f"{cloud.url}/users/{me.json()['token']['user']['id']}/application_credentials",
        json={"application_credential": wanted},
        headers=headers,
        timeout=30,
    )
    made.raise_for_status()
    proof = {"id": made.json()["application_credential"]["id"], "secret": "credential-s3cret"}
    identity = {"methods": ["application_credential"], "application_credential": proof}
    answer = httpx.post(f"{cloud.url}/auth/tokens", json={"auth": {"identity": identity}}, timeout=30)
    answer.raise_for_status()
    return answer.headers["X-Subject-Token"]


def test_publisher_may_post_events_and_nothing_else(api):
    account = ("ceilometer", "publisher-s3cret")
    assert post(api, EVENT | {"message_id": "m2"}, auth=account).status_code == 201
    for path in ("/v2/events", "/v2/event_types", "/v2/capabilities"):
        answer = httpx.get(f"{api.url}{path}", auth=account, headers=CLAIMS, timeout=30)
        assert answer.status_code == 403
        assert "may POST to /v2/events" in answer.json()["error_message"]["faultstring"]


def test_each_event_keeps_who_sent_it_first(cloud, tmp_path):
    api = configured_api(cloud, tmp_path, cache_seconds=1)
    token = cloud.token("boss", "boss-s3cret", project="demo")
    try:
        api.start()
        assert post(api, EVENT, auth=("ceilometer", "publisher-s3cret")).status_code == 201
        assert post(api, EVENT, token).json() == {"created": 0, "duplicates": 1}
        assert post(api, EVENT | {"message_id": "m2"}, token).status_code == 201
    finally:
        api.remove()
    who = httpx.get(f"{cloud.url}/auth/tokens", headers={"X-Auth-Token": token, "X-Subject-Token": token}, timeout=30)
    ids = who.json()["token"]
    with contextlib.closing(sqlite3.connect(tmp_path / "panko.sqlite")) as connection:
        assert dict(connection.execute("SELECT message_id, writer FROM event").fetchall()) == {
            "m1": "publisher:ceilometer",
            "m2": f"user:{ids['user']['id']}@project:{ids['project']['id']}",
        }


@pytest.mark.parametrize("account", [("ceilometer", "wrong"), ("nobody", "publisher-s3cret"), ("", "")])
def test_wrong_publisher_is_told_to_authenticate_by_basic(api, account):
    answer = post(api, EVENT, auth=account)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")


def test_changed_password_of_a_publisher_counts_at_once(cloud, tmp_path):
    api = configured_api(cloud, tmp_path, cache_seconds=1)
    try:
        api.start()
        assert post(api, EVENT, auth=("ceilometer", "publisher-s3cret")).status_code == 201
        new = bcrypt.hashpw(b"new-s3cret", bcrypt.gensalt(4)).decode()
        (tmp_path / "htpasswd").write_text(f"ceilometer:{new}\n")
        assert post(api, EVENT, auth=("ceilometer", "publisher-s3cret")).status_code == 401
        assert post(api, EVENT, auth=("ceilometer", "new-s3cret")).status_code == 201
    finally:
        api.remove()


def test_revoked_token_ends_when_it_is_forgotten(api, cloud):
    token = cloud.token("boss", "boss-s3cret", project="demo")
    assert get(api, "/v2/events", token).status_code == 200
    cloud.revoke(token)
    wait_for(lambda: get(api, "/v2/events", token).status_code == 401)


def test_outage_of_keystone_is_a_503_and_ends_with_it(api, cloud):
    token = cloud.token("boss", "boss-s3cret", project="demo")
    cloud.stop()
    try:
        answer = get(api, "/v2/events", token)
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]
        assert "Keystone does not answer" in answer.json()["error_message"]["faultstring"]
        # Publishers do not depend on Keystone.
        assert post(api, EVENT, auth=("ceilometer", "publisher-s3cret")).status_code == 201
        assert get(api, "/healthcheck").status_code == 200
    finally:
        cloud.start()
    wait_for(lambda: get(api, "/v2/events", token).status_code == 200)


def test_hanging_keystone_is_a_503_in_bounded_time(api, cloud):
    token = cloud.token("boss", "boss-s3cret", project="demo")
    cloud.freeze()
    try:
        started = time.monotonic()
        assert get(api, "/v2/events", token).status_code == 503
        assert time.monotonic() - started < 20
    finally:
        cloud.thaw()
    wait_for(lambda: get(api, "/v2/events", token).status_code == 200)


def test_known_token_outlives_an_outage_of_keystone(cloud, memcached, tmp_path):
    api = configured_api(cloud, tmp_path, cache_seconds=60, memcached=memcached)
    try:
        api.start()
        token = cloud.token("boss", "boss-s3cret", project="demo")
        assert get(api, "/v2/events", token).status_code == 200
        assert memcached.count() == 1
        cloud.freeze()
        try:
            assert get(api, "/v2/events", token).status_code == 200
        finally:
            cloud.thaw()
        memcached.stop()
        assert get(api, "/v2/events", token).status_code == 200, "without memcached, Keystone is asked"
        memcached.start()
    finally:
        api.remove()


@pytest.mark.parametrize("trusted", [True, False], ids=["trusted", "not trusted"])
def test_memcached_with_tls_is_used_when_it_is_trusted_and_named_when_not(cloud, tmp_path, trusted):
    folders = [tmp_path / name for name in ("api", "ours", "theirs")]
    for folder in folders:
        folder.mkdir()
    ours, theirs = map(Authority, folders[1:])
    memcached = Memcached(Encryption(*(ours if trusted else theirs).sign("memcached", "127.0.0.1")))
    memcached.start()
    tls = f"memcache_tls_enabled = true\nmemcache_tls_cafile = {ours.ca}\n"
    api = configured_api(cloud, folders[0], cache_seconds=60, memcached=memcached, options=tls)
    try:
        api.start()
        token = cloud.token("boss", "boss-s3cret", project="demo")
        assert get(api, "/v2/events", token).status_code == 200
        assert get(api, "/v2/events", token).status_code == 200
        assert memcached.count() == int(trusted)
        assert ("because its certificate is not trusted" in api.output) is not trusted
    finally:
        api.remove()
        memcached.stop()


def test_known_token_needs_no_memcached_to_be_remembered(cloud, tmp_path):
    api = configured_api(cloud, tmp_path, cache_seconds=60)
    try:
        api.start()
        token = cloud.token("boss", "boss-s3cret", project="demo")
        assert get(api, "/v2/events", token).status_code == 200
        cloud.freeze()
        try:
            assert get(api, "/v2/events", token).status_code == 200
        finally:
            cloud.thaw()
    finally:
        api.remove()


def test_no_secret_is_ever_written(api):
    assert "s3cret" not in api.output


def wait_for(condition, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not become true"
        time.sleep(0.1)
