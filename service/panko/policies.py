"""The rules of who may do what, as defaults that a policy file overrides.

Data only: `panko.api.callers.enforcer` evaluates them.
"""

from oslo_policy import policy

CONTEXT_IS_ADMIN = "context_is_admin"
SEGREGATION = "segregation"
INDEX = "telemetry:events:index"
SHOW = "telemetry:events:show"
CREATE = "telemetry:events:create"
WHOLE_PROJECT = "telemetry:events:whole_project"
SHOW_ALL_TENANTS = "telemetry:events:show:all_tenants"

NOBODY = "!"
# Events belong to projects: a token of a domain or of the system is no token for any of this.
SCOPES = ["project"]

RULES = (
    policy.RuleDefault(
        name=CONTEXT_IS_ADMIN,
        check_str="role:admin",
        description="Decides who is an admin.",
    ),
    # Not `role:admin and system_scope:all` as in the original's last release: that was OR-ed with a deprecated default
    # which oslo.policy no longer evaluates, and would leave nobody an admin.
    policy.RuleDefault(
        name=SEGREGATION,
        check_str=f"rule:{CONTEXT_IS_ADMIN}",
        scope_types=SCOPES,
        description="Decides who sees a whole project, may ask for all projects, and may list types and traits.",
    ),
    policy.DocumentedRuleDefault(
        name=INDEX,
        check_str="",
        scope_types=SCOPES,
        description="List events.",
        operations=[{"path": "/v2/events", "method": "GET"}],
    ),
    policy.DocumentedRuleDefault(
        name=SHOW,
        check_str="",
        scope_types=SCOPES,
        description="Show an event.",
        operations=[{"path": "/v2/events/{message_id}", "method": "GET"}],
    ),
    policy.DocumentedRuleDefault(
        name=CREATE,
        check_str=f"rule:{CONTEXT_IS_ADMIN} or role:service",
        scope_types=SCOPES,
        description="Store events. Accounts of the htpasswd file may always do so.",
        operations=[{"path": "/v2/events", "method": "POST"}],
    ),
    policy.DocumentedRuleDefault(
        name=WHOLE_PROJECT,
        check_str=NOBODY,
        scope_types=SCOPES,
        description="See all events of one's project instead of one's own acts alone. For those who are no admins.",
        operations=[{"path": "/v2/events", "method": "GET"}, {"path": "/v2/events/{message_id}", "method": "GET"}],
    ),
    policy.DocumentedRuleDefault(
        name=SHOW_ALL_TENANTS,
        check_str=NOBODY,
        scope_types=SCOPES,
        description="Show an event of any project by its id. Asked for admins only, who may list all projects anyway.",
        operations=[{"path": "/v2/events/{message_id}", "method": "GET"}],
    ),
)


def list_rules() -> list[policy.RuleDefault]:
    """List the rules, for oslopolicy-sample-generator and for registration."""
    return list(RULES)
