"""The gate of resources that belong to no project: only admins pass."""

import falcon

from panko.api.callers import credentials
from panko.api.callers.enforcer import Enforcer
from panko.api.messages import body
from panko.asking.v2 import refuse_arguments
from panko.errors import NotAuthorizedError


def require_admin(request: falcon.Request, enforcer: Enforcer) -> None:
    """Let an admin through who gives no arguments.

    The original let a token without a project through as well, and showed it everything; here it is a 403.
    """
    caller = credentials.from_environ(request.env)
    caller.require_project()
    if not enforcer.is_admin(caller):
        raise NotAuthorizedError(f"Not Authorized to access project {caller.project_id}")
    refuse_arguments(body.arguments(request))
