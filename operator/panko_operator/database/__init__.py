"""The database-server boundary: databases, accounts, grants and sessions, on MySQL and on PostgreSQL.

It logs in for each call and out again. No statement, and so no password, ever gets into an error or a log. It knows
nothing about events or tables.
"""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final, Protocol

from panko_operator.changes import SchemaSize
from panko_operator.corrections import DATABASE_ACCOUNT, Correcting, Correction, unnoticed
from panko_operator.database import marks, mysql, postgresql
from panko_operator.database.marks import UNREADABLE, Mark, Origin
from panko_operator.errors import DatabaseLoginRefusedError
from panko_operator.world.values import DatabaseAddress, Login, Owner

_log = logging.getLogger(__name__)


class Engine(Protocol):
    """What one kind of server has to offer; a module is enough."""

    def login(self, address: DatabaseAddress, account: Login) -> None:
        """Log in to the database and out again."""

    def create_database(self, address: DatabaseAddress, admin: Login) -> bool:
        """Create the database when absent; return whether it was."""

    def read_mark(self, address: DatabaseAddress, login: Login) -> str | None:
        """Return the text by which the database is marked, or None. The database exists."""

    def write_mark(self, address: DatabaseAddress, login: Login, text: str) -> None:
        """Mark the database unless it is marked."""

    def change_mark(self, address: DatabaseAddress, login: Login, text: str) -> None:
        """Write another mark in the place of the one that is there."""

    def tables(self, address: DatabaseAddress, login: Login) -> list[str]:
        """Return the names of all tables and views in the database that are not the server's."""

    def revision(self, address: DatabaseAddress, login: Login, *, tables: Collection[str]) -> str | None:
        """Return the revision of the schema, UNREADABLE where it may not be read; None unless all tables are there."""

    def has_database(self, address: DatabaseAddress, admin: Login) -> bool:
        """Tell whether the database exists."""

    def create_account(self, address: DatabaseAddress, admin: Login, account: Login) -> bool:
        """Create the account when absent; return whether it was."""

    def set_password(self, address: DatabaseAddress, admin: Login, account: Login) -> None:
        """Give the account its password."""

    def grant(self, address: DatabaseAddress, admin: Login, *, username: str, role: str, after: str = "") -> bool:
        """Give the account the grants of its role; return whether any was missing.

        The account `after` which it comes goes on working.
        """

    def has_account(self, address: DatabaseAddress, admin: Login, username: str) -> bool:
        """Tell whether the account exists."""

    def lacks_grants(self, address: DatabaseAddress, admin: Login, *, username: str, role: str) -> bool:
        """Tell whether `grant` would change anything about an account that exists."""

    def estimate(self, address: DatabaseAddress, login: Login) -> tuple[int, int]:
        """Return about how many events there are, and how many bytes of tables and indexes."""

    def has_sessions(self, address: DatabaseAddress, admin: Login, username: str) -> bool:
        """Tell whether anybody is logged in under the account."""

    def hand_over(self, address: DatabaseAddress, admin: Login, username: str, *, heir: str) -> None:
        """Give what the account owns to another one of the same role."""

    def drop_account(self, address: DatabaseAddress, admin: Login, username: str) -> None:
        """End the account's sessions and drop it, when it exists."""

    def drop_database(self, address: DatabaseAddress, admin: Login) -> None:
        """End the database's sessions and drop it, when it exists."""


ENGINES: Final[Mapping[str, Engine]] = {"mysql": mysql, "postgresql": postgresql}


