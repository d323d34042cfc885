"""Questions that many ask, as filters. Pure."""

import dataclasses

DELETED = (
    *("compute.instance.delete.*", "volume.delete.*", "snapshot.delete.*", "image.delete", "network.delete.*"),
    *("subnet.delete.*", "port.delete.*", "router.delete.*", "floatingip.delete.*", "security_group.delete.*"),
    *("orchestration.stack.delete.*", "identity.user.deleted", "identity.project.deleted"),
)
# Of the middleware that writes down each request to an API.
CALLS = "audit.http.*"


@dataclasses.dataclass(frozen=True, slots=True)
class Query:
    """A filter, and what it is called."""

    title: str
    filter: str


BUILT_IN = (
    Query("Failures", "outcome:failed"),
    Query("Deletions", f"type:{','.join(DELETED)}"),
    Query("Identity changes", "type:identity.* -type:identity.authenticate"),
    Query("Failed logins", "type:identity.authenticate outcome:failed"),
    Query("Requests that were refused", f"type:{CALLS} outcome:failed"),
)
