"""keystone and event_api against a real Keystone."""

import dataclasses
import itertools
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx
import pytest

from panko_operator.errors import EventAPIError, KeystoneError, KeystoneLoginRefusedError, KeystoneUnreachableError
from panko_operator.event_api import EventAPIClient
from panko_operator.keystone import KeystoneServer
from panko_operator.keystone.session import token
from panko_operator.world import Endpoint, KeystoneAdmin, ServiceUser

# The SDK calls parts of itself that it deprecates.
pytestmark = pytest.mark.filterwarnings("ignore::openstack.warnings.RemovedInSDK50Warning")
NUMBERS = itertools.count(1)
URL = "http://panko.test:8777"


@pytest.fixture
def server():
    return KeystoneServer()


@pytest.fixture
def admin(keystone):
    """The administrator, with a region of the test's own."""
    return KeystoneAdmin(
        auth_url=keystone.url,
        username=keystone.admin_username,
        password=keystone.admin_password,
        project_name=keystone.admin_project,
        user_domain_name="Default",
        project_domain_name="Default",
        region=f"Region{next(NUMBERS)}",
    )


@pytest.fixture
def user():
    return ServiceUser(
        username=f"panko-{next(NUMBERS)}",
        password="s3cret",
        user_domain="Default",
        project="service",
        project_domain="Default",
        roles=("service",),
        owner="openstack/panko",
    )


def wanted(url=URL, **ids):
    return [Endpoint(interface, url, ids.get(interface, "")) for interface in ("public", "internal", "admin")]


def endpoints(keystone, region):
    found = keystone.request("GET", f"/endpoints?region_id={region}")["endpoints"]
    return {endpoint["interface"]: endpoint["url"] for endpoint in found}


def test_the_service_user_can_log_in_and_a_second_call_changes_nothing(server, admin, user):
    assert server.ensure_service_user(admin, user) is True
    before = token(admin, user)
    assert server.ensure_service_user(admin, user) is False
    assert before


def test_a_token_survives_a_pass(server, admin, user, keystone):
    server.ensure_service_user(admin, user)
    before = token(admin, user)
    server.ensure_service_user(admin, user)
    assert _is_valid(keystone, before)


def test_a_domain_project_and_role_that_are_absent_are_made(server, admin, user):
    domain = f"domain-{next(NUMBERS)}"
    user = dataclasses.replace(
        user, user_domain=domain, project_domain=domain, project="events", roles=("service", "watcher")
    )
    assert server.ensure_service_user(admin, user) is True
    assert token(admin, user)


def test_another_password_is_set(server, admin, user):
    server.ensure_service_user(admin, user)
    rotated = dataclasses.replace(user, password="another")
    assert server.ensure_service_user(admin, rotated) is True
    assert token(admin, rotated)
    with pytest.raises(KeystoneLoginRefusedError):
        token(admin, user)


def test_a_user_of_somebody_else_keeps_its_password(server, admin, user, keystone):
    keystone.add_user(user.username, "theirs")
    with pytest.raises(KeystoneError, match=r"choose another spec\.keystone\.serviceUser"):
        server.ensure_service_user(admin, user)
    assert keystone.token(user.username, "theirs")


def test_a_user_of_somebody_else_may_be_used_with_its_password(server, admin, user, keystone):
    keystone.add_user(user.username, user.password)
    server.ensure_service_user(admin, user)
    assert token(admin, user)


def test_only_the_owner_deletes_the_user(server, admin, user):
    server.ensure_service_user(admin, user)
    assert server.delete_service_user(admin, dataclasses.replace(user, owner="other/panko")) is False
    assert token(admin, user)
    assert server.delete_service_user(admin, user) is True
    assert server.delete_service_user(admin, user) is False


def test_there_is_one_service_however_often_it_is_asked_for(server, admin, keystone):
    assert server.ensure_service(admin) == server.ensure_service(admin)
    (service,) = keystone.request("GET", "/services?type=event")["services"]
    assert service["name"] == "panko"


def test_endpoints_are_published_kept_and_withdrawn(server, admin, keystone):
    service = server.ensure_service(admin)
    first = server.ensure_endpoints(admin, service, wanted())
    assert server.ensure_endpoints(admin, service, wanted()) == first
    assert endpoints(keystone, admin.region) == dict.fromkeys(("public", "internal", "admin"), URL)
    assert server.withdraw_endpoints(admin, [URL]) == 3
    assert server.withdraw_endpoints(admin, [URL]) == 0
    assert endpoints(keystone, admin.region) == {}


def test_an_endpoint_of_ours_follows_its_url(server, admin, keystone):
    service = server.ensure_service(admin)
    ids = {endpoint.interface: endpoint.id for endpoint in server.ensure_endpoints(admin, service, wanted())}
    moved = server.ensure_endpoints(admin, service, wanted("https://events.test", **ids))
    assert {endpoint.interface: endpoint.id for endpoint in moved} == ids
    assert set(endpoints(keystone, admin.region).values()) == {"https://events.test"}


def test_an_endpoint_of_somebody_else_is_not_taken_over(server, admin, keystone):
    service = server.ensure_service(admin)
    server.ensure_endpoints(admin, service, wanted("http://theirs.test:8977"))
    with pytest.raises(KeystoneError, match="openstack endpoint delete"):
        server.ensure_endpoints(admin, service, wanted())
    assert server.withdraw_endpoints(admin, [URL]) == 0
    assert set(endpoints(keystone, admin.region).values()) == {"http://theirs.test:8977"}


