"""The Keystone boundary: the service user, the service and its endpoints.

It changes only what this Panko's operator made: users and endpoints are marked with the Panko and its cluster.
Somebody else's is left alone, and the error says what to do.
"""

import dataclasses
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from functools import partial
from threading import Lock
from typing import Any

from panko_operator.changes import Noting
from panko_operator.corrections import KEYSTONE_SERVICE, Correcting, Correction, unnoticed
from panko_operator.keystone import applications, catalog, users
from panko_operator.keystone.dry_run import Rehearsal
from panko_operator.keystone.session import acting_as, identity, identity_url, token, told_catalogue
from panko_operator.world.values import Account, Endpoint, KeystoneAdmin, Login, Made, Owner, ServiceUser, Token


class KeystoneServer:
    """`world.Keystone` on a real Keystone. It logs in for each call."""

    def __init__(self, opened: Callable[[KeystoneAdmin], AbstractContextManager[Any]] = identity) -> None:
        """Take what logs the administrator in and hands out the SDK's identity proxy."""
        self._opened = opened
        self._creating = Lock()  # two Pankos that are made at the same time share one service

    def ensure_service_user(
        self, admin: KeystoneAdmin, user: ServiceUser, *, correcting: Correcting = unnoticed
    ) -> Account:
        """Have the user with its password and exactly its roles, and its project."""
        with self._opened(admin) as api:
            account = users.ensure(api, admin, user, correcting=correcting)
            return dataclasses.replace(account, identity_url=identity_url(api, admin))

    def check_login(self, admin: KeystoneAdmin, user: ServiceUser) -> None:
        """Log the user in at its project and out again."""
        token(admin, user)

    def delete_service_user(self, admin: KeystoneAdmin, user: ServiceUser) -> bool:
        """Delete the user if it is this Panko's; return whether it was there."""
        with self._opened(admin) as api:
            return users.delete(api, admin, user)

    def ensure_application_credential(
        self,
        admin: KeystoneAdmin,
        user: ServiceUser,
        login: Login,
        *,
        after: str = "",  # noqa: ARG002 -- the one of before is another one
        correcting: Correcting = unnoticed,
    ) -> bool:
        """Have an application credential of the user; return whether it has the user's roles."""
        with self._opened_by(admin, user) as api:
            return applications.ensure(api, admin, user, login, correcting=correcting)

    def delete_application_credential(self, admin: KeystoneAdmin, owner: Owner, *, user_id: str, name: str) -> bool:
        """Delete an application credential if it is this Panko's; return whether it was there."""
        with self._opened(admin) as api:
            return applications.delete(api, user_id, name, owner)

    def ensure_service(self, admin: KeystoneAdmin, *, correcting: Correcting = unnoticed) -> str:
        """Use the service of type `event`, whoever made it, or create `panko`; return its id."""
        with self._opened(admin) as api:
            found = catalog.find_service(api)
            if found is None:
                correcting(Correction(KEYSTONE_SERVICE, catalog.SERVICE_NAME))
                with self._creating:
                    found = catalog.find_service(api) or catalog.create_service(api)
            catalog.enable(api, found, correcting)
            return str(found.id)

    def ensure_endpoints(
        self,
        admin: KeystoneAdmin,
        service_id: str,
        endpoints: Sequence[Endpoint],
        *,
        owner: Owner,
        known: Collection[str],
        correcting: Correcting = unnoticed,
    ) -> list[Endpoint]:
        """Make this Panko's endpoints of the region be these; return them with their ids."""
        with self._opened(admin) as api:
            ours = catalog.Ours(owner, known)
            return catalog.ensure(api, service_id, endpoints, region=admin.region, ours=ours, correcting=correcting)

    def withdraw_endpoints(
        self, admin: KeystoneAdmin, owner: Owner, *, known: Collection[str], empty_service: bool
    ) -> int:
        """Delete this Panko's endpoints, then a service of ours that has none left; return how many."""
        with self._opened(admin) as api:
            return catalog.withdraw(api, catalog.Ours(owner, known), empty_service=empty_service)

    def remove_former(self, admin: KeystoneAdmin, owner: Owner, *, former: Made, kept: Made) -> None:
        """Delete by its id what an earlier spec had made and the present one does not use."""
        with self._opened(admin) as api:
            catalog.withdraw_by_id(api, owner, set(former.endpoint_ids) - set(kept.endpoint_ids))
            if former.user_id != kept.user_id:
                users.delete_by_id(api, former.user_id, owner)
            elif former.user_id and former.project_id != kept.project_id:
                users.revoke(api, user_id=former.user_id, project_id=former.project_id)

    def catalogue(self, admin: KeystoneAdmin, token: Token) -> list[Endpoint]:
        """Return the endpoints of events in the region as who has this token is told of them."""
        return catalog.told(told_catalogue(admin, token), admin.region)

    def dry_run(self, noting: Noting) -> "KeystoneServer":
        """Return a Keystone that reads from this one, and notes what it would write instead of writing it."""
        return _DryKeystoneServer(Rehearsal(noting), self._opened)

    def _opened_by(self, admin: KeystoneAdmin, user: ServiceUser) -> AbstractContextManager[Any]:
        return acting_as(admin, user)


class _DryKeystoneServer(KeystoneServer):
    """All of the same, on sessions that send no write."""

    def __init__(self, rehearsal: Rehearsal, opened: Callable[[KeystoneAdmin], AbstractContextManager[Any]]) -> None:
        super().__init__(partial(rehearsal.opened, opened))
        self._rehearsal = rehearsal

    def check_login(self, admin: KeystoneAdmin, user: ServiceUser) -> None:
        """Log the user in at its project and out again, unless its login would be a new one."""
        if not self._would_make(user, user.application):
            super().check_login(admin, user)

    def ensure_application_credential(
        self,
        admin: KeystoneAdmin,
        user: ServiceUser,
        login: Login,
        *,
        after: str = "",
        correcting: Correcting = unnoticed,
    ) -> bool:
        """Have an application credential of the user, which nobody can log in as before it is there."""
        if self._would_make(user):
            self._rehearsal.would_give(login.username)
            return True
        return super().ensure_application_credential(admin, user, login, after=after, correcting=correcting)

    def _opened_by(self, admin: KeystoneAdmin, user: ServiceUser) -> AbstractContextManager[Any]:
        return self._rehearsal.opened(lambda _admin: acting_as(admin, user), admin)

    def _would_make(self, user: ServiceUser, login: Login | None = None) -> bool:
        names = {user.username} | ({login.username} if login else set())
        return any(map(self._rehearsal.would_make, names))
