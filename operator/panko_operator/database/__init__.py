"""The database-server boundary: databases, accounts, grants and sessions, on MySQL and on PostgreSQL.

It logs in for each call and out again. No statement, and so no password, ever gets into an error or a log. It knows
nothing about events or tables.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from panko_operator.database import mysql, postgresql
from panko_operator.errors import DatabaseLoginRefusedError
from panko_operator.world import DatabaseAddress, Login

_log = logging.getLogger(__name__)


class Engine(Protocol):
    """What one kind of server has to offer; a module is enough."""

    def login(self, address: DatabaseAddress, account: Login) -> None:
        """Log in to the database and out again."""

    def create_database(self, address: DatabaseAddress, admin: Login) -> bool:
        """Create the database when absent; return whether it was."""

    def create_account(self, address: DatabaseAddress, admin: Login, account: Login) -> bool:
        """Create the account when absent; return whether it was."""

    def set_password(self, address: DatabaseAddress, admin: Login, account: Login) -> None:
        """Give the account its password."""

    def grant(self, address: DatabaseAddress, admin: Login, *, username: str, role: str) -> bool:
        """Give the account the grants of its role; return whether any was missing."""

    def drop_account(self, address: DatabaseAddress, admin: Login, username: str) -> None:
        """End the account's sessions and drop it, when it exists."""

    def drop_database(self, address: DatabaseAddress, admin: Login) -> None:
        """End the database's sessions and drop it, when it exists."""


ENGINES: Final[Mapping[str, Engine]] = {"mysql": mysql, "postgresql": postgresql}


class DatabaseServers:
    """`world.Database` on real servers."""

    def ensure_database(self, address: DatabaseAddress, admin: Login) -> bool:
        """Create the database when absent; return whether it was."""
        created = ENGINES[address.engine].create_database(address, admin)
        if created:
            _log.info("database %s created on %s", address.name, address.host)
        return created

    def ensure_account(self, address: DatabaseAddress, admin: Login, account: Login, *, role: str) -> bool:
        """Create the account, its password and the grants of its role; return whether anything was changed."""
        engine = ENGINES[address.engine]
        created = engine.create_account(address, admin, account)
        granted = engine.grant(address, admin, username=account.username, role=role)
        rotated = not created and self._set_password(engine, address, admin, account=account)
        if created or granted or rotated:
            _log.info("database account %s (%s) is set up on %s", account.username, role, address.host)
        return created or granted or rotated

    def check_login(self, address: DatabaseAddress, account: Login) -> None:
        """Log in and out again."""
        ENGINES[address.engine].login(address, account)

    def drop_accounts(self, address: DatabaseAddress, admin: Login, usernames: Sequence[str]) -> None:
        """Drop the accounts that exist, their sessions first."""
        for username in usernames:
            ENGINES[address.engine].drop_account(address, admin, username)
            _log.info("database account %s dropped on %s", username, address.host)

    def drop_database(self, address: DatabaseAddress, admin: Login) -> None:
        """Drop the database with all its events, when it exists."""
        ENGINES[address.engine].drop_database(address, admin)
        _log.info("database %s dropped on %s", address.name, address.host)

    @staticmethod
    def _set_password(engine: Engine, address: DatabaseAddress, admin: Login, *, account: Login) -> bool:
        try:
            engine.login(address, account)
        except DatabaseLoginRefusedError:
            engine.set_password(address, admin, account)
            return True
        return False
