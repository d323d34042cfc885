"""What was found to be as wanted in the database and in Keystone, and until when that is believed.

To look costs a login each, and nothing tells of a change there. So what a pass has made sure of holds for the passes
that follow it for a while, as long as nothing that it depends on is another: every argument of the question, and the
generation and annotations of the Panko. It is lost with the process, and a pass that fails takes all of its Panko
back: what was verified may be the very thing that is wrong.
"""

import dataclasses
import hashlib
import json
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, TypeVar, cast

from panko_operator.changes import Noting, SchemaSize
from panko_operator.changes.remembered import RememberedDryRun
from panko_operator.corrections import Correcting, unnoticed
from panko_operator.world import (
    Account,
    Database,
    DatabaseAddress,
    Endpoint,
    EventAPI,
    Keystone,
    KeystoneAdmin,
    Login,
    Made,
    Manifest,
    Owner,
    Proof,
    ServiceUser,
    Token,
    World,
)

Answer = TypeVar("Answer")


@dataclasses.dataclass(frozen=True, slots=True)
class _Proof:
    digest: str
    until: datetime
    answer: Any


class Verified:
    """Remembers answers by Panko and question. Safe for use by several threads."""

    def __init__(self, now: Callable[[], datetime], *, lasts: timedelta) -> None:
        self._now = now
        self._lasts = lasts
        self._lock = Lock()
        self._proofs: dict[str, dict[str, _Proof]] = {}

    def world(self, world: World, panko: Manifest) -> World:
        """Return the world as a pass over this Panko asks it."""
        metadata = panko["metadata"]
        # With the annotations: whoever writes one asks for a look at everything.
        questions = Questions(self, metadata["uid"], (metadata["generation"], metadata.get("annotations", {})))
        return dataclasses.replace(
            world,
            database=VerifiedDatabase(world.database, questions),
            keystone=VerifiedKeystone(world.keystone, questions),
            event_api=VerifiedEventAPI(world.event_api, questions),
        )

    def forget(self, uid: str, question: str | None = None) -> None:
        """Ask everything about a Panko again, or one question."""
        with self._lock:
            if question is None:
                self._proofs.pop(uid, None)
            else:
                self._proofs.get(uid, {}).pop(question, None)

    def recall(self, uid: str, question: str, digest: str) -> _Proof | None:
        """Return what was answered to the same question, as long as it holds."""
        with self._lock:
            proof = self._proofs.get(uid, {}).get(question)
        return proof if proof is not None and proof.digest == digest and self._now() < proof.until else None

    def keep(self, uid: str, question: str, *, digest: str, asked: datetime, answer: object) -> None:
        """Remember an answer from when it was asked for."""
        with self._lock:
            self._proofs.setdefault(uid, {})[question] = _Proof(digest, asked + self._lasts, answer)

    def time(self) -> datetime:
        """Return the time."""
        return self._now()


@dataclasses.dataclass(frozen=True, slots=True)
class Questions:
    """What is asked about one Panko in one pass."""

    verified: Verified
    uid: str
    version: object  # of the Panko

    def ask(
        self,
        question: str,
        given: Sequence[object],
        ask: Callable[[], Answer],
        *,
        again: Callable[[Answer], Answer] = lambda answer: answer,
        holds: Callable[[Answer], bool] = lambda _: True,
    ) -> Answer:
        """Return the answer; `again` is what it is the next time, when nothing was changed by asking."""
        digest = _digest((self.version, *given))
        proof = self.verified.recall(self.uid, question, digest)
        if proof is not None:
            return cast("Answer", proof.answer)
        asked = self.verified.time()
        answer = ask()
        if holds(answer):
            self.verified.keep(self.uid, question, digest=digest, asked=asked, answer=again(answer))
        return answer


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
            self._questions.verified.forget(self._questions.uid)
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


class VerifiedKeystone:
    """`world.Keystone`. What is removed is never remembered."""

    def __init__(self, server: Keystone, questions: Questions) -> None:
        self._server = server
        self._ask = questions.ask

    def ensure_service_user(
        self, admin: KeystoneAdmin, user: ServiceUser, *, correcting: Correcting = unnoticed
    ) -> Account:
        """Have the user with its password and exactly its roles, and its project."""
        return self._ask(
            f"service user {user.username}",
            (admin, user),
            lambda: self._server.ensure_service_user(admin, user, correcting=correcting),
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
        return cast("Keystone", RememberedDryRun(self._server, self._ask, noting, digest=_digest))


class VerifiedEventAPI:
    """`world.EventAPI`. Other pods are another question."""

    def __init__(self, api: EventAPI, questions: Questions) -> None:
        self._api = api
        self._ask = questions.ask

    def query(
        self, url: str, admin: KeystoneAdmin, user: ServiceUser, *, served_by: Sequence[str], proof: Proof | None
    ) -> Token:
        """List one event with a token of the service user, and return the token."""
        given = (url, admin, user, tuple(served_by), proof)
        return self._ask("query", given, lambda: self._api.query(url, admin, user, served_by=served_by, proof=proof))

    def ask_again(self, url: str, token: Token, *, proof: Proof | None) -> None:
        """List one event with a token; that is never remembered."""
        self._api.ask_again(url, token, proof=proof)


def _digest(given: object) -> str:
    """Return a digest of values, so that no password is kept."""
    return hashlib.sha256(json.dumps(given, default=_plain, sort_keys=True).encode()).hexdigest()


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [type(value).__name__, dataclasses.asdict(value)]
    raise TypeError(type(value))
