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
SEARCH = "telemetry:events:search"
SEARCH_PROJECT = "telemetry:events:search:whole_project"
FRESHNESS_OF_ALL = "telemetry:events:freshness:all_projects"
SHOW_ALL_TENANTS = "telemetry:events:show:all_tenants"

NOBODY = "!"
# Events belong to projects: a token of a domain or of the system is no token for any of this.
SCOPES = ["project"]
SEARCHES: list[policy.Operation] = [
    {"path": path, "method": "GET"}
    for path in (
        "/v2/search/events",
        "/v2/search/histogram",
        "/v2/search/facets",
        "/v2/search/operations",
        "/v2/search/freshness",
        "/v2/resources/{resource_id}/events",
        "/v2/requests/{request_id}/events",
    )
]

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
    policy.DocumentedRuleDefault(
        name=SEARCH,
        check_str=f"rule:{INDEX}",
        scope_types=SCOPES,
        description="Search and count events, search operations, and ask for the history of a resource and the trace "
        "of a request.",
        operations=SEARCHES,
    ),
    policy.DocumentedRuleDefault(
        name=SEARCH_PROJECT,
        check_str=f"rule:{WHOLE_PROJECT}",
        scope_types=SCOPES,
        description="Search all events of one's project instead of one's own acts alone, without the traits that are "
        "for admins ([api] admin_traits). For those who are no admins.",
        operations=SEARCHES,
    ),
    policy.DocumentedRuleDefault(
        name=FRESHNESS_OF_ALL,
        check_str=f"rule:{CONTEXT_IS_ADMIN} or role:service",
        scope_types=SCOPES,
        description="Ask when the last event of all projects was generated, by service, and how many there are a "
        "minute. It shows no event.",
        operations=[{"path": "/v2/search/freshness", "method": "GET"}],
    ),
)


def list_rules() -> list[policy.RuleDefault]:
    """List the rules, for oslopolicy-sample-generator and for registration."""
    return list(RULES)
