"""keystone and event_api against a real Keystone."""

import dataclasses
import itertools
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx
import pytest

from panko_operator.errors import (
    EventAPIError,
    KeystoneError,
    KeystoneLoginRefusedError,
    KeystoneUnreachableError,
    NotInKeystoneError,
    OwnershipConflictError,
    ServiceUserNotOursError,
)
from panko_operator.event_api import EventAPIClient
from panko_operator.keystone import KeystoneServer
from panko_operator.keystone.session import token
from panko_operator.world.values import Endpoint, Made, Owner, ServiceUser

# The SDK calls parts of itself that it deprecates.
pytestmark = pytest.mark.filterwarnings("ignore::openstack.warnings.RemovedInSDK50Warning")
NUMBERS = itertools.count(1)
URL = "http://panko.test:8777"
OWNER = Owner("cluster-1", "openstack/panko", "uid-1")
NEIGHBOUR = Owner("cluster-2", "openstack/panko", "uid-2")  # of the same name, in another cluster of the same cloud
FIRST_RELEASE = "Service user of Panko openstack/panko, made by panko-operator"


@pytest.fixture
def server():
    return KeystoneServer()


@pytest.fixture
def admin(admin_in):
    """The administrator, with a region of the test's own."""
    return admin_in(f"Region{next(NUMBERS)}")


@pytest.fixture
def user():
    return ServiceUser(
        username=f"panko-{next(NUMBERS)}",
        password="s3cret",
        user_domain="Default",
        project="service",
        project_domain="Default",
        roles=("service",),
        owner=OWNER,
    )


@pytest.fixture
def clean(server, admin):
    """No endpoint and no service is left of tests before."""
    for owner in (OWNER, NEIGHBOUR):
        withdraw(server, admin, owner=owner)


def wanted(url=URL):
    return [Endpoint(interface, url) for interface in ("public", "internal", "admin")]


def publish(server, admin, url=URL, *, owner=OWNER, known=()):
    """Publish the endpoints of a Panko; return their ids."""
    service = server.ensure_service(admin)
    return [one.id for one in server.ensure_endpoints(admin, service, wanted(url), owner=owner, known=known)]


def withdraw(server, admin, *, owner=OWNER, known=(), empty_service=True):
    return server.withdraw_endpoints(admin, owner, known=known, empty_service=empty_service)


def endpoints(keystone, region):
    found = keystone.request("GET", f"/endpoints?region_id={region}")["endpoints"]
    return {endpoint["interface"]: endpoint["url"] for endpoint in found}


def foreign_endpoint(keystone, admin, service, url=URL, interface="public"):
    """Make an endpoint as a person does; return its id."""
    if admin.region not in {region["id"] for region in keystone.request("GET", "/regions")["regions"]}:
        keystone.request("POST", "/regions", {"region": {"id": admin.region}})
    attributes = {"service_id": service, "region_id": admin.region, "interface": interface, "url": url}
    return keystone.request("POST", "/endpoints", {"endpoint": attributes})["endpoint"]["id"]


def described(keystone, name, description):
    """Give a user another description."""
    user_id = user_named(keystone, name)["id"]
    keystone.request("PATCH", f"/users/{user_id}", {"user": {"description": description}})


def user_named(keystone, name):
    return next(iter(keystone.request("GET", f"/users?name={name}")["users"]), None)


def everything(keystone):
    """Return all that Keystone holds of what the operator may write."""
    kinds = ("users", "projects", "domains", "roles", "role_assignments", "services", "endpoints", "regions")
    with httpx.Client(headers={"X-Auth-Token": keystone.admin_token()}, timeout=30) as client:
        return {kind: client.get(f"{keystone.url}/{kind}").json()[kind] for kind in kinds}


def roles_of(keystone, user):
    """Return the names of a service user's roles in its project."""
    (project,) = keystone.request("GET", f"/projects?name={user.project}")["projects"]
    path = f"/projects/{project['id']}/users/{user_named(keystone, user.username)['id']}/roles"
    return {role["name"] for role in keystone.request("GET", path)["roles"]}


