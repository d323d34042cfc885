# ruff: noqa: ARG002 -- the protocols of `world` say what is passed
"""A database server, a Keystone and an event API in memory, which can go away and change their passwords."""

import copy
import dataclasses
from datetime import timedelta

from panko_operator.changes import Action, Change, Place, SchemaSize
from panko_operator.corrections import Correction, unnoticed
from panko_operator.database import marks
from panko_operator.database.marks import Mark, Origin
from panko_operator.errors import (
    ApplicationCredentialError,
    DatabaseBusyError,
    DatabaseLoginRefusedError,
    DatabasePrivilegeError,
    DatabaseUnreachableError,
    EventAPIError,
    KeystoneError,
    KeystoneLoginRefusedError,
    KeystoneUnreachableError,
    ServiceUserNotOursError,
)
from panko_operator.world.values import Account, Endpoint, Token


class MemoryDatabase:
    """`world.Database`, which remembers accounts by name."""

    def __init__(self):
        self.databases = set()
        self.marks = {}
        self.without_schema = set()
        self.revisions = {}  # of the schemas that somebody has restored
        self.tables = {}
        self.accounts = {"root": "root-password"}
        self.roles = {}
        self.outage = False
        self.logins = 0
        self.sessions = set()  # names of accounts that somebody is logged in under
        self.refused = set()  # names of accounts that cannot be made
        self.busy = False
        self.on_drop = lambda _username: None
        self.size = SchemaSize("0006", 1000, 1 << 20)

    def ensure_database(self, address, admin, owner, *, adopt, begun=False, creating=lambda: None):
        self._log_in(admin)
        there = address.name in self.databases
        if there and not (begun and address.name not in self.marks and not self.tables.get(address.name)):
            self.claim(address, admin, owner, adopt=adopt)
            return False
        if not there:
            creating()
        self.databases.add(address.name)
        self.marks[address.name] = Mark(owner, Origin.CREATED)
        return True

    def claim(self, address, login, owner, *, adopt):
        self._log_in(login)
        found, tables = self.marks.get(address.name), self.tables.get(address.name, ())
        mark = marks.claim(address, owner, found=found, tables=tables, adopt=adopt)
        if mark is not None:
            self.marks[address.name] = mark

    def has_schema(self, address, login, *, revision=""):
        self._log_in(login)
        restored = self.revisions.get(address.name, revision)
        return address.name not in self.without_schema and (not revision or restored == revision)

    def origin(self, address, admin, owner):
        self._log_in(admin)
        found = self.marks.get(address.name)
        return found.origin.value if found is not None and found.is_of(owner) else None

    def ensure_account(self, address, admin, account, *, role, after="", correcting=unnoticed):
        self._log_in(admin)
        if after and self.busy:
            raise DatabaseBusyError("A transaction holds tables; it is tried again.")
        if account.username in self.refused:
            raise DatabasePrivilegeError("The database server takes the login of root, which lacks a privilege")
        assert not after or after in self.accounts
        held = {"password": self.accounts.get(account.username), "grants": self.roles.get(account.username)}
        wrong = [
            field for field, value in {"password": account.password, "grants": role}.items() if held[field] != value
        ]
        changed = bool(wrong)
        for field in [""] if held["password"] is None else wrong:
            correcting(Correction("DatabaseAccount", account.username, field))
        self.accounts[account.username] = account.password
        self.roles[account.username] = role
        return changed

    def check_login(self, address, account):
        self._log_in(account)

    def has_sessions(self, address, admin, username):
        self._log_in(admin)
        return username in self.sessions

    def retire_account(self, address, admin, username, *, heir):
        self._log_in(admin)
        assert heir in self.accounts
        assert self.roles.get(username, self.roles[heir]) == self.roles[heir]
        self.drop_accounts(address, admin, [username])

    def drop_accounts(self, address, admin, usernames):
        self._log_in(admin)
        for username in usernames:
            self.on_drop(username)
            self.accounts.pop(username, None)

    def drop_database(self, address, admin):
        self._log_in(admin)
        self.databases.discard(address.name)
        self.marks.pop(address.name, None)

    def has_database(self, address, admin):
        self._log_in(admin)
        return address.name in self.databases

    def needs_mark(self, address, login, owner, *, adopt):
        self._log_in(login)
        found, tables = self.marks.get(address.name), self.tables.get(address.name, ())
        return marks.claim(address, owner, found=found, tables=tables, adopt=adopt) is not None

    def has_account(self, address, admin, username):
        self._log_in(admin)
        return username in self.accounts

    def lacks_grants(self, address, admin, username, *, role):
        self._log_in(admin)
        return self.roles.get(username) != role

    def schema_size(self, address, login):
        self._log_in(login)
        return None if address.name in self.without_schema else self.size

    def _log_in(self, login):
        self.logins += 1
        if self.outage:
            raise DatabaseUnreachableError("The database server does not answer; check the network")
        if self.accounts.get(login.username) != login.password:
            raise DatabaseLoginRefusedError(f"The database server refuses the user {login.username}")


