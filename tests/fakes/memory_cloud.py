# ruff: noqa: ARG002 -- the protocols of world.py say what is passed
"""A database server, a Keystone and an event API in memory, which can go away and change their passwords."""

from panko_operator.errors import (
    DatabaseLoginRefusedError,
    DatabaseUnreachableError,
    EventAPIError,
    KeystoneLoginRefusedError,
    KeystoneUnreachableError,
)
from panko_operator.world import Endpoint


class MemoryDatabase:
    """`world.Database`, which remembers accounts by name."""

    def __init__(self):
        self.databases = set()
        self.accounts = {"root": "root-password"}
        self.roles = {}
        self.outage = False

    def ensure_database(self, address, admin):
        self._log_in(admin)
        created = address.name not in self.databases
        self.databases.add(address.name)
        return created

    def ensure_account(self, address, admin, account, *, role):
        self._log_in(admin)
        changed = self.accounts.get(account.username) != account.password or self.roles.get(account.username) != role
        self.accounts[account.username] = account.password
        self.roles[account.username] = role
        return changed

    def check_login(self, address, account):
        self._log_in(account)

    def drop_accounts(self, address, admin, usernames):
        self._log_in(admin)
        for username in usernames:
            self.accounts.pop(username, None)

    def drop_database(self, address, admin):
        self._log_in(admin)
        self.databases.discard(address.name)

    def _log_in(self, login):
        if self.outage:
            raise DatabaseUnreachableError("The database server does not answer; check the network")
        if self.accounts.get(login.username) != login.password:
            raise DatabaseLoginRefusedError(f"The database server refuses the user {login.username}")


class MemoryKeystone:
    """`world.Keystone`, with one region."""

    def __init__(self):
        self.admins = {"admin": "admin-password"}
        self.users = {}
        self.service = None
        self.endpoints = {}
        self.passwords_set = 0
        self.outage = False
        self._ids = iter(range(1, 1000))

    def ensure_service_user(self, admin, user):
        self._log_in(admin)
        changed = self.users.get(user.username) != user
        self.passwords_set += changed
        self.users[user.username] = user
        return changed

    def ensure_service(self, admin):
        self._log_in(admin)
        self.service = self.service or "service-1"
        return self.service

    def ensure_endpoints(self, admin, service_id, endpoints):
        self._log_in(admin)
        for wanted in endpoints:
            known = self.endpoints.get(wanted.interface)
            id_ = known.id if known else f"endpoint-{next(self._ids)}"
            self.endpoints[wanted.interface] = Endpoint(wanted.interface, wanted.url, id_)
        return [self.endpoints[wanted.interface] for wanted in endpoints]

    def withdraw_endpoints(self, admin, urls):
        self._log_in(admin)
        before = len(self.endpoints)
        self.endpoints = {key: endpoint for key, endpoint in self.endpoints.items() if endpoint.url not in urls}
        return before - len(self.endpoints)

    def delete_service_user(self, admin, user):
        self._log_in(admin)
        return self.users.pop(user.username, None) is not None

    def _log_in(self, admin):
        if self.outage:
            raise KeystoneUnreachableError("Keystone does not answer; check spec.keystone.authURL")
        if self.admins.get(admin.username) != admin.password:
            raise KeystoneLoginRefusedError(f"Keystone refuses the user {admin.username}")


class MemoryEventAPI:
    """`world.EventAPI`. `fault` is what it answers instead, while it is set."""

    def __init__(self, keystone):
        self.keystone = keystone
        self.fault = None
        self.asked = []
        self.published_when_asked = []

    def query(self, url, admin, user):
        self.asked.append(url)
        self.published_when_asked.append(bool(self.keystone.endpoints))
        if self.fault:
            raise EventAPIError(self.fault)
