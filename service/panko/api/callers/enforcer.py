"""Answers whether a caller may do something, by the rules of `panko.policies` and the policy file."""

import time
from collections.abc import Callable

from oslo_config import cfg
from oslo_policy import policy

from panko import policies
from panko.api.callers.credentials import Credentials
from panko.api.callers.memory import Memory
from panko.errors import ForbiddenError
from panko.filters import Scope

REFUSAL = "RBAC Authorization Failed"


# oslo.policy looks for its files with every question, which takes longer than the rest of a small request.
REMEMBERED_SECONDS = 5
REMEMBERED_VERDICTS = 4096


class Enforcer:
    """The policy of one process; the policy file is read again when it changes, and holds some seconds later."""

    def __init__(self, conf: cfg.ConfigOpts, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._rules = policy.Enforcer(conf)
        self._rules.register_defaults(policies.list_rules())
        self._verdicts = Memory(maximum=REMEMBERED_VERDICTS, clock=clock)

    def is_admin(self, credentials: Credentials) -> bool:
        """Tell whether the caller is not limited to their own acts."""
        return self._allows(policies.SEGREGATION, credentials)

    def require(self, rule: str, credentials: Credentials) -> None:
        """Raise ForbiddenError unless the rule allows the caller to."""
        if not self._allows(rule, credentials):
            raise ForbiddenError(REFUSAL)

    def scope(self, credentials: Credentials, *, admin: bool, all_tenants: bool) -> Scope:
        """Return the events that the caller sees. `all_tenants` is what an admin asked for."""
        whole_project = not admin and self._allows(policies.WHOLE_PROJECT, credentials)
        return credentials.scope(admin=admin, all_tenants=all_tenants, whole_project=whole_project)

    def scope_of_one(self, credentials: Credentials) -> Scope:
        """Return the events of which the caller may see one by its id."""
        admin = self.is_admin(credentials)
        all_tenants = admin and self._allows(policies.SHOW_ALL_TENANTS, credentials)
        return self.scope(credentials, admin=admin, all_tenants=all_tenants)

    def search_scope(self, credentials: Credentials, *, all_projects: bool) -> Scope:
        """Return the events that a search of the caller's finds: those that a list holds, unless a policy says more."""
        admin = self.is_admin(credentials)
        if all_projects and not admin:
            raise ForbiddenError("Only admins may ask for all projects. Ask without all_projects.")
        whole_project = not admin and self._allows(policies.SEARCH_PROJECT, credentials)
        return credentials.scope(admin=admin, all_tenants=all_projects, whole_project=whole_project)

    def _allows(self, rule: str, credentials: Credentials) -> bool:
        verdict: bool | None = self._verdicts.get((rule, credentials))
        if verdict is None:
            verdict = self._judge(rule, credentials)
            self._verdicts.set((rule, credentials), verdict, REMEMBERED_SECONDS)
        return verdict

    def _judge(self, rule: str, credentials: Credentials) -> bool:
        # oslo.policy takes a token without any scope for a project's.
        if not credentials.project_id:
            return False
        facts = {
            "roles": sorted(credentials.roles),
            "user_id": credentials.user_id,
            "project_id": credentials.project_id,
            "domain_id": credentials.domain_id,
            "system_scope": credentials.system_scope,
        }
        try:
            return bool(self._rules.enforce(rule, {}, facts))
        except policy.InvalidScope:
            return False