# The service user


def test_the_service_user_can_log_in_and_a_second_call_changes_nothing(server, admin, user):
    assert server.ensure_service_user(admin, user).changed
    before = token(admin, user)
    assert not server.ensure_service_user(admin, user).changed
    assert before


def test_where_tokens_are_validated_is_told_by_the_catalogue(server, admin, user, keystone):
    of_the_region = dataclasses.replace(admin, region="RegionOne")
    assert server.ensure_service_user(of_the_region, user).identity_url == keystone.url
    assert server.ensure_service_user(admin, user).identity_url == ""  # a region without a Keystone of its own


def test_a_user_that_follows_another_works_beside_it_and_revokes_nothing(server, admin, user, keystone):
    server.ensure_service_user(admin, user)
    before, follower = token(admin, user), dataclasses.replace(user, username=f"{user.username}-ab12", password="other")
    server.ensure_service_user(admin, follower)
    server.check_login(admin, follower)
    assert roles_of(keystone, follower) == roles_of(keystone, user)
    assert _is_valid(keystone, before.id)
    server.check_login(admin, user)
    assert server.delete_service_user(admin, user)
    server.check_login(admin, follower)
    assert not server.delete_service_user(admin, user)
    assert server.delete_service_user(admin, follower)


def test_a_user_that_cannot_log_in_is_told(server, admin, user):
    with pytest.raises(KeystoneLoginRefusedError, match=user.username):
        server.check_login(admin, user)


def test_a_token_survives_a_pass(server, admin, user, keystone):
    server.ensure_service_user(admin, user)
    before = token(admin, user)
    server.ensure_service_user(admin, user)
    assert _is_valid(keystone, before.id)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"user_domain": "Nowhere"}, r"no domain Nowhere; .*spec\.keystone\.userDomain"),
        ({"project_domain": "Nowhere"}, r"no domain Nowhere; .*spec\.keystone\.projectDomain"),
        ({"roles": ("service", "watcher")}, r"no role watcher; .*spec\.keystone\.roles"),
    ],
    ids=["user domain", "project domain", "role"],
)
def test_a_domain_or_role_that_is_absent_is_named_and_nothing_is_made(server, admin, user, keystone, change, told):
    before = everything(keystone)
    with pytest.raises(NotInKeystoneError, match=told):
        server.ensure_service_user(admin, dataclasses.replace(user, project="unmade", **change))
    assert everything(keystone) == before


def test_a_project_that_is_absent_is_made(server, admin, user):
    user = dataclasses.replace(user, project=f"events-{next(NUMBERS)}")
    assert server.ensure_service_user(admin, user).changed
    assert token(admin, user)


def test_another_password_is_set(server, admin, user):
    server.ensure_service_user(admin, user)
    rotated = dataclasses.replace(user, password="another")
    assert server.ensure_service_user(admin, rotated).changed
    assert token(admin, rotated)
    with pytest.raises(KeystoneLoginRefusedError):
        token(admin, user)


def test_a_user_of_somebody_else_is_refused_before_anything_is_written(server, admin, user, keystone):
    keystone.add_user(user.username, "theirs")
    greedy = dataclasses.replace(user, project="admin", roles=("admin",))
    before = everything(keystone)
    with pytest.raises(ServiceUserNotOursError, match=r"write another spec\.keystone\.serviceUser") as caught:
        server.ensure_service_user(admin, greedy)
    assert everything(keystone) == before
    assert "delete" not in str(caught.value)
    assert keystone.token(user.username, "theirs")


def test_the_user_of_a_panko_of_another_cluster_is_refused(server, admin, user):
    server.ensure_service_user(admin, user)
    neighbour = dataclasses.replace(user, password="another", owner=NEIGHBOUR)
    with pytest.raises(ServiceUserNotOursError, match="openstack/panko of the cluster cluster-1"):
        server.ensure_service_user(admin, neighbour)
    assert token(admin, user)
    assert server.delete_service_user(admin, neighbour) is False
    assert token(admin, user)


