"""Application credentials of the service user, by which it logs in without its password.

Keystone lets nobody make one but the user itself; to remove them an administrator will do. It is known by its name,
which is unique for a user, so that one that was deleted can be made again without anybody being told of another id.
"""

import dataclasses
import logging
from collections.abc import Collection
from http import HTTPStatus
from typing import Any, Final

from openstack import exceptions as sdk_refusals

from panko_operator.corrections import APPLICATION_CREDENTIAL, Correcting, Correction
from panko_operator.errors import ApplicationCredentialError, OwnershipConflictError
from panko_operator.keystone import marks
from panko_operator.keystone.session import lets_in, said
from panko_operator.world.values import KeystoneAdmin, Login, Owner, ServiceUser

# The login, what is under way at the same time, and what the server itself has trouble with are others' to tell.
_NOT_OURS: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.CONFLICT})

_log = logging.getLogger(__name__)


def ensure(api: Any, admin: KeystoneAdmin, user: ServiceUser, login: Login, *, correcting: Correcting) -> bool:
    """Have the credential; return False, and leave it, when it is of other roles or of another project.

    `api` is the user's own. Nothing of a credential can be changed: one whose secret is another is made again.
    """
    try:
        return _ensure(api, admin, user, login, correcting=correcting)
    except sdk_refusals.HttpException as error:
        status = int(error.status_code or 0)
        if status in _NOT_OURS or not HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
            raise
        raise _refused(admin, user, error) from None


def delete(api: Any, user_id: str, name: str, owner: Owner) -> bool:
    """Delete a credential of a user if it is this Panko's; return whether it was there. `api` is an administrator's."""
    try:
        found = _find(api, user_id, name)
    except sdk_refusals.NotFoundException:  # the user is gone, and took it along
        return False
    if found is None or not marks.is_applications_owner(found.description, owner):
        return False
    api.delete_application_credential(user_id, found)
    _log.info("application credential %s of Keystone user %s deleted", name, user_id)
    return True


def _ensure(api: Any, admin: KeystoneAdmin, user: ServiceUser, login: Login, *, correcting: Correcting) -> bool:
    user_id, name = api.session.get_user_id(), login.username
    live = _find(api, user_id, name)
    if live is not None:
        if not marks.is_applications_owner(live.description, user.owner):
            raise OwnershipConflictError(_foreign(user, name))
        if not _fits(api, user, live):
            return False
        if lets_in(admin, dataclasses.replace(user, application=login)):
            return True
        api.delete_application_credential(user_id, live)
    correcting(Correction(APPLICATION_CREDENTIAL, name, "secret" if live is not None else ""))
    api.create_application_credential(
        user_id,
        name,
        secret=login.password,
        roles=[{"name": role} for role in user.roles],
        unrestricted=False,
        description=marks.application(user.owner),
    )
    _log.info("application credential %s of Keystone user %s made", name, user.username)
    return True


def _find(api: Any, user_id: str, name: str) -> Any:
    return next((one for one in api.application_credentials(user_id, name=name) if one.name == name), None)


def _fits(api: Any, user: ServiceUser, live: Any) -> bool:
    # Keystone writes down with a role those that it implies, which the user has by it too.
    roles, may_have = {role["name"] for role in live.roles}, {*user.roles, *_roles_of_session(api)}
    of_the_spec = set(user.roles) <= roles <= may_have
    return of_the_spec and live.project_id == api.session.get_project_id() and not live.unrestricted


def _roles_of_session(api: Any) -> Collection[str]:
    """Return the user's roles, implied ones included."""
    names: Collection[str] = api.session.auth.get_access(api.session).role_names
    return names


def _foreign(user: ServiceUser, name: str) -> str:
    return (
        f"Keystone user {user.username} has an application credential {name} that is not this Panko's, and nothing was "
        "changed; delete it as that user, or write another spec.keystone.serviceUser."
    )


def _refused(admin: KeystoneAdmin, user: ServiceUser, error: Any) -> ApplicationCredentialError:
    words = said(getattr(error, "response", None))
    return ApplicationCredentialError(
        f"Keystone at {admin.auth_url} makes no application credential for the user {user.username} "
        f"({error.status_code}){words and f': {words}'}. Have it allow them, with the roles of spec.keystone.roles, or "
        "write spec.keystone.serviceAuth: Password."
    )
