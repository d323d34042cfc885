"""What was found in Keystone, asked again only when what it depends on is another."""

import dataclasses
from collections.abc import Collection, Sequence
from typing import cast

from panko_operator.changes import Noting
from panko_operator.changes.remembered import RememberedDryRun
from panko_operator.corrections import Correcting, unnoticed
from panko_operator.verified.questions import Questions, digest_of
from panko_operator.world import Keystone
from panko_operator.world.values import Account, Endpoint, KeystoneAdmin, Login, Made, Owner, ServiceUser, Token


class VerifiedKeystone:
    """`world.Keystone`. What is removed is never remembered."""

    def __init__(self, server: Keystone, questions: Questions) -> None:
        self._server = server
        self._ask = questions.ask
        self._questions = questions

    def ensure_service_user(
        self, admin: KeystoneAdmin, user: ServiceUser, *, correcting: Correcting = unnoticed
    ) -> Account:
        """Have the user with its password and exactly its roles, and its project.

        A role that it has lost took its application credentials along, so nothing that was known of them holds.
        """

        def ensured() -> Account:
            account = self._server.ensure_service_user(admin, user, correcting=correcting)
            if account.changed:
                self._questions.answers.forget(self._questions.uid)
            return account

        return self._ask(
            f"service user {user.username}",
            (admin, user),
            ensured,
            again=lambda account: dataclasses.replace(account, changed=False),
        )

    def check_login(self, admin: KeystoneAdmin, user: ServiceUser) -> None:
        """Log the user in at its project and out again; that is never remembered."""
        self._server.check_login(admin, user)

    def delete_service_user(self, admin: KeystoneAdmin, user: ServiceUser) -> bool:
        """Delete the user if it is this Panko's."""
        return self._server.delete_service_user(admin, user)

    def ensure_application_credential(
        self,
        admin: KeystoneAdmin,
        user: ServiceUser,
        login: Login,
        *,
        after: str = "",
        correcting: Correcting = unnoticed,
    ) -> bool:
        """Have an application credential of the user; return whether it has the user's roles."""
        return self._ask(
            f"application credential {login.username}",
            (admin, user, login, after),
            lambda: self._server.ensure_application_credential(admin, user, login, after=after, correcting=correcting),
            holds=bool,
        )

    def delete_application_credential(self, admin: KeystoneAdmin, owner: Owner, *, user_id: str, name: str) -> bool:
        """Delete an application credential if it is this Panko's."""
        return self._server.delete_application_credential(admin, owner, user_id=user_id, name=name)

    def ensure_service(self, admin: KeystoneAdmin, *, correcting: Correcting = unnoticed) -> str:
        """Use the service of type `event`, or create `panko`; return its id."""
        return self._ask("service", (admin,), lambda: self._server.ensure_service(admin, correcting=correcting))

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
        return self._ask(
            "endpoints",
            (admin, service_id, tuple(endpoints), owner, tuple(known)),
            lambda: self._server.ensure_endpoints(
                admin, service_id, endpoints, owner=owner, known=known, correcting=correcting
            ),
        )

    def withdraw_endpoints(
        self, admin: KeystoneAdmin, owner: Owner, *, known: Collection[str], empty_service: bool
    ) -> int:
        """Delete this Panko's endpoints; return how many."""
        return self._ask(
            "endpoints",
            ("withdrawn", admin, owner, tuple(known), empty_service),
            lambda: self._server.withdraw_endpoints(admin, owner, known=known, empty_service=empty_service),
            again=lambda _: 0,
        )

    def remove_former(self, admin: KeystoneAdmin, owner: Owner, *, former: Made, kept: Made) -> None:
        """Delete by its id what an earlier spec had made."""
        self._server.remove_former(admin, owner, former=former, kept=kept)

    def catalogue(self, admin: KeystoneAdmin, token: Token) -> list[Endpoint]:
        """Return the endpoints of events; that is never remembered."""
        return self._server.catalogue(admin, token)

    def dry_run(self, noting: Noting) -> Keystone:
        """Return a Keystone that writes nothing, and what was found by which is believed as long as anything else."""
        return cast("Keystone", RememberedDryRun(self._server, self._ask, noting, digest=digest_of))
