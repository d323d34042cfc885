"""`world.Database` for a dry run: it asks another one, and notes what would be written instead of writing it.

What was noted is there for whoever asks after it: a database that would be created is not asked, for it is not there.
"""

from collections.abc import Callable, Sequence

from panko_operator.changes import Action, Change, Noting, Place, SchemaSize
from panko_operator.corrections import DATABASE, DATABASE_ACCOUNT, Correcting, Correction, unnoticed
from panko_operator.errors import DatabaseLoginRefusedError
from panko_operator.world import Database
from panko_operator.world.values import DatabaseAddress, Login, Owner


class DryDatabase:
    """A Database before another one, of which nothing but reads is asked.

    `is_made_up` tells of a password that no server can know; `will_sync` whether a schema Job would run.
    """

    def __init__(
        self,
        server: Database,
        noting: Noting,
        *,
        is_made_up: Callable[[str], bool],
        will_sync: Callable[[], bool],
    ) -> None:
        self._server = server
        self._noting = noting
        self._is_made_up = is_made_up
        self._will_sync = will_sync
        self._created: set[DatabaseAddress] = set()
        self._made: set[str] = set()  # accounts as they would be
        self._dropped: set[str] = set()

    def ensure_database(
        self,
        address: DatabaseAddress,
        admin: Login,
        owner: Owner,
        *,
        adopt: bool,
        begun: bool = False,  # noqa: ARG002 -- what a dead pass has left is marked as well
        creating: Callable[[], None] | None = None,  # noqa: ARG002 -- nothing is
    ) -> bool:
        """Note that the database would be created, or marked; return whether it would be created."""
        if address in self._created:
            return False
        if self._server.has_database(address, admin):
            self.claim(address, admin, owner, adopt=adopt)
            return False
        self._note(Action.CREATE, DATABASE, address.name)
        self._created.add(address)
        return True

    def claim(self, address: DatabaseAddress, login: Login, owner: Owner, *, adopt: bool) -> None:
        """Note that the database would be marked."""
        if self._server.needs_mark(address, login, owner, adopt=adopt):
            self._note(Action.CHANGE, DATABASE, address.name, ("owner",))

    def has_schema(self, address: DatabaseAddress, login: Login, *, revision: str = "") -> bool:
        """Tell whether there would be a schema, and of a revision."""
        if self._will_sync():
            return True
        return address not in self._created and self._server.has_schema(address, login, revision=revision)

    def origin(self, address: DatabaseAddress, admin: Login, owner: Owner) -> str | None:
        """Return how this Panko came to its database."""
        return self._server.origin(address, admin, owner)

    def ensure_account(
        self,
        address: DatabaseAddress,
        admin: Login,
        account: Login,
        *,
        role: str,
        after: str = "",  # noqa: ARG002 -- what goes on working is not changed
        correcting: Correcting = unnoticed,
    ) -> bool:
        """Note what would be set up of the account; return whether anything would be."""
        if account.username in self._made:
            return False
        exists = account.username not in self._dropped and self._server.has_account(address, admin, account.username)
        wrong = self._wrong(address, admin, account, role=role) if exists else ("",)
        for field in wrong:
            correcting(Correction(DATABASE_ACCOUNT, account.username, field))
        if wrong:
            self._note(
                Action.CHANGE if exists else Action.CREATE, DATABASE_ACCOUNT, account.username, wrong if exists else ()
            )
            self._made.add(account.username)
        return bool(wrong)

    def has_sessions(self, address: DatabaseAddress, admin: Login, username: str) -> bool:
        """Tell whether anybody is logged in under an account."""
        return username not in self._made and self._server.has_sessions(address, admin, username)

    def retire_account(self, address: DatabaseAddress, admin: Login, username: str, *, heir: str) -> None:  # noqa: ARG002 -- as above
        """Note that an account would be dropped."""
        self.drop_accounts(address, admin, [username])

    def check_login(self, address: DatabaseAddress, account: Login) -> None:
        """Log in and out again, unless the account would be another one."""
        if address not in self._created and account.username not in self._made:
            self._server.check_login(address, account)

    def drop_accounts(self, address: DatabaseAddress, admin: Login, usernames: Sequence[str]) -> None:
        """Note which accounts would be dropped."""
        for username in usernames:
            there = username in self._made or self._server.has_account(address, admin, username)
            if there and username not in self._dropped:
                self._note(Action.REMOVE, DATABASE_ACCOUNT, username)
            self._made.discard(username)
            self._dropped.add(username)

    def drop_database(self, address: DatabaseAddress, admin: Login) -> None:
        """Note that the database would be dropped."""
        if self._server.has_database(address, admin):
            self._note(Action.REMOVE, DATABASE, address.name)

    def has_database(self, address: DatabaseAddress, admin: Login) -> bool:
        """Tell whether the database would exist."""
        return address in self._created or self._server.has_database(address, admin)

    def needs_mark(self, address: DatabaseAddress, login: Login, owner: Owner, *, adopt: bool) -> bool:
        """Tell whether a database that exists would be marked."""
        return self._server.needs_mark(address, login, owner, adopt=adopt)

    def has_account(self, address: DatabaseAddress, admin: Login, username: str) -> bool:
        """Tell whether an account would exist."""
        return username in self._made or self._server.has_account(address, admin, username)

    def lacks_grants(self, address: DatabaseAddress, admin: Login, username: str, *, role: str) -> bool:
        """Tell whether an account that exists has other grants than those of its role."""
        return self._server.lacks_grants(address, admin, username, role=role)

    def schema_size(self, address: DatabaseAddress, login: Login) -> SchemaSize | None:
        """Return what there is of a schema; nothing in a database that would be created."""
        return None if address in self._created else self._server.schema_size(address, login)

    def _wrong(self, address: DatabaseAddress, admin: Login, account: Login, *, role: str) -> tuple[str, ...]:
        if address in self._created:
            return ("grants",)
        lacks = self._server.lacks_grants(address, admin, account.username, role=role)
        return (*(("grants",) if lacks else ()), *(() if self._is_let_in(address, account) else ("password",)))

    def _is_let_in(self, address: DatabaseAddress, account: Login) -> bool:
        if self._is_made_up(account.password):  # a login that has to fail may be counted against the account
            return False
        try:
            self._server.check_login(address, account)
        except DatabaseLoginRefusedError:
            return False
        return True

    def _note(self, action: Action, kind: str, name: str, fields: tuple[str, ...] = ()) -> None:
        self._noting(Change(Place.DATABASE, action, kind, name, fields))