class MemoryKeystone:
    """`world.Keystone`, with one region. Each URL is a Keystone of its own unless `aliases` says otherwise.

    `unreachable` are URLs that do not answer, `foreign` names of users that are somebody else's.
    """

    def __init__(self):
        self.admins = {"admin": "admin-password"}
        self.clouds = {}
        self.aliases = {}
        self.foreign = set()
        self.unreachable = set()
        self.identity_url = ""
        self.service = None
        self.services_refused = False
        self.applications_refused = False
        self.borrowed = set()  # names of users that are somebody else's and let in
        self.refused = set()  # names of users that cannot log in
        self.on_delete = lambda _username: None
        self.passwords_set = 0
        self.logins = 0
        self.tokens_taken = 0  # questions that are no logins
        self.outage = False
        self._ids = iter(range(1, 1000))

    @property
    def users(self):
        """The users of all Keystones, by name."""
        return {name: user for cloud in self.clouds.values() for name, (_, user) in cloud.users.items()}

    @property
    def applications(self):
        """The application credentials of all Keystones, by name."""
        return {name: found for cloud in self.clouds.values() for (_, name), found in cloud.applications.items()}

    @property
    def endpoints(self):
        """The endpoints of all Keystones, by interface."""
        return {one.interface: one for cloud in self.clouds.values() for one in cloud.endpoints}

    def ensure_service_user(self, admin, user, *, correcting=unnoticed):
        cloud = self._log_in(admin)
        if user.username in self.foreign:
            raise ServiceUserNotOursError(f"Keystone user {user.username} is not this Panko's")
        if user.username in self.borrowed:
            cloud.users[user.username] = ("theirs", dataclasses.replace(user, known_id=""))
            return Account("theirs", "", owned=False, changed=False)
        id_, live = cloud.users.get(user.username, (None, None))
        changed = live != dataclasses.replace(user, known_id="")
        self.passwords_set += changed
        if changed:
            field = "" if live is None else "roles" if live.roles != user.roles else "password"
            correcting(Correction("KeystoneUser", user.username, field))
        id_ = id_ or f"user-{next(self._ids)}"
        cloud.users[user.username] = (id_, dataclasses.replace(user, known_id=""))
        return Account(id_, f"id-of-{user.project}", owned=True, changed=changed, identity_url=self.identity_url)

    def check_login(self, admin, user):
        cloud = self._log_in(admin)
        id_, live = cloud.users.get(user.username, (None, None))
        if user.application is not None:
            found = cloud.applications.get((id_, user.application.username))
            if found is None or found.secret != user.application.password or user.application.username in self.refused:
                raise KeystoneLoginRefusedError(f"Keystone refuses {user.application.username}")
            return
        if live is None or live.password != user.password or user.username in self.refused:
            raise KeystoneLoginRefusedError(f"Keystone refuses the user {user.username}")

    def ensure_application_credential(self, admin, user, login, *, after="", correcting=unnoticed):
        cloud = self._log_in(admin)
        id_, live = cloud.users[user.username]
        assert user.username in self.borrowed or live.password == user.password, "it is made as the user"
        if self.applications_refused:
            raise ApplicationCredentialError("Keystone makes no application credential (404)")
        found = cloud.applications.get((id_, login.username))
        if found is not None and found.roles != user.roles:
            return False
        if found is None or found.secret != login.password:
            field = "" if found is None else "secret"
            correcting(Correction("KeystoneApplicationCredential", login.username, field))
            cloud.applications[id_, login.username] = Application(login.password, user.roles)
        return True

    def delete_application_credential(self, admin, owner, *, user_id, name):
        self.on_delete(name)
        return self._log_in(admin).applications.pop((user_id, name), None) is not None

    def delete_service_user(self, admin, user):
        cloud = self._log_in(admin)
        self.on_delete(cloud.name_of(user.known_id) or user.username)
        id_, _ = ("", None) if user.username in self.borrowed else cloud.users.get(user.username, ("", None))
        return cloud.remove_user(user.known_id) or cloud.remove_user(id_)

    def ensure_service(self, admin, *, correcting=unnoticed):
        self._log_in(admin)
        if self.services_refused:
            raise KeystoneError("Keystone refused a request of admin (403)")
        if not self.service:
            correcting(Correction("KeystoneService", "panko"))
        self.service = self.service or "service-1"
        return self.service

    def ensure_endpoints(self, admin, service_id, endpoints, *, owner, known, correcting=unnoticed):
        cloud = self._log_in(admin)
        urls = {one.interface: one.url for one in cloud.endpoints}
        for one in endpoints:
            if urls.get(one.interface) != one.url:
                correcting(Correction("KeystoneEndpoint", one.interface, "url" if one.interface in urls else ""))
        ids = {one.interface: one.id for one in cloud.endpoints}
        cloud.endpoints = [
            Endpoint(one.interface, one.url, ids.get(one.interface) or f"endpoint-{next(self._ids)}")
            for one in endpoints
        ]
        return list(cloud.endpoints)

    def withdraw_endpoints(self, admin, owner, *, known, empty_service):
        cloud = self._log_in(admin)
        withdrawn, cloud.endpoints = len(cloud.endpoints), []
        if withdrawn or empty_service:
            self.service = None
        return withdrawn

    def remove_former(self, admin, owner, *, former, kept):
        cloud = self._log_in(admin)
        gone = set(former.endpoint_ids) - set(kept.endpoint_ids)
        left = [one for one in cloud.endpoints if one.id not in gone]
        others = [one for other in self.clouds.values() if other is not cloud for one in other.endpoints]
        if cloud.endpoints and not left and not others:
            self.service = None  # which has no endpoint left
        cloud.endpoints = left
        if former.user_id != kept.user_id:
            cloud.remove_user(former.user_id)

    def dry_run(self, noting):
        return DryMemoryKeystone(self, noting)

    def things(self):
        """Return all that is there, by kind and name."""
        found = {("KeystoneService", "panko"): self.service} if self.service else {}
        for url, cloud in self.clouds.items():
            found |= {("KeystoneUser", name): (url, *user) for name, user in cloud.users.items()}
            found |= {("KeystoneEndpoint", one.interface): (url, one) for one in cloud.endpoints}
            found |= {("KeystoneApplicationCredential", name): one for (_, name), one in cloud.applications.items()}
        return found

    def catalogue(self, admin, token):
        self.tokens_taken += 1
        cloud = self.clouds.setdefault(self._reach(admin), _Cloud())
        if token.id not in {f"token of {name} {user.password}" for name, (_, user) in cloud.users.items()}:
            raise KeystoneLoginRefusedError("Keystone no longer takes the token")
        return [dataclasses.replace(one, owned=True) for one in cloud.endpoints] if self.service else []

    def _reach(self, admin):
        url = self.aliases.get(admin.auth_url, admin.auth_url)
        if self.outage or url in self.unreachable:
            raise KeystoneUnreachableError(f"Keystone at {url} does not answer; check spec.keystone.authURL")
        return url

    def _log_in(self, admin):
        self.logins += 1
        url = self._reach(admin)
        if self.admins.get(admin.username) != admin.password:
            raise KeystoneLoginRefusedError(f"Keystone refuses the user {admin.username}")
        return self.clouds.setdefault(url, _Cloud())


