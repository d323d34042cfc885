"""Whether what a Panko serves still works, asked between passes as clients ask and with what the last pass has left.

Nothing tells of a change in Keystone or in the database, and whoever suffers from one is a client. So the query through
the Service is made again, and Keystone is asked for the catalogue, with the token of the last query: no login, nothing
of Kubernetes. The token is in memory alone, and no password is kept for it. Only a Panko that was found to serve is
asked; it decides nothing and puts nothing right.
"""

import dataclasses
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from panko_operator.controller.result import Pace, Result
from panko_operator.errors import KeystoneError
from panko_operator.world import EventAPI, Manifest, World
from panko_operator.world.values import Endpoint, KeystoneAdmin, Proof, ServiceUser, Token

Name = tuple[str, str]  # namespace and name

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


class Pulses:
    """The Pankos that serve, by name. Safe for use by several threads."""

    def __init__(self, world: World) -> None:
        self._event_api, self._keystone = world.event_api, world.keystone
        self._lock = Lock()
        self._pulses: dict[Name, Pulse] = {}
        self._left: dict[Name, frozenset[Endpoint]] = {}

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
            self._pulses.pop(name, None)
            self._left.pop(name, None)

    def note(self, body: Manifest, result: Result | None, asked: Asked | None) -> None:
        """Take from a pass how the Panko is asked from now on.

        One that waits for pods goes on serving, unless its spec is another one: it may be meant to stop.
        """
        metadata = body["metadata"]
        name = metadata["namespace"], metadata["name"]
        if result is None or result.pace not in (Pace.SETTLED, Pace.WAITING) or _is_let_alone(body):
            self.forget(name)
        elif result.pace is Pace.SETTLED and asked is not None:
            wanted = (Endpoint(one["interface"], one["url"], one["id"]) for one in result.status.get("endpoints", ()))
            with self._lock:
                self._pulses[name] = Pulse(metadata["uid"], metadata["generation"], asked, frozenset(wanted))
        elif result.pace is Pace.SETTLED or not self._is_of(name, metadata["generation"]):
            self.forget(name)

    def feel(self, name: Name, pulse: Pulse) -> None:
        """Ask once; raise OperatorError for what is not as it was left."""
        asked = pulse.asked
        self._event_api.ask_again(asked.url, asked.token, proof=asked.proof)
        found = frozenset(self._keystone.catalogue(asked.keystone, asked.token))
        missing = sorted(f"{one.interface} {one.url}" for one in pulse.endpoints - found)
        if not missing:
            self._note_left(name, None)
        elif self._left.get(name) != found:  # else a pass has seen just this, and was content
            self._note_left(name, found)
            raise KeystoneError(f"The catalogue has no such endpoint of events: {', '.join(missing)}.")

    def _is_of(self, name: Name, generation: int) -> bool:
        pulse = self.of(name)
        return pulse is not None and pulse.generation == generation

    def _note_left(self, name: Name, found: frozenset[Endpoint] | None) -> None:
        with self._lock:
            if found is None:
                self._left.pop(name, None)
            elif name in self._pulses:
                self._left[name] = found


def _is_let_alone(body: Manifest) -> bool:
    return "deletionTimestamp" in body["metadata"] or bool(body["spec"].get("suspend"))
