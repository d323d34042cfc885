"""Application credentials of the service user on a real Keystone, up to the configuration that the API reads."""

import dataclasses
import itertools

import httpx
import pytest
from keystoneauth1 import loading
from keystoneauth1.exceptions import Unauthorized
from oslo_config import cfg

from fakes import crd
from panko_operator.children import config
from panko_operator.children.text import ini
from panko_operator.errors import (
    ApplicationCredentialError,
    KeystoneError,
    KeystoneLoginRefusedError,
    OwnershipConflictError,
)
from panko_operator.keystone import KeystoneServer
from panko_operator.keystone.session import token
from panko_operator.resource import Panko
from panko_operator.world.values import Login, Owner, ServiceUser

# The SDK calls parts of itself that it deprecates.
pytestmark = pytest.mark.filterwarnings("ignore::openstack.warnings.RemovedInSDK50Warning")
NUMBERS = itertools.count(1)
OWNER = Owner("cluster-1", "openstack/panko", "uid-1")
NEIGHBOUR = Owner("cluster-2", "openstack/panko", "uid-2")
FIRST, SECOND = Login("panko-first", "first secret of the credential"), Login("panko-second", "second secret of it")


@pytest.fixture
def server():
    return KeystoneServer()


@pytest.fixture
def admin(admin_in):
    return admin_in("RegionOne")


@pytest.fixture
def user(server, admin):
    """The service user, who is there with its roles; it is gone in the end."""
    user = ServiceUser(
        username=f"panko-by-credential-{next(NUMBERS)}",
        password="s3cret",
        user_domain="Default",
        project="service",
        project_domain="Default",
        roles=("service",),
        owner=OWNER,
    )
    server.ensure_service_user(admin, user)
    yield user
    server.delete_service_user(admin, user)


@pytest.fixture
def user_id(keystone, user):
    return keystone.request("GET", f"/users?name={user.username}")["users"][0]["id"]


class Told(list):
    """Corrections that were told, by name and field."""

    def __call__(self, correction):
        self.append((correction.name, correction.field))


@pytest.fixture
def told():
    return Told()


def by(user, login):
    return dataclasses.replace(user, application=login)


def there(keystone, user_id):
    return {
        one["name"]: one
        for one in keystone.request("GET", f"/users/{user_id}/application_credentials")["application_credentials"]
    }


def test_it_logs_in_with_the_roles_of_the_spec_and_can_make_no_other(server, admin, user, user_id, keystone):
    assert server.ensure_application_credential(admin, user, FIRST)
    server.check_login(admin, by(user, FIRST))
    made = there(keystone, user_id)[FIRST.username]
    assert ([role["name"] for role in made["roles"]], made["unrestricted"]) == (["service"], False)
    headers = {"X-Auth-Token": token(admin, by(user, FIRST)).id}
    another = {"application_credential": {"name": "another"}}
    path = f"{keystone.url}/users/{user_id}/application_credentials"
    assert httpx.post(path, json=another, headers=headers, timeout=30).status_code == 403


def test_a_second_call_changes_nothing(server, admin, user, user_id, keystone, told):
    server.ensure_application_credential(admin, user, FIRST)
    before = there(keystone, user_id)
    assert server.ensure_application_credential(admin, user, FIRST, correcting=told)
    assert (there(keystone, user_id), told) == (before, [])


def test_another_follows_it_and_both_work_until_the_first_is_deleted(server, admin, user, user_id):
    for login in (FIRST, SECOND):
        server.ensure_application_credential(admin, user, login)
    first = token(admin, by(user, FIRST))
    assert first
    server.check_login(admin, by(user, SECOND))
    assert server.delete_application_credential(admin, OWNER, user_id=user_id, name=FIRST.username)
    assert not server.delete_application_credential(admin, OWNER, user_id=user_id, name=FIRST.username)
    server.check_login(admin, by(user, SECOND))
    with pytest.raises(KeystoneLoginRefusedError):
        server.check_login(admin, by(user, FIRST))


def test_one_that_somebody_deleted_is_made_again_under_the_same_login(server, admin, user, user_id, told):
    server.ensure_application_credential(admin, user, FIRST)
    server.delete_application_credential(admin, OWNER, user_id=user_id, name=FIRST.username)
    assert server.ensure_application_credential(admin, user, FIRST, correcting=told)
    server.check_login(admin, by(user, FIRST))
    assert told == [(FIRST.username, "")]


