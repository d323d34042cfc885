"""Whether what a Panko serves still works, asked between passes as clients ask and with what the last pass has left.

Nothing tells of a change in Keystone or in the database, and whoever suffers from one is a client. So the query through
the Service is made again, and Keystone is asked for the catalogue, with the token of the last query: no login there,
nothing of Kubernetes. A query only reads; whether events can be written is asked as the API's own account in the
database, which may always see its own rights. The token and that login are in memory alone, and no administrator's
password is kept. Only a Panko that was found to serve is asked; it decides nothing and puts nothing right. Of one that
is well it is asked how new its events are, too: what is known of that is kept here for the pass that writes the status.
"""

import dataclasses
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from panko_operator.controller.result import Made, Pace, Result
from panko_operator.errors import DatabaseError, DatabaseUnreachableError, KeystoneError, OperatorError
from panko_operator.passes import ingest
from panko_operator.world import EventAPI, Manifest, World
from panko_operator.world.values import Endpoint, Freshness, KeystoneAdmin, Proof, ServiceUser, Token

Name = tuple[str, str]  # namespace and name

_ROLE: Final = "api"
_LEFT: Final = timedelta(minutes=1)  # a token that dies in the middle of a question is no finding


@dataclasses.dataclass(frozen=True, slots=True)
class Asked:
    """How an API was asked, as far as it takes to ask it again: `keystone` is without a password."""

    url: str
    keystone: KeystoneAdmin
    token: Token
    proof: Proof | None


@dataclasses.dataclass(frozen=True, slots=True)
class Pulse:
    """How one Panko is asked, and which endpoints of it the catalogue should have."""

    uid: str
    generation: int
    asked: Asked
    endpoints: frozenset[Endpoint]
    account: Made | None = None

    def is_over(self, now: datetime) -> bool:
        """Whether the token is too old to be asked with."""
        return now >= self.asked.token.expires - _LEFT


class Listener:
    """`world.EventAPI` for one pass, which notes how it was asked, from memory or not."""

    def __init__(self, api: EventAPI) -> None:
        self._api = api
        self.asked: Asked | None = None

    def query(
        self, url: str, admin: KeystoneAdmin, user: ServiceUser, *, served_by: Sequence[str], proof: Proof | None
    ) -> Token:
        """List one event with a token of the service user, and return the token."""
        token = self._api.query(url, admin, user, served_by=served_by, proof=proof)
        self.asked = Asked(url, dataclasses.replace(admin, password=""), token, proof)
        return token

    def ask_again(self, url: str, token: Token, *, proof: Proof | None) -> None:
        """List one event with a token."""
        self._api.ask_again(url, token, proof=proof)

    def freshness(self, url: str, token: Token, *, proof: Proof | None) -> Freshness | None:
        """Return how new events are."""
        return self._api.freshness(url, token, proof=proof)


class Pulses:
    """The Pankos that serve, by name. Safe for use by several threads."""

    def __init__(self, world: World, told: Callable[[Name, datetime], None]) -> None:
        self._event_api, self._keystone, self._database = world.event_api, world.keystone, world.database
        self._now, self._told = world.now, told
        self._lock = Lock()
        self._pulses: dict[Name, Pulse] = {}
        self._left: dict[Name, object] = {}
        self._readings: dict[Name, Freshness] = {}
        self._said: dict[Name, Manifest] = {}

    def names(self) -> Collection[Name]:
        """Return which there are."""
        with self._lock:
            return tuple(self._pulses)

    def of(self, name: Name) -> Pulse | None:
        """Return how a Panko is asked; None for one that is not."""
        with self._lock:
            return self._pulses.get(name)

    def forget(self, name: Name) -> None:
        """Ask a Panko no more."""
        with self._lock:
            for known in (self._pulses, self._left, self._readings, self._said):
                known.pop(name, None)

    def note(self, body: Manifest, result: Result | None, asked: Asked | None) -> None:
        """Take from a pass how the Panko is asked from now on.

        One that waits for pods goes on serving, unless its spec is another one: it may be meant to stop.
        """
        metadata = body["metadata"]
        name = metadata["namespace"], metadata["name"]
        if result is not None:
            with self._lock:
                self._said[name] = result.status
        if result is None or result.pace not in (Pace.SETTLED, Pace.WAITING) or _is_let_alone(body):
            self.forget(name)
        elif result.pace is Pace.SETTLED and asked is not None:
            wanted = (Endpoint(one["interface"], one["url"], one["id"]) for one in result.status.get("endpoints", ()))
            with self._lock:
                about = metadata["uid"], metadata["generation"]
                self._pulses[name] = Pulse(*about, asked, frozenset(wanted), result.account)
        elif result.pace is Pace.SETTLED or not self._is_of(name, metadata["generation"]):
            self.forget(name)

    def feel(self, name: Name, pulse: Pulse) -> None:
        """Ask once; raise OperatorError for what is not as it was left."""
        asked = pulse.asked
        self._event_api.ask_again(asked.url, asked.token, proof=asked.proof)
        found = frozenset(self._keystone.catalogue(asked.keystone, asked.token))
        missing = sorted(f"{one.interface} {one.url}" for one in pulse.endpoints - found)
        problems: list[OperatorError] = []
        if missing:
            problems.append(KeystoneError(f"The catalogue has no such endpoint of events: {', '.join(missing)}."))
        problems.extend(self._withheld(pulse.account))
        finding = (found if missing else None, *map(str, problems)) if problems else None
        seen_by_a_pass = finding is not None and self._left.get(name) == finding  # and it was content
        self._note_left(name, finding)
        if problems and not seen_by_a_pass:
            raise problems[0]

    def read(self, name: Name, pulse: Pulse) -> bool:
        """Ask how new events are; return whether the status should say something else."""
        asked = pulse.asked
        found = self._event_api.freshness(asked.url, asked.token, proof=asked.proof)
        with self._lock:
            if found is None or name not in self._pulses:
                return False
            said = self._said.get(name, {})
            reading = ingest.read(found, self._readings.get(name), status=said, now=self._now())
            self._readings[name] = reading
        if reading.last is not None:
            self._told(name, reading.last)
        return ingest.is_news(said, reading)

    def reading(self, name: Name) -> Freshness | None:
        """Return what is known of how new events are; None where nobody has asked since the Panko serves."""
        with self._lock:
            return self._readings.get(name)

    def _withheld(self, account: Made | None) -> list[OperatorError]:
        """Look for rights that the API's account has lost. A server that is away is the query's to tell."""
        if account is None:
            return []
        address, login = account.address, account.login
        try:
            if not self._database.lacks_grants(address, login, login.username, role=_ROLE):
                return []
        except DatabaseUnreachableError:
            return []
        except DatabaseError as error:
            return [error]
        return [DatabaseError(f"The database account {login.username} has other rights than those of its role.")]

    def _is_of(self, name: Name, generation: int) -> bool:
        pulse = self.of(name)
        return pulse is not None and pulse.generation == generation

    def _note_left(self, name: Name, finding: object | None) -> None:
        with self._lock:
            if finding is None:
                self._left.pop(name, None)
            elif name in self._pulses:
                self._left[name] = finding


def _is_let_alone(body: Manifest) -> bool:
    return "deletionTimestamp" in body["metadata"] or bool(body["spec"].get("suspend"))
