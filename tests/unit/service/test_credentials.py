"""Who callers are taken for."""

import pytest

from panko.api.callers import credentials
from panko.api.callers.credentials import Credentials
from panko.api.middleware.authentication.headers import strip_claims
from panko.errors import ForbiddenError
from panko.filters import Everything, OwnActs, ProjectAndOwnerless

ME = Credentials(user_id="u", project_id="p")


@pytest.mark.parametrize("roles", ["member,admin", "member, admin", " ADMIN ,member,"])
def test_roles_are_read_tolerantly(roles):
    assert credentials.from_headers({"HTTP_X_ROLES": roles}).roles == {"admin", "member"}


def test_header_of_a_token_without_a_project_is_no_project():
    environ = {"HTTP_X_ROLES": None, "HTTP_X_USER_ID": "u", "HTTP_X_PROJECT_ID": None}
    assert credentials.from_headers(environ) == Credentials(user_id="u")


@pytest.mark.parametrize(
    ("headers", "scope"),
    [
        ({"HTTP_X_DOMAIN_ID": "d"}, {"domain_id": "d"}),
        ({"HTTP_OPENSTACK_SYSTEM_SCOPE": "all"}, {"system_scope": "all"}),
    ],
)
def test_scope_of_a_token_is_known(headers, scope):
    assert credentials.from_headers({"HTTP_X_USER_ID": "u"} | headers) == Credentials(user_id="u", **scope)


def test_headers_alone_are_believed_by_nobody():
    environ = {"HTTP_X_ROLES": "admin", "HTTP_X_USER_ID": "u", "HTTP_X_PROJECT_ID": "p"}
    assert credentials.from_environ(environ) == Credentials()


@pytest.mark.parametrize("caller", [Credentials(), Credentials(user_id="u"), Credentials(project_id="p")])
def test_nobody_reads_without_user_and_project(caller):
    with pytest.raises(ForbiddenError, match="RBAC Authorization Failed"):
        caller.require_project()


def test_everybody_sees_their_own_acts():
    assert ME.scope(admin=False) == OwnActs("p", "u")
    assert ME.scope(admin=False, all_tenants=True) == OwnActs("p", "u")


def test_admin_sees_a_project_or_all():
    assert ME.scope(admin=True) == ProjectAndOwnerless("p")
    assert ME.scope(admin=True, all_tenants=True) == Everything()


def test_claims_are_stripped_and_proofs_stay():
    claims = {
        "HTTP_X_ROLES", "HTTP_X_ROLE", "HTTP_X_USER_ID", "HTTP_X_USER", "HTTP_X_PROJECT_ID", "HTTP_X_TENANT_ID",
        "HTTP_X_DOMAIN_ID", "HTTP_X_IDENTITY_STATUS", "HTTP_X_SERVICE_ROLES", "HTTP_X_SERVICE_CATALOG",
        "HTTP_X_SERVICE_IDENTITY_STATUS", "HTTP_X_IS_ADMIN_PROJECT", "HTTP_OPENSTACK_SYSTEM_SCOPE",
    }  # fmt: skip
    kept = {"HTTP_X_AUTH_TOKEN", "HTTP_X_SERVICE_TOKEN", "HTTP_HOST", "REQUEST_METHOD"}
    environ = dict.fromkeys(claims | kept, "x")
    strip_claims(environ)
    assert set(environ) == kept