def test_a_role_that_the_user_lost_takes_it_along_and_both_come_back(server, admin, user, user_id, keystone, told):
    server.ensure_application_credential(admin, user, FIRST)
    (project,) = keystone.request("GET", "/projects?name=service")["projects"]
    role = keystone.add_role("service")
    keystone.request("DELETE", f"/projects/{project['id']}/users/{user_id}/roles/{role}")
    with pytest.raises(KeystoneLoginRefusedError):
        server.check_login(admin, by(user, FIRST))
    server.ensure_service_user(admin, user, correcting=told)
    assert server.ensure_application_credential(admin, user, FIRST, correcting=told)
    server.check_login(admin, by(user, FIRST))
    assert told[0] == (user.username, "roles")  # some releases of Keystone delete the credential as well


def test_another_secret_is_put_right(server, admin, user, told):
    server.ensure_application_credential(admin, user, Login(FIRST.username, "somebody has written another one"))
    assert server.ensure_application_credential(admin, user, FIRST, correcting=told)
    server.check_login(admin, by(user, FIRST))
    assert told == [(FIRST.username, "secret")]


def test_one_with_roles_that_the_wanted_ones_imply_is_as_wanted(server, admin, user, user_id, keystone):
    member = dataclasses.replace(user, roles=("service", "member"))  # which is a reader too
    server.ensure_service_user(admin, member)
    assert server.ensure_application_credential(admin, member, FIRST)
    made = there(keystone, user_id)[FIRST.username]["id"]
    assert server.ensure_application_credential(admin, member, FIRST)
    assert there(keystone, user_id)[FIRST.username]["id"] == made


def test_one_of_other_roles_is_left_and_told(server, admin, user, user_id, keystone):
    server.ensure_application_credential(admin, user, FIRST)
    more = dataclasses.replace(user, roles=("service", "reader"))
    keystone.add_role("reader")
    server.ensure_service_user(admin, more)
    assert not server.ensure_application_credential(admin, more, FIRST)
    assert server.ensure_application_credential(admin, more, SECOND)
    found = there(keystone, user_id)
    assert len(found[FIRST.username]["roles"]) == 1
    server.check_login(admin, by(more, FIRST))
    server.check_login(admin, by(more, SECOND))


def test_one_that_is_not_ours_is_neither_used_nor_deleted(server, admin, user, user_id, keystone):
    server.ensure_application_credential(admin, dataclasses.replace(user, owner=NEIGHBOUR), FIRST)
    with pytest.raises(OwnershipConflictError, match=r"serviceUser"):
        server.ensure_application_credential(admin, user, FIRST)
    assert not server.delete_application_credential(admin, OWNER, user_id=user_id, name=FIRST.username)
    assert FIRST.username in there(keystone, user_id)


def test_a_credential_that_keystone_does_not_make_is_told_with_what_to_do(server, admin, user, user_id, keystone):
    keystone.add_role("reader")
    with pytest.raises(ApplicationCredentialError, match=r"spec\.keystone\.serviceAuth: Password") as refused:
        server.ensure_application_credential(admin, dataclasses.replace(user, roles=("reader",)), FIRST)
    assert FIRST.password not in str(refused.value)
    assert there(keystone, user_id) == {}


def test_a_user_takes_its_credentials_along(server, admin, user, user_id):
    server.ensure_application_credential(admin, user, FIRST)
    assert server.delete_service_user(admin, user)
    assert not server.delete_application_credential(admin, OWNER, user_id=user_id, name=FIRST.username)
    with pytest.raises(KeystoneError):
        server.check_login(admin, by(user, FIRST))


def test_the_configuration_of_the_api_logs_in_and_validates_tokens(server, admin, user, user_id, keystone, tmp_path):
    server.ensure_application_credential(admin, user, FIRST)
    body = crd.sample("minimal")
    body["spec"]["keystone"] |= {"authURL": keystone.url, "serviceAuth": "ApplicationCredential"}
    inputs = config.ConfigInputs(Login("api", "p"), user.login, "cache", "hash", application=FIRST)
    rendered = config.authtoken(Panko.from_body(crd.live(body)), inputs)
    assert user.password not in str(rendered)
    (tmp_path / "panko.conf").write_text(ini.render({"keystone_authtoken": rendered}))
    conf = cfg.ConfigOpts()
    conf(["--config-file", str(tmp_path / "panko.conf")], project="panko")
    loading.register_auth_conf_options(conf, "keystone_authtoken")
    loading.register_session_conf_options(conf, "keystone_authtoken")
    plugin = loading.load_auth_from_conf_options(conf, "keystone_authtoken")
    session = loading.load_session_from_conf_options(conf, "keystone_authtoken", auth=plugin)
    subject = {"X-Subject-Token": keystone.admin_token()}
    assert session.get(f"{keystone.url}/auth/tokens", headers=subject).status_code == 200
    server.delete_application_credential(admin, OWNER, user_id=user_id, name=FIRST.username)
    plugin.invalidate()
    with pytest.raises(Unauthorized):
        session.get_token()