def test_a_user_of_somebody_else_may_be_used_with_its_password_and_stays_theirs(server, admin, user, keystone):
    keystone.add_user(user.username, user.password, project=user.project, roles=["service"])
    before = everything(keystone)
    account = server.ensure_service_user(admin, dataclasses.replace(user, roles=("service", "admin")))
    assert (account.owned, account.changed) == (False, False)
    assert server.delete_service_user(admin, user) is False
    assert everything(keystone) == before


def test_the_user_of_the_first_release_is_marked_anew_when_our_password_lets_in(server, admin, user, keystone):
    server.ensure_service_user(admin, user)
    described(keystone, user.username, FIRST_RELEASE)
    assert server.ensure_service_user(admin, user).owned
    assert "cluster cluster-1, uid uid-1" in user_named(keystone, user.username)["description"]


def test_the_user_of_the_first_release_is_refused_with_another_password(server, admin, user, keystone):
    server.ensure_service_user(admin, user)
    described(keystone, user.username, FIRST_RELEASE)
    neighbour = dataclasses.replace(user, password="another", owner=NEIGHBOUR)
    with pytest.raises(ServiceUserNotOursError, match="may be another cluster's"):
        server.ensure_service_user(admin, neighbour)
    assert server.delete_service_user(admin, neighbour) is False
    assert token(admin, user)
    assert server.delete_service_user(admin, user) is True


def test_a_user_that_the_status_remembers_is_marked_anew(server, admin, user, keystone):
    account = server.ensure_service_user(admin, user)
    described(keystone, user.username, "")
    rotated = dataclasses.replace(user, password="another", known_id=account.id)
    assert server.ensure_service_user(admin, rotated).owned
    assert "cluster cluster-1" in user_named(keystone, user.username)["description"]


def test_a_panko_that_is_made_again_is_the_heir_of_its_user(server, admin, user):
    server.ensure_service_user(admin, user)
    again = dataclasses.replace(user, password="new", owner=dataclasses.replace(OWNER, uid="uid-9"))
    assert server.ensure_service_user(admin, again).owned
    assert token(admin, again)


def test_a_role_that_is_no_longer_wanted_is_revoked(server, admin, user, keystone):
    server.ensure_service_user(admin, dataclasses.replace(user, roles=("admin", "service")))
    assert roles_of(keystone, user) == {"admin", "service"}
    assert server.ensure_service_user(admin, user).changed
    assert roles_of(keystone, user) == {"service"}
    assert token(admin, user)


def test_only_the_owner_deletes_the_user(server, admin, user):
    server.ensure_service_user(admin, user)
    other = dataclasses.replace(user, owner=dataclasses.replace(OWNER, panko="other/panko"))
    assert server.delete_service_user(admin, other) is False
    assert token(admin, user)
    assert server.delete_service_user(admin, user) is True
    assert server.delete_service_user(admin, user) is False


# The service


def test_there_is_one_service_however_often_it_is_asked_for(server, admin, keystone):
    assert server.ensure_service(admin) == server.ensure_service(admin)
    (service,) = keystone.request("GET", "/services?type=event")["services"]
    assert service["name"] == "panko"


@pytest.mark.usefixtures("clean")
def test_pankos_that_come_at_the_same_moment_share_one_service(server, admin, keystone):
    with ThreadPoolExecutor(4) as pool:
        ids = set(pool.map(lambda _: server.ensure_service(admin), range(4)))
    (service,) = keystone.request("GET", "/services?type=event")["services"]
    assert ids == {service["id"]}


