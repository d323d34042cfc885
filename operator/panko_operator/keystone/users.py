"""The service user: whose it is first of all, then its project, its password and exactly its roles.

Everything is read and judged before anything is written. Domains and roles are never made.
"""

import logging
from typing import Any

from openstack import exceptions as sdk_refusals

from panko_operator.corrections import KEYSTONE_PROJECT, KEYSTONE_USER, Correcting, Correction
from panko_operator.errors import NotInKeystoneError, ServiceUserNotOursError
from panko_operator.keystone import marks
from panko_operator.keystone.session import lets_in
from panko_operator.world.values import Account, KeystoneAdmin, Owner, ServiceUser

_log = logging.getLogger(__name__)


def ensure(api: Any, admin: KeystoneAdmin, user: ServiceUser, *, correcting: Correcting) -> Account:
    """Have the user, or use the one of somebody else that lets us in; raise ServiceUserNotOursError otherwise."""
    domain = _domain(api, user.user_domain, "userDomain")
    live = first(api.users(name=user.username, domain_id=domain.id))
    if live is not None and not _is_ours(admin, user, live):
        return _borrowed(admin, user, live)
    project_domain = _domain(api, user.project_domain, "projectDomain")
    roles = [_role(api, name) for name in user.roles]
    project, new_project = _project(api, user, project_domain)
    new_user = live is None
    if live is None:
        live = _create(api, user, domain_id=domain.id, project_id=project.id)
    new_roles = _have_exactly(api, roles, project_id=project.id, user_id=live.id)
    corrected = [] if new_user else _correct(api, admin, user, live=live)
    if new_project:
        correcting(Correction(KEYSTONE_PROJECT, user.project))
    for field in [""] if new_user else [*corrected, *(["roles"] if new_roles else [])]:
        correcting(Correction(KEYSTONE_USER, user.username, field))
    changed = new_project or new_user or new_roles or bool(corrected)
    if changed:
        _log.info("Keystone user %s is set up in project %s", user.username, user.project)
    return Account(str(live.id), str(project.id), owned=True, changed=changed)


def delete(api: Any, admin: KeystoneAdmin, user: ServiceUser) -> bool:
    """Delete the user, by its id when that is known, else by its name, if it is ours; return whether it was there."""
    live = _by_id(api, user.known_id) or _by_name(api, user)
    if live is None or not _is_ours(admin, user, live):
        return False
    api.delete_user(live)
    _log.info("Keystone user %s deleted", live.name)
    return True


def delete_by_id(api: Any, user_id: str, owner: Owner) -> None:
    """Delete a user that we once made, unless it has become another Panko's."""
    live = _by_id(api, user_id)
    if live is None or (marks.user_is_marked(live.description) and not marks.is_users_owner(live.description, owner)):
        return
    api.delete_user(live)
    _log.info("Keystone user %s deleted, which is no longer wanted", live.name)


def revoke(api: Any, *, user_id: str, project_id: str) -> None:
    """Take all roles of a user in a project."""
    if _by_id(api, user_id) is not None:
        _have_exactly(api, [], project_id=project_id, user_id=user_id)


def first(found: Any) -> Any:
    """Return the first of what was found, or None."""
    return next(iter(found), None)


def _is_ours(admin: KeystoneAdmin, user: ServiceUser, live: Any) -> bool:
    if marks.user_is_marked(live.description):
        return marks.is_users_owner(live.description, user.owner)
    # Nobody else knows the password that this Panko's Secret holds.
    of_first_release = marks.is_of_first_release(live.description, user.owner)
    return live.id == user.known_id or (of_first_release and lets_in(admin, user))


def _borrowed(admin: KeystoneAdmin, user: ServiceUser, live: Any) -> Account:
    if lets_in(admin, user):
        return Account(str(live.id), "", owned=False, changed=False)
    message = (
        f"Keystone user {user.username} of domain {user.user_domain} is not this Panko's: it "
        f"{marks.told(live.description)}, and the password here does not let it into project {user.project}. "
        "Nothing was changed; write another spec.keystone.serviceUser, or none, and a user of its own is made."
    )
    raise ServiceUserNotOursError(message)


def _create(api: Any, user: ServiceUser, *, domain_id: str, project_id: str) -> Any:
    attributes = {"name": user.username, "domain_id": domain_id, "default_project_id": project_id}
    return api.create_user(**attributes, password=user.password, description=marks.user(user.owner))


def _correct(api: Any, admin: KeystoneAdmin, user: ServiceUser, *, live: Any) -> list[str]:
    """Set what is not as it has to be; name it. The password only when it has to be: that revokes the user's tokens."""
    changes: dict[str, Any] = {}
    if live.description != marks.user(user.owner):
        changes["description"] = marks.user(user.owner)
    named = list(changes)
    if not lets_in(admin, user):
        named.append("password" if live.is_enabled else "enabled")
        changes |= {"password": user.password, "is_enabled": True}
    if changes:
        api.update_user(live, **changes)
    return named


def _have_exactly(api: Any, roles: list[Any], *, project_id: str, user_id: str) -> bool:
    wanted = {role.id for role in roles}
    live = {
        one.role["id"]
        for one in api.role_assignments(user_id=user_id, scope_project_id=project_id)
        if "OS-INHERIT:inherited_to" not in one.scope
    }
    for role_id in wanted - live:
        api.assign_project_role_to_user(project_id, user_id, role_id)
    for role_id in live - wanted:
        api.unassign_project_role_from_user(project_id, user_id, role_id)
        _log.info("role %s of Keystone user %s in project %s revoked", role_id, user_id, project_id)
    return wanted != live


def _project(api: Any, user: ServiceUser, domain: Any) -> tuple[Any, bool]:
    found = first(api.projects(name=user.project, domain_id=domain.id))
    return (found, False) if found else (api.create_project(name=user.project, domain_id=domain.id), True)


def _domain(api: Any, name: str, field: str) -> Any:
    found = first(api.domains(name=name))
    if found is None:
        message = (
            f"Keystone has no domain {name}; write the name of one in spec.keystone.{field}, or make it with "
            f"`openstack domain create {name}`."
        )
        raise NotInKeystoneError(message)
    return found


def _role(api: Any, name: str) -> Any:
    found = first(api.roles(name=name))
    if found is None:
        message = (
            f"Keystone has no role {name}; write one that exists in spec.keystone.roles, or make it with "
            f"`openstack role create {name}`."
        )
        raise NotInKeystoneError(message)
    return found


def _by_id(api: Any, user_id: str) -> Any:
    try:
        return api.get_user(user_id) if user_id else None
    except sdk_refusals.NotFoundException:
        return None


def _by_name(api: Any, user: ServiceUser) -> Any:
    domain = first(api.domains(name=user.user_domain))
    return first(api.users(name=user.username, domain_id=domain.id)) if domain else None