def test_an_endpoint_that_was_disabled_is_enabled(server, admin, keystone):
    service = server.ensure_service(admin)
    for endpoint in server.ensure_endpoints(admin, service, wanted()):
        keystone.request("PATCH", f"/endpoints/{endpoint.id}", {"endpoint": {"enabled": False}})
    server.ensure_endpoints(admin, service, wanted())
    found = keystone.request("GET", f"/endpoints?region_id={admin.region}")["endpoints"]
    assert all(endpoint["enabled"] for endpoint in found)


def test_the_service_stays_while_another_region_has_endpoints(server, admin, keystone):
    service = server.ensure_service(admin)
    other = dataclasses.replace(admin, region=f"{admin.region}-other")
    server.ensure_endpoints(admin, service, wanted())
    server.ensure_endpoints(other, service, wanted())
    server.withdraw_endpoints(admin, [URL])
    assert len(endpoints(keystone, other.region)) == 3


def test_a_wrong_password_is_a_refusal_that_does_not_show_it(server, admin):
    with pytest.raises(KeystoneLoginRefusedError, match="refuses the user admin") as caught:
        server.ensure_service(dataclasses.replace(admin, password="hunter2"))
    assert "hunter2" not in str(caught.value)


def test_an_address_without_version_does_as_well(server, admin):
    assert server.ensure_service(dataclasses.replace(admin, auth_url=admin.auth_url.removesuffix("/v3") + "/"))


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/v3", "http://keystone.invalid/v3"])
def test_a_keystone_that_is_not_there_is_unreachable(server, admin, url):
    with pytest.raises(KeystoneUnreachableError, match="does not answer"):
        server.ensure_service(dataclasses.replace(admin, auth_url=url))


def test_a_user_without_rights_is_told_so(server, admin, user):
    server.ensure_service_user(admin, user)
    powerless = dataclasses.replace(admin, username=user.username, password=user.password, project_name=user.project)
    with pytest.raises(KeystoneError, match="refused a request"):
        server.ensure_service(powerless)


class API(BaseHTTPRequestHandler):
    """Answers what its server says, and remembers the token."""

    def do_GET(self):
        self.server.tokens.append(self.headers["X-Auth-Token"])
        status, body = self.server.answer
        self.send_response(status)
        if self.server.request_id:
            self.send_header("X-Openstack-Request-Id", self.server.request_id)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments):
        """Keep the test's output clean."""


@pytest.fixture
def api():
    server = ThreadingHTTPServer(("127.0.0.1", 0), API)
    server.tokens, server.answer, server.request_id = [], (200, b"[]"), "req-1"
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_api_is_asked_with_a_token_of_the_service_user(server, admin, user, api, keystone):
    server.ensure_service_user(admin, user)
    EventAPIClient(token).query(f"http://127.0.0.1:{api.server_port}", admin, user)
    (sent,) = api.tokens
    assert _is_valid(keystone, sent)


REFUSAL = b'{"error_message":{"faultcode":"Client","faultstring":"RBAC Authorization Failed","debuginfo":null}}'


def test_an_api_whose_policy_refuses_the_service_user_works(server, admin, user, api):
    server.ensure_service_user(admin, user)
    api.answer = 403, REFUSAL
    EventAPIClient(token).query(f"http://127.0.0.1:{api.server_port}", admin, user)


def test_a_refusal_by_somebody_before_the_api_is_an_error(server, admin, user, api):
    server.ensure_service_user(admin, user)
    api.answer, api.request_id = (403, REFUSAL), None
    with pytest.raises(EventAPIError, match="answered 403"):
        EventAPIClient(token).query(f"http://127.0.0.1:{api.server_port}", admin, user)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((503, b"the database\nis away"), "answered 503: the database is away"),
        ((200, b"<html>"), "answered 200: <html>"),
        ((403, b"Forbidden by the gateway"), "answered 403: Forbidden by the gateway"),
        ((403, b'{"error_message": "by something else"}'), "answered 403"),
        ((401, REFUSAL), "answered 401"),
        ((503, REFUSAL), "answered 503"),
    ],
)
def test_any_other_answer_is_an_error_with_its_first_words(server, admin, user, api, answer, said):
    server.ensure_service_user(admin, user)
    api.answer = answer
    with pytest.raises(EventAPIError, match=said):
        EventAPIClient(token).query(f"http://127.0.0.1:{api.server_port}", admin, user)


def test_a_service_where_nobody_listens_is_an_error(server, admin, user):
    server.ensure_service_user(admin, user)
    with pytest.raises(EventAPIError, match="does not answer"):
        EventAPIClient(token).query("http://127.0.0.1:9", admin, user)


def test_no_token_is_an_error_of_the_query(admin, user):
    with pytest.raises(EventAPIError, match="gets no token"):
        EventAPIClient(token).query("http://127.0.0.1:9", admin, user)


def _is_valid(keystone, value):
    headers = {"X-Auth-Token": keystone.admin_token(), "X-Subject-Token": value}
    return httpx.get(f"{keystone.url}/auth/tokens", headers=headers, timeout=30).status_code == 200