def test_several_services_are_a_conflict_and_nothing_is_touched(server, admin, keystone):
    service = server.ensure_service(admin)
    other = keystone.request("POST", "/services", {"service": {"type": "event", "name": "panko"}})["service"]["id"]
    before = everything(keystone)
    try:
        with pytest.raises(OwnershipConflictError, match="keep the one that has endpoints") as caught:
            server.ensure_service(admin)
        assert service in str(caught.value)
        assert everything(keystone) == before
    finally:
        keystone.request("DELETE", f"/services/{other}")


@pytest.mark.usefixtures("clean")
def test_a_service_of_somebody_else_is_used_and_stays(server, admin, keystone):
    theirs = {"type": "event", "name": "panko", "description": "ours since 2015"}
    service = keystone.request("POST", "/services", {"service": theirs})["service"]["id"]
    try:
        assert server.ensure_service(admin) == service
        publish(server, admin)
        assert withdraw(server, admin) == 3
        assert keystone.request("GET", f"/services/{service}")["service"]["description"] == "ours since 2015"
    finally:
        keystone.request("DELETE", f"/services/{service}")


@pytest.mark.usefixtures("clean")
def test_the_service_goes_with_its_last_endpoint_and_not_before(server, admin, keystone):
    other = dataclasses.replace(admin, region=f"{admin.region}-other")
    publish(server, admin)
    publish(server, other, owner=NEIGHBOUR)
    withdraw(server, admin)
    assert len(endpoints(keystone, other.region)) == 3
    withdraw(server, other, owner=NEIGHBOUR)
    assert keystone.request("GET", "/services?type=event")["services"] == []


@pytest.mark.usefixtures("clean")
def test_a_service_that_is_new_is_left_to_who_made_it(server, admin, keystone):
    server.ensure_service(admin)
    withdraw(server, admin, empty_service=False)
    assert len(keystone.request("GET", "/services?type=event")["services"]) == 1
    withdraw(server, admin, empty_service=True)
    assert keystone.request("GET", "/services?type=event")["services"] == []


# The endpoints


@pytest.mark.usefixtures("clean")
def test_endpoints_are_published_kept_and_withdrawn(server, admin, keystone):
    first = publish(server, admin)
    assert publish(server, admin) == first
    assert endpoints(keystone, admin.region) == dict.fromkeys(("public", "internal", "admin"), URL)
    assert withdraw(server, admin) == 3
    assert withdraw(server, admin) == 0
    assert endpoints(keystone, admin.region) == {}


def test_an_endpoint_of_ours_follows_its_url(server, admin, keystone):
    ids = publish(server, admin)
    assert publish(server, admin, "https://events.test") == ids
    assert set(endpoints(keystone, admin.region).values()) == {"https://events.test"}


@pytest.mark.usefixtures("clean")
@pytest.mark.parametrize("url", ["http://theirs.test:8977", URL], ids=["another URL", "the same URL"])
def test_the_endpoints_of_another_cluster_are_not_taken_over(server, admin, keystone, url):
    publish(server, admin, url, owner=NEIGHBOUR)
    before = everything(keystone)
    with pytest.raises(OwnershipConflictError, match=r"spec\.keystone\.publish: false"):
        publish(server, admin)
    assert withdraw(server, admin) == 0
    assert everything(keystone) == before


def test_a_conflict_at_one_interface_is_found_before_another_is_written(server, admin, keystone):
    service = server.ensure_service(admin)
    foreign_endpoint(keystone, admin, service, "http://theirs.test", interface="admin")
    before = everything(keystone)
    with pytest.raises(OwnershipConflictError, match=r"the admin endpoint http://theirs\.test"):
        publish(server, admin)
    assert everything(keystone) == before


@pytest.mark.usefixtures("clean")
def test_an_endpoint_that_somebody_made_just_so_is_used_and_stays_theirs(server, admin, keystone):
    theirs = foreign_endpoint(keystone, admin, server.ensure_service(admin))
    found = server.ensure_endpoints(admin, server.ensure_service(admin), wanted(), owner=OWNER, known=())
    assert [one.owned for one in found] == [False, True, True]
    assert withdraw(server, admin) == 2
    (left,) = keystone.request("GET", f"/endpoints?region_id={admin.region}")["endpoints"]
    assert left["id"] == theirs
    keystone.request("DELETE", f"/endpoints/{theirs}")