class DryMemoryKeystone:
    """A Keystone in which everything happens to a copy; `noting` is told what has become of that.

    A user that it would make is there to log in with, and is not found by who has it made again: it is in no Keystone.
    """

    def __init__(self, server, noting):
        self._server, self._copy, self._noting = server, copy.copy(server), noting
        self._copy.clouds = copy.deepcopy(server.clouds)
        self._copy.on_delete = lambda _username: None

    def __getattr__(self, name):
        def act(*arguments, **options):
            if name == "ensure_service_user":
                self._forget_made()
            before = copy.deepcopy(self._copy.things())
            try:
                return getattr(self._copy, name)(*arguments, **options)
            finally:
                self._tell(before, self._copy.things())

        return act

    def _forget_made(self):
        for url, cloud in self._copy.clouds.items():
            there = self._server.clouds[url].users if url in self._server.clouds else {}
            cloud.users = {name: user for name, user in cloud.users.items() if name in there}

    def _tell(self, before, after):
        for key in {**before, **after}:
            if before.get(key) != after.get(key):
                action = Action.CREATE if key not in before else Action.CHANGE if key in after else Action.REMOVE
                self._noting(Change(Place.KEYSTONE, action, *key))


@dataclasses.dataclass(frozen=True)
class Application:
    """An application credential."""

    secret: str
    roles: tuple


class _Cloud:
    """What one Keystone knows: users by name, with their ids, and endpoints."""

    def __init__(self):
        self.users = {}
        self.applications = {}  # by the id of the user and the name
        self.endpoints = []

    def name_of(self, user_id):
        """Return the name of a user by its id; None when there is none."""
        return next((name for name, (id_, _) in self.users.items() if id_ == user_id), None)

    def remove_user(self, user_id):
        """Remove a user by its id, with its application credentials; return whether there was one."""
        self.applications = {key: found for key, found in self.applications.items() if key[0] != user_id}
        found = [name for name, (id_, _) in self.users.items() if id_ == user_id]
        for name in found:
            del self.users[name]
        return bool(found)


class MemoryEventAPI:
    """`world.EventAPI`. `fault` is what it answers instead, while it is set; tokens hold for an hour."""

    def __init__(self, keystone, now):
        self.keystone = keystone
        self.now = now
        self.asked_again = []
        self.fault = None
        self.asked = []
        self.published_when_asked = []
        self.proofs = []  # by what it had to be known
        self.fresh = None  # of its events, where it tells

    def query(self, url, admin, user, *, served_by, proof):
        self.asked.append(url)
        self.proofs.append(proof)
        self.published_when_asked.append(bool(self.keystone.endpoints))
        if self.fault:
            raise EventAPIError(self.fault)
        return Token(f"token of {user.username} {user.password}", self.now() + timedelta(hours=1))

    def ask_again(self, url, token, *, proof):
        self.asked_again.append((url, token, proof))
        if self.fault:
            raise EventAPIError(self.fault)

    def freshness(self, url, token, *, proof):
        return self.fresh
