"""Who is calling, and what they see.

Authentication in front of the API makes the Credentials; resources ask them. They ask nobody.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from panko.api.callers.confinement import Confinement
from panko.errors import ForbiddenError
from panko.event import Event
from panko.filters import Everything, OwnActs, ProjectAndOwnerless, Scope, WholeProject

# Where authentication leaves the Credentials. No header of a client can set this key.
ENVIRON_KEY = "panko.credentials"

HEADERS = {
    "user_id": "HTTP_X_USER_ID",
    "project_id": "HTTP_X_PROJECT_ID",
    "domain_id": "HTTP_X_DOMAIN_ID",
    "system_scope": "HTTP_OPENSTACK_SYSTEM_SCOPE",
    "roles": "HTTP_X_ROLES",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Credentials:
    """The caller. Roles are lower case.

    A publisher is an account that may store events, of its confinement where it has one, and do nothing else.

    A token is of a project, of a domain (`domain_id`), of the system (`system_scope`), or of nothing.
    """

    user_id: str = ""
    project_id: str = ""
    domain_id: str = ""
    system_scope: str = ""
    roles: frozenset[str] = frozenset()
    publisher: str | None = None
    confinement: Confinement | None = None
    sees_all_projects: bool = False

    def require_project(self) -> None:
        """Raise ForbiddenError unless the caller is a user in a project, whatever the roles."""
        if not (self.user_id and self.project_id):
            raise ForbiddenError("RBAC Authorization Failed")

    def require_own(self, events: Sequence[Event]) -> None:
        """Raise ForbiddenError unless the caller may store all of these events."""
        if self.publisher is not None and self.confinement is not None:
            self.confinement.require(events, publisher=self.publisher)

    def scope(self, *, admin: bool, all_tenants: bool = False, whole_project: bool = False) -> Scope:
        """Return the events that the caller sees; `all_tenants` counts for admins, `whole_project` for all others."""
        if not admin:
            if whole_project:
                return WholeProject(project_id=self.project_id)
            return OwnActs(project_id=self.project_id, user_id=self.user_id)
        if all_tenants or self.sees_all_projects:
            return Everything()
        return ProjectAndOwnerless(project_id=self.project_id)


def from_environ(environ: Mapping[str, Any]) -> Credentials:
    """Return the credentials of a request; whoever has passed no authentication is nobody."""
    credentials = environ.get(ENVIRON_KEY)
    return credentials if isinstance(credentials, Credentials) else Credentials()


def from_headers(environ: Mapping[str, Any]) -> Credentials:
    """Return what the identity headers say. Only authentication may believe them.

    What a token does not have keystonemiddleware sets to None, which is no text.
    """
    said = {field: (environ.get(header) or "").strip() for field, header in HEADERS.items()}
    return Credentials(
        user_id=said["user_id"],
        project_id=said["project_id"],
        domain_id=said["domain_id"],
        system_scope=said["system_scope"],
        # The original split without trimming, so that `member, admin` was no admin.
        roles=frozenset(role.strip().lower() for role in said["roles"].split(",") if role.strip()),
    )