@pytest.mark.usefixtures("clean")
def test_the_endpoints_of_the_first_release_are_marked_by_their_ids(server, admin, keystone):
    service = server.ensure_service(admin)
    known = [
        foreign_endpoint(keystone, admin, service, "http://old.test", interface)
        for interface in ("public", "internal", "admin")
    ]
    assert publish(server, admin, known=known) == known
    assert publish(server, admin, "http://third.test") == known  # by their mark now
    assert withdraw(server, admin) == 3


@pytest.mark.usefixtures("clean")
def test_what_a_pass_that_died_has_published_is_withdrawn(server, admin, keystone):
    publish(server, admin, "http://url-of-before.test")
    assert withdraw(server, admin, known=()) == 3
    assert endpoints(keystone, admin.region) == {}


def test_a_double_of_ours_is_removed(server, admin, keystone):
    first, *_ = publish(server, admin)
    (mark,) = {
        one["panko_operator"] for one in keystone.request("GET", f"/endpoints?region_id={admin.region}")["endpoints"]
    }
    double = foreign_endpoint(keystone, admin, server.ensure_service(admin), "http://double.test")
    keystone.request("PATCH", f"/endpoints/{double}", {"endpoint": {"panko_operator": mark}})
    assert first in publish(server, admin)
    assert len(keystone.request("GET", f"/endpoints?region_id={admin.region}")["endpoints"]) == 3


def test_the_mark_of_an_endpoint_tells_readers_of_the_catalogue_nothing(server, admin, keystone):
    publish(server, admin)
    shown = str(keystone.request("GET", f"/endpoints?region_id={admin.region}"))
    assert "panko_operator" in shown
    assert not any(word in shown for word in (OWNER.cluster_id, OWNER.panko, OWNER.uid))


def test_an_endpoint_that_was_disabled_is_enabled(server, admin, keystone):
    for id_ in publish(server, admin):
        keystone.request("PATCH", f"/endpoints/{id_}", {"endpoint": {"enabled": False}})
    publish(server, admin)
    found = keystone.request("GET", f"/endpoints?region_id={admin.region}")["endpoints"]
    assert all(endpoint["enabled"] for endpoint in found)


# What an earlier spec made


def made(admin, account, ids=()):
    return Made(admin.auth_url, account.id, account.project_id, tuple(ids))


def test_the_user_of_an_earlier_spec_is_deleted_by_its_id(server, admin, user, keystone):
    old = server.ensure_service_user(admin, user)
    new = server.ensure_service_user(admin, dataclasses.replace(user, username=f"{user.username}-new"))
    server.remove_former(admin, OWNER, former=made(admin, old), kept=made(admin, new))
    server.remove_former(admin, OWNER, former=made(admin, old), kept=made(admin, new))
    assert user_named(keystone, user.username) is None
    assert user_named(keystone, f"{user.username}-new")


def test_a_user_that_has_become_anothers_is_not_deleted_by_its_id(server, admin, user, keystone):
    old = server.ensure_service_user(admin, dataclasses.replace(user, owner=NEIGHBOUR))
    server.remove_former(admin, OWNER, former=made(admin, old), kept=Made(admin.auth_url))
    assert user_named(keystone, user.username)


def test_the_same_keystone_under_another_url_loses_nothing(server, admin, user, keystone):
    account, ids = server.ensure_service_user(admin, user), publish(server, admin)
    server.remove_former(admin, OWNER, former=made(admin, account, ids), kept=made(admin, account, ids))
    assert token(admin, user)
    assert len(endpoints(keystone, admin.region)) == 3


