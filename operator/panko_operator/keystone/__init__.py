"""The Keystone boundary: the service user, the service and its endpoints.

It changes only what this operator made: a user is marked by its description, an endpoint is known by its id or URL.
Somebody else's is left alone, and the error says what to do.
"""

import logging
from collections.abc import Sequence
from typing import Any, Final

from panko_operator.errors import KeystoneError, KeystoneLoginRefusedError
from panko_operator.keystone.session import identity, token
from panko_operator.world import Endpoint, KeystoneAdmin, ServiceUser

SERVICE_TYPE: Final = "event"
SERVICE_NAME: Final = "panko"

_log = logging.getLogger(__name__)


class KeystoneServer:
    """`world.Keystone` on a real Keystone. It logs in for each call."""

    def ensure_service_user(self, admin: KeystoneAdmin, user: ServiceUser) -> bool:
        """Create project, user, password and role assignments when absent; return whether anything changed."""
        with identity(admin) as api:
            project, new_project = _project(api, user)
            live, new_user = _user(api, user, project_id=project.id)
            new_roles = [_assign(api, role, project=project, user=live) for role in user.roles]
            new_password = not new_user and self._mend_password(admin, api, user, live=live)
        changed = new_project or new_user or new_password or any(new_roles)
        if changed:
            _log.info("Keystone user %s is set up in project %s", user.username, user.project)
        return changed

    def ensure_service(self, admin: KeystoneAdmin) -> str:
        """Create the service `panko` of type `event` when absent; return its id."""
        with identity(admin) as api:
            found = list(api.services(type=SERVICE_TYPE))
            named = [service for service in found if service.name == SERVICE_NAME] or found
            service = named[0] if named else _create_service(api)
            return str(service.id)

    def ensure_endpoints(self, admin: KeystoneAdmin, service_id: str, endpoints: Sequence[Endpoint]) -> list[Endpoint]:
        """Make the service's endpoints of this region be these; return them with their ids.

        An endpoint with another URL is changed when it is the one of the wanted endpoint's id, that is, ours. Raise
        KeystoneError when it is not.
        """
        with identity(admin) as api:
            _ensure_region(api, admin.region)
            live = list(api.endpoints(service_id=service_id, region_id=admin.region))
            return [
                _endpoint(api, wanted, service_id=service_id, region=admin.region, live=live) for wanted in endpoints
            ]

    def withdraw_endpoints(self, admin: KeystoneAdmin, urls: Sequence[str]) -> int:
        """Delete the `event` endpoints of this region with these URLs, then the service if it has none left."""
        withdrawn = 0
        with identity(admin) as api:
            for service in list(api.services(type=SERVICE_TYPE)):
                live = list(api.endpoints(service_id=service.id))
                ours = [entry for entry in live if entry.region_id == admin.region and entry.url in urls]
                for entry in ours:
                    api.delete_endpoint(entry)
                    _log.info("%s endpoint %s withdrawn from region %s", entry.interface, entry.url, entry.region_id)
                if ours and len(ours) == len(live):
                    api.delete_service(service)
                withdrawn += len(ours)
        return withdrawn

    def delete_service_user(self, admin: KeystoneAdmin, user: ServiceUser) -> bool:
        """Delete the user if this owner made it; return whether it did."""
        with identity(admin) as api:
            domain = _first(api.domains(name=user.user_domain))
            live = _first(api.users(name=user.username, domain_id=domain.id)) if domain else None
            if live is None or live.description != mark(user.owner):
                return False
            api.delete_user(live)
        _log.info("Keystone user %s deleted", user.username)
        return True

    @staticmethod
    def _mend_password(admin: KeystoneAdmin, api: Any, user: ServiceUser, *, live: Any) -> bool:
        try:
            token(admin, user)
        except KeystoneLoginRefusedError:
            if live.description != mark(user.owner):
                raise KeystoneError(_foreign_user(user)) from None
            api.update_user(live, password=user.password, is_enabled=True)
            return True
        return False


def mark(owner: str) -> str:
    """Describe a user as made for one Panko, `namespace/name`."""
    return f"Service user of Panko {owner}, made by panko-operator"


def _foreign_user(user: ServiceUser) -> str:
    return (
        f"Keystone user {user.username} of domain {user.user_domain} has another password and was not made for Panko "
        f"{user.owner}; delete that user, or choose another spec.keystone.serviceUser"
    )


def _project(api: Any, user: ServiceUser) -> tuple[Any, bool]:
    domain = _domain(api, user.project_domain)
    found = _first(api.projects(name=user.project, domain_id=domain.id))
    return (found, False) if found else (api.create_project(name=user.project, domain_id=domain.id), True)


def _user(api: Any, user: ServiceUser, *, project_id: str) -> tuple[Any, bool]:
    domain = _domain(api, user.user_domain)
    found = _first(api.users(name=user.username, domain_id=domain.id))
    if found:
        return found, False
    attributes = {"name": user.username, "domain_id": domain.id, "default_project_id": project_id}
    return api.create_user(**attributes, password=user.password, description=mark(user.owner)), True


def _domain(api: Any, name: str) -> Any:
    return _first(api.domains(name=name)) or api.create_domain(name=name)


def _assign(api: Any, name: str, *, project: Any, user: Any) -> bool:
    role = _first(api.roles(name=name)) or api.create_role(name=name)
    if api.validate_user_has_project_role(project, user, role):
        return False
    api.assign_project_role_to_user(project, user, role)
    return True


def _create_service(api: Any) -> Any:
    _log.info("Keystone service %s of type %s created", SERVICE_NAME, SERVICE_TYPE)
    return api.create_service(type=SERVICE_TYPE, name=SERVICE_NAME, description="Events of the cloud")


def _ensure_region(api: Any, region: str) -> None:
    if not any(found.id == region for found in api.regions()):
        api.create_region(id=region)


def _endpoint(api: Any, wanted: Endpoint, *, service_id: str, region: str, live: Sequence[Any]) -> Endpoint:
    same = [entry for entry in live if entry.interface == wanted.interface]
    kept = next((entry for entry in same if entry.url == wanted.url), None)
    if kept is None:
        kept = _replaced(api, wanted, same, service_id=service_id, region=region)
    elif not kept.is_enabled:
        api.update_endpoint(kept, is_enabled=True)
    return Endpoint(wanted.interface, wanted.url, str(kept.id))


def _replaced(api: Any, wanted: Endpoint, same: Sequence[Any], *, service_id: str, region: str) -> Any:
    ours = next((entry for entry in same if entry.id == wanted.id), None)
    if ours is not None:
        return api.update_endpoint(ours, url=wanted.url, is_enabled=True)
    if same:
        message = (
            f"Region {region} already has the {wanted.interface} endpoint {same[0].url} for events; remove it with "
            f"`openstack endpoint delete {same[0].id}`, or choose another spec.keystone.region"
        )
        raise KeystoneError(message)
    _log.info("%s endpoint %s published in region %s", wanted.interface, wanted.url, region)
    return api.create_endpoint(
        service_id=service_id, region_id=region, interface=wanted.interface, url=wanted.url, is_enabled=True
    )


def _first(found: Any) -> Any:
    return next(iter(found), None)
