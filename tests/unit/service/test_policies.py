"""Who may do what, by default and by a policy file."""

import os

import pytest

from panko import policies
from panko.api.callers.credentials import Credentials
from panko.api.callers.enforcer import REMEMBERED_SECONDS, Enforcer
from panko.errors import ForbiddenError
from panko.filters import Everything, OwnActs, ProjectAndOwnerless, WholeProject

NONE, MEMBER, SERVICE, ADMIN = (
    Credentials(user_id="u", project_id="p", roles=frozenset(roles))
    for roles in ((), {"member"}, {"service"}, {"admin"})
)


def may(enforcer, rule, caller) -> bool:
    try:
        enforcer.require(rule, caller)
    except ForbiddenError:
        return False
    return True


@pytest.mark.parametrize(
    ("caller", "reads", "creates", "admin"),
    [(NONE, True, False, False), (MEMBER, True, False, False), (SERVICE, True, True, False), (ADMIN, True, True, True)],
)
@pytest.mark.parametrize("options", ["", "enforce_new_defaults = true", "enforce_new_defaults = false"])
def test_defaults(make_conf, options, caller, reads, creates, admin):
    enforcer = Enforcer(make_conf(f"[oslo_policy]\n{options}\n"))
    assert may(enforcer, policies.INDEX, caller) == may(enforcer, policies.SHOW, caller) == reads
    assert may(enforcer, policies.CREATE, caller) == creates
    assert enforcer.is_admin(caller) == admin


@pytest.mark.parametrize(
    "scope",
    [{}, {"domain_id": "d"}, {"system_scope": "all"}, {"project_id": "p", "domain_id": "d"},
     {"project_id": "p", "system_scope": "all"}],
    ids=["nothing", "domain", "system", "project and domain", "project and system"],
)  # fmt: skip
@pytest.mark.parametrize("policy", ["", '"telemetry:events:create": "@"\n'], ids=["default", "everybody"])
def test_only_a_token_of_a_project_may_do_anything(make_conf, tmp_path, scope, policy):
    (tmp_path / "policy.yaml").write_text(policy)
    enforcer = Enforcer(make_conf("[oslo_policy]\npolicy_file = policy.yaml\n"))
    caller = Credentials(user_id="u", roles=frozenset({"admin", "service"}), **scope)
    assert not any(may(enforcer, rule.name, caller) for rule in policies.RULES if rule.scope_types)
    assert not enforcer.is_admin(caller)


def test_changed_policy_file_holds_some_seconds_later(make_conf, tmp_path):
    now = [0.0]
    (tmp_path / "policy.yaml").write_text('"telemetry:events:index": "!"\n')
    enforcer = Enforcer(make_conf("[oslo_policy]\npolicy_file = policy.yaml\n"), clock=lambda: now[0])
    assert not may(enforcer, policies.INDEX, MEMBER)
    (tmp_path / "policy.yaml").write_text('"telemetry:events:index": "@"\n')
    os.utime(tmp_path / "policy.yaml", (1, 2_000_000_000))
    now[0] += REMEMBERED_SECONDS
    assert may(enforcer, policies.INDEX, MEMBER)


def test_wider_views_are_off_unless_a_policy_grants_them(make_conf, tmp_path):
    enforcer = Enforcer(make_conf())
    assert enforcer.scope(MEMBER, admin=False, all_tenants=True) == enforcer.scope_of_one(MEMBER) == OwnActs("p", "u")
    assert enforcer.scope_of_one(ADMIN) == ProjectAndOwnerless("p")
    (tmp_path / "policy.yaml").write_text(
        '"telemetry:events:whole_project": "role:reader or role:admin"\n"telemetry:events:show:all_tenants": "@"\n'
    )
    enforcer = Enforcer(make_conf("[oslo_policy]\npolicy_file = policy.yaml\n"))
    reader = Credentials(user_id="u", project_id="p", roles=frozenset({"reader"}))
    assert enforcer.scope(reader, admin=False, all_tenants=True) == enforcer.scope_of_one(reader) == WholeProject("p")
    assert enforcer.scope_of_one(MEMBER) == OwnActs("p", "u")
    assert enforcer.scope_of_one(ADMIN) == Everything()
    assert enforcer.scope(ADMIN, admin=True, all_tenants=False) == ProjectAndOwnerless("p")


def test_policy_file_overrides(make_conf, tmp_path):
    (tmp_path / "policy.yaml").write_text(
        '"telemetry:events:index": "rule:context_is_admin"\n"context_is_admin": "role:auditor"\n'
    )
    enforcer = Enforcer(make_conf("[oslo_policy]\npolicy_file = policy.yaml\n"))
    auditor = Credentials(user_id="u", project_id="p", roles=frozenset({"auditor"}))
    assert may(enforcer, policies.INDEX, auditor)
    assert enforcer.is_admin(auditor)
    assert not may(enforcer, policies.INDEX, MEMBER)
    assert not may(enforcer, policies.INDEX, ADMIN)
    assert may(enforcer, policies.SHOW, MEMBER)
