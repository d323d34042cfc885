"""What was found in the database, asked again only when what it depends on is another."""

from collections.abc import Callable, Sequence

from panko_operator.changes import SchemaSize
from panko_operator.corrections import Correcting, unnoticed
from panko_operator.verified.questions import Questions
from panko_operator.world import Database
from panko_operator.world.values import DatabaseAddress, Login, Owner


class VerifiedDatabase:
    """`world.Database`. What a deletion asks is never remembered."""

    def __init__(self, server: Database, questions: Questions) -> None:
        self._server = server
        self._ask = questions.ask
        self._questions = questions

    def ensure_database(
        self,
        address: DatabaseAddress,
        admin: Login,
        owner: Owner,
        *,
        adopt: bool,
        begun: bool = False,
        creating: Callable[[], None] | None = None,
    ) -> bool:
        """Create the database when absent, and mark it; return whether it was."""
        ask = self._server.ensure_database
        return self._ask(
            "database",
            (address, admin, owner, adopt),
            lambda: ask(address, admin, owner, adopt=adopt, begun=begun, creating=creating),
            again=lambda _: False,
        )

    def claim(self, address: DatabaseAddress, login: Login, owner: Owner, *, adopt: bool) -> None:
        """Mark an existing database."""
        given = (address, login, owner, adopt)
        return self._ask("claim", given, lambda: self._server.claim(address, login, owner, adopt=adopt))

    def has_schema(self, address: DatabaseAddress, login: Login, *, revision: str = "") -> bool:
        """Tell whether the schema is in the database."""
        given = (address, login, revision)
        return self._ask(
            "schema", given, lambda: self._server.has_schema(address, login, revision=revision), holds=bool
        )

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
        after: str = "",
        correcting: Correcting = unnoticed,
    ) -> bool:
        """Create the account, its password and the grants of a role; return whether anything was changed.

        One that comes after another may own what the others are granted, so nothing that was known of them holds.
        """
        if after:
            self._questions.answers.forget(self._questions.uid)
        return self._ask(
            f"account {account.username}",
            (address, admin, account, role, after),
            lambda: self._server.ensure_account(address, admin, account, role=role, after=after, correcting=correcting),
            again=lambda _: False,
        )

    def has_sessions(self, address: DatabaseAddress, admin: Login, username: str) -> bool:
        """Tell whether anybody is logged in under an account; that is never remembered."""
        return self._server.has_sessions(address, admin, username)

    def retire_account(self, address: DatabaseAddress, admin: Login, username: str, *, heir: str) -> None:
        """Drop an account that another has followed."""
        self._server.retire_account(address, admin, username, heir=heir)

    def check_login(self, address: DatabaseAddress, account: Login) -> None:
        """Log in and out again."""
        question = f"login {account.username}"
        return self._ask(question, (address, account), lambda: self._server.check_login(address, account))

    def drop_accounts(self, address: DatabaseAddress, admin: Login, usernames: Sequence[str]) -> None:
        """Drop the accounts that exist."""
        self._server.drop_accounts(address, admin, usernames)

    def drop_database(self, address: DatabaseAddress, admin: Login) -> None:
        """Drop the database with all its events."""
        self._server.drop_database(address, admin)

    def has_database(self, address: DatabaseAddress, admin: Login) -> bool:
        """Tell whether the database exists."""
        return self._ask("has database", (address, admin), lambda: self._server.has_database(address, admin))

    def needs_mark(self, address: DatabaseAddress, login: Login, owner: Owner, *, adopt: bool) -> bool:
        """Tell whether a database that exists would be marked."""
        given = (address, login, owner, adopt)
        return self._ask("mark", given, lambda: self._server.needs_mark(address, login, owner, adopt=adopt))

    def has_account(self, address: DatabaseAddress, admin: Login, username: str) -> bool:
        """Tell whether an account exists."""
        return self._ask(
            f"has {username}", (address, admin), lambda: self._server.has_account(address, admin, username)
        )

    def lacks_grants(self, address: DatabaseAddress, admin: Login, username: str, *, role: str) -> bool:
        """Tell whether an account that exists has other grants than those of its role."""
        given = (address, admin, username)
        return self._ask(f"grants {username}", (given, role), lambda: self._server.lacks_grants(*given, role=role))

    def schema_size(self, address: DatabaseAddress, login: Login) -> SchemaSize | None:
        """Return what there is of a schema in a database that exists."""
        return self._ask("schema size", (address, login), lambda: self._server.schema_size(address, login))
