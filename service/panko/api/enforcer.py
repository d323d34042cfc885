"""Answers whether a caller may do something, by the rules of `panko.policies` and the policy file."""

from oslo_config import cfg
from oslo_policy import policy

from panko import policies
from panko.api.credentials import Credentials
from panko.errors import ForbiddenError

REFUSAL = "RBAC Authorization Failed"


class Enforcer:
    """The policy of one process; the policy file is read again when it changes."""

    def __init__(self, conf: cfg.ConfigOpts) -> None:
        self._rules = policy.Enforcer(conf)
        self._rules.register_defaults(policies.list_rules())

    def is_admin(self, credentials: Credentials) -> bool:
        """Tell whether the caller is not limited to their own acts."""
        return self._allows(policies.SEGREGATION, credentials)

    def require(self, rule: str, credentials: Credentials) -> None:
        """Raise ForbiddenError unless the rule allows the caller to."""
        if not self._allows(rule, credentials):
            raise ForbiddenError(REFUSAL)

    def _allows(self, rule: str, credentials: Credentials) -> bool:
        facts = {
            "roles": sorted(credentials.roles),
            "user_id": credentials.user_id,
            "project_id": credentials.project_id,
        }
        try:
            return bool(self._rules.enforce(rule, {}, facts))
        except policy.InvalidScope:
            return False