def test_the_roles_in_a_project_of_before_are_revoked(server, admin, user, keystone):
    old = server.ensure_service_user(admin, user)
    moved = dataclasses.replace(user, project=f"events-{next(NUMBERS)}")
    new = server.ensure_service_user(admin, moved)
    server.remove_former(admin, OWNER, former=made(admin, old), kept=made(admin, new))
    assert roles_of(keystone, user) == set()
    assert roles_of(keystone, moved) == {"service"}


def test_the_endpoints_in_a_keystone_of_before_are_withdrawn(server, admin, keystone):
    ids = publish(server, admin)
    server.remove_former(admin, OWNER, former=Made(admin.auth_url, "", "", tuple(ids)), kept=Made("http://new"))
    assert endpoints(keystone, admin.region) == {}


# Refusals


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
        ((503, b'{"error_message": {"faultstring": "the database\\nis away"}}'), "answered 503: the database is away;"),
        ((503, b"the database is away"), "answered 503; look"),
        ((200, b"<html>"), "answered 200; look"),
        ((404, b'{"error_message": {"faultstring": ["listed"]}}'), "answered 404; look"),
        ((403, b"Forbidden by the gateway"), "answered 403; look"),
        ((403, b'{"error_message": "by something else"}'), "answered 403; look"),
        ((401, REFUSAL), "answered 401"),
        ((503, REFUSAL), "answered 503"),
    ],
)
def test_any_other_answer_is_an_error_with_the_words_of_the_api_alone(server, admin, user, api, answer, said):
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


# What others have changed


def told_of(ensure):
    """Do something that corrects; return what it said, sorted."""
    told = []
    ensure(told.append)
    return sorted((one.subject, one.field) for one in told)


def test_what_had_to_be_corrected_about_the_user_is_told(server, admin, user, keystone):
    def corrected():
        return told_of(lambda tell: server.ensure_service_user(admin, user, correcting=tell))

    subject = f"KeystoneUser {user.username}"
    assert corrected()[-1] == (subject, "")  # after the project, where there was none
    assert corrected() == []
    (live,) = keystone.request("GET", f"/users?name={user.username}")["users"]
    keystone.request("PATCH", f"/users/{live['id']}", {"user": {"enabled": False}})
    assert corrected() == [(subject, "enabled")]
    keystone.request("PATCH", f"/users/{live['id']}", {"user": {"password": "somebody's"}})
    assert corrected() == [(subject, "password")]
    assert corrected() == []


@pytest.mark.usefixtures("clean")
def test_what_had_to_be_corrected_in_the_catalogue_is_told_and_ids_stay(server, admin, keystone):
    ids = []

    def corrected():
        def ensure(tell):
            service = server.ensure_service(admin, correcting=tell)
            found = server.ensure_endpoints(admin, service, wanted(), owner=OWNER, known=ids, correcting=tell)
            ids[:] = [one.id for one in found]

        return told_of(ensure)

    made = [what for what, _ in corrected() if what.startswith("KeystoneEndpoint")]  # the service may be there already
    assert made == ["KeystoneEndpoint admin", "KeystoneEndpoint internal", "KeystoneEndpoint public"]
    before = list(ids)
    assert corrected() == []
    elsewhere = f"Region{next(NUMBERS)}"
    keystone.request("POST", "/regions", {"region": {"id": elsewhere}})
    for id_, change in zip(before, ({"url": "http://x"}, {"enabled": False}, {"region_id": elsewhere}), strict=True):
        keystone.request("PATCH", f"/endpoints/{id_}", {"endpoint": change})
    service = server.ensure_service(admin)
    keystone.request("PATCH", f"/services/{service}", {"service": {"enabled": False}})
    assert corrected() == [
        ("KeystoneEndpoint admin", "region"),
        ("KeystoneEndpoint internal", "enabled"),
        ("KeystoneEndpoint public", "url"),
        ("KeystoneService panko", "enabled"),
    ]
    assert ids == before
    assert corrected() == []