class DatabaseServers:
    """`world.Database` on real servers."""

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
        """Create the database when absent, or claim it; return whether it was absent, or left so by a dead pass."""
        engine = ENGINES[address.engine]
        if engine.has_database(address, admin):
            ours = begun and _is_blank(engine, address, admin)
        else:
            if creating is not None:
                creating()
            ours = engine.create_database(address, admin)
        if ours:
            engine.write_mark(address, admin, Mark(owner, Origin.CREATED).text())
            self._require(address, admin, owner)
            _log.info("database %s created on %s", address.name, address.host)
            return True
        self.claim(address, admin, owner, adopt=adopt)
        return False

    def claim(self, address: DatabaseAddress, login: Login, owner: Owner, *, adopt: bool) -> None:
        """Mark an existing database as this Panko's; raise DatabaseNotOursError when it may not be taken."""
        engine = ENGINES[address.engine]
        mark, found = self._claimed(address, login, owner, adopt=adopt)
        if mark is not None:
            engine.write_mark(address, login, mark.text())
            self._require(address, login, owner)
            _log.info("database %s on %s is taken by %s", address.name, address.host, owner.panko)
        elif found is not None and found.owner != owner:
            engine.change_mark(address, login, Mark(owner, found.origin).text())

    @staticmethod
    def _claimed(
        address: DatabaseAddress, login: Login, owner: Owner, *, adopt: bool
    ) -> tuple[Mark | None, Mark | None]:
        """Return the mark that the database needs, and the one that it has."""
        engine = ENGINES[address.engine]
        found = marks.read(engine.read_mark(address, login))
        tables = engine.tables(address, login) if found is None else ()
        return marks.claim(address, owner, found=found, tables=tables, adopt=adopt), found

    def has_schema(self, address: DatabaseAddress, login: Login, *, revision: str = "") -> bool:
        """Tell whether the schema that panko-dbsync makes is in the database, with every table, and of a revision."""
        engine = ENGINES[address.engine]
        if not revision:
            return set(engine.tables(address, login)) >= marks.SCHEMA
        return engine.revision(address, login, tables=marks.SCHEMA) in (revision, UNREADABLE)

    def _require(self, address: DatabaseAddress, login: Login, owner: Owner) -> None:
        """Look whose mark it is in the end: somebody else may have written theirs at the same time."""
        found = marks.read(ENGINES[address.engine].read_mark(address, login))
        marks.claim(address, owner, found=found, tables=(), adopt=False)

    def origin(self, address: DatabaseAddress, admin: Login, owner: Owner) -> str | None:
        """Return how this Panko came to its database, `created` or `adopted`; None when it is not its own."""
        engine = ENGINES[address.engine]
        if not engine.has_database(address, admin):
            return None
        found = marks.read(engine.read_mark(address, admin))
        return found.origin.value if found is not None and found.is_of(owner) else None

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
        """Create the account, its password and the grants of its role; return whether anything was changed."""
        engine = ENGINES[address.engine]
        created = engine.create_account(address, admin, account)
        granted = engine.grant(address, admin, username=account.username, role=role, after=after)
        rotated = not created and self._set_password(engine, address, admin, account=account)
        for field, missing in (("", created), ("grants", granted and not created), ("password", rotated)):
            if missing:
                correcting(Correction(DATABASE_ACCOUNT, account.username, field))
        if created or granted or rotated:
            _log.info("database account %s (%s) is set up on %s", account.username, role, address.host)
        return created or granted or rotated

    def check_login(self, address: DatabaseAddress, account: Login) -> None:
        """Log in and out again."""
        ENGINES[address.engine].login(address, account)

    def has_sessions(self, address: DatabaseAddress, admin: Login, username: str) -> bool:
        """Tell whether anybody is logged in under an account."""
        return ENGINES[address.engine].has_sessions(address, admin, username)

    def retire_account(self, address: DatabaseAddress, admin: Login, username: str, *, heir: str) -> None:
        """Drop an account that another of the same role has followed, which gets what it owns."""
        ENGINES[address.engine].hand_over(address, admin, username, heir=heir)
        self.drop_accounts(address, admin, [username])

    def drop_accounts(self, address: DatabaseAddress, admin: Login, usernames: Sequence[str]) -> None:
        """Drop the accounts that exist, their sessions first."""
        for username in usernames:
            ENGINES[address.engine].drop_account(address, admin, username)
            _log.info("database account %s dropped on %s", username, address.host)

    def drop_database(self, address: DatabaseAddress, admin: Login) -> None:
        """Drop the database with all its events, when it exists."""
        ENGINES[address.engine].drop_database(address, admin)
        _log.info("database %s dropped on %s", address.name, address.host)

    def has_database(self, address: DatabaseAddress, admin: Login) -> bool:
        """Tell whether the database exists."""
        return ENGINES[address.engine].has_database(address, admin)

    def needs_mark(self, address: DatabaseAddress, login: Login, owner: Owner, *, adopt: bool) -> bool:
        """Tell whether `claim` would mark a database that exists; raise what it would raise."""
        mark, found = self._claimed(address, login, owner, adopt=adopt)
        return mark is not None or (found is not None and found.owner != owner)

    def has_account(self, address: DatabaseAddress, admin: Login, username: str) -> bool:
        """Tell whether an account exists."""
        return ENGINES[address.engine].has_account(address, admin, username)

    def lacks_grants(self, address: DatabaseAddress, admin: Login, username: str, *, role: str) -> bool:
        """Tell whether an account that exists has other grants than those of its role."""
        return ENGINES[address.engine].lacks_grants(address, admin, username=username, role=role)

    def schema_size(self, address: DatabaseAddress, login: Login) -> SchemaSize | None:
        """Return what there is of a schema in a database that exists; None without one."""
        engine = ENGINES[address.engine]
        revision = engine.revision(address, login, tables={marks.REVISION, marks.EVENTS})
        return None if revision is None else SchemaSize(revision, *engine.estimate(address, login))

    @staticmethod
    def _set_password(engine: Engine, address: DatabaseAddress, admin: Login, *, account: Login) -> bool:
        try:
            engine.login(address, account)
        except DatabaseLoginRefusedError:
            engine.set_password(address, admin, account)
            return True
        return False


def _is_blank(engine: Engine, address: DatabaseAddress, admin: Login) -> bool:
    return marks.read(engine.read_mark(address, admin)) is None and not marks.held(engine.tables(address, admin))
