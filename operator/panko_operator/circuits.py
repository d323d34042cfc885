"""A server that did not answer in time is not waited for by everybody: for a moment, whoever asks next is told at once.

A server that hangs costs its whole time-out for each question of each pass. Once a question was not answered, others to
the same server fail with the same words for some seconds; then one is let through to find out. One that refuses at once
costs nothing, and is asked each time.
"""

import dataclasses
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Final, TypeVar, cast

from panko_operator.changes import Noting
from panko_operator.errors import DatabaseUnreachableError, KeystoneUnreachableError, OperatorError
from panko_operator.world import Database, Keystone
from panko_operator.world.values import DatabaseAddress, KeystoneAdmin

Answer = TypeVar("Answer")
UNREACHABLE: Final = (DatabaseUnreachableError, KeystoneUnreachableError)
HANG_SECONDS: Final = 2.0  # what fails sooner than this was refused, and held nobody up
FIRST_SECONDS: Final = 4.0
LONGEST_SECONDS: Final = 10.0  # a server that is back is found within this
_FORGOTTEN_SECONDS: Final = 600.0


@dataclasses.dataclass(slots=True)
class _Silence:
    """A server that does not answer: what was said of it, until when it is believed, and whether one is asking."""

    error: OperatorError
    times: int
    until: float
    asking: bool = False


class Circuits:
    """Remembers silences by server. `clock` is in seconds and never goes back. Safe for use by several threads."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = Lock()
        self._silences: dict[Hashable, _Silence] = {}

    def ask(self, server: Hashable, question: Callable[[], Answer]) -> Answer:
        """Return the answer; raise what was said of the server lately instead of waiting for it once more."""
        self._enter(server)
        asked = self._clock()
        try:
            answer = question()
        except UNREACHABLE as error:
            self._silent(server, error, hung=self._clock() - asked >= HANG_SECONDS)
            raise
        except BaseException:
            self._heard(server)
            raise
        self._heard(server)
        return answer

    def _enter(self, server: Hashable) -> None:
        with self._lock:
            silence = self._silences.get(server)
            if silence is None:
                return
            if silence.asking or self._clock() < silence.until:
                raise type(silence.error)(str(silence.error))
            silence.asking = True

    def _silent(self, server: Hashable, error: OperatorError, *, hung: bool) -> None:
        with self._lock:
            silence = self._silences.pop(server, None)
            if hung:
                self._forget_old()
                times = silence.times + 1 if silence is not None else 1
                seconds = min(LONGEST_SECONDS, FIRST_SECONDS * 2.0 ** (times - 1))
                self._silences[server] = _Silence(error, times, self._clock() + seconds)

    def _forget_old(self) -> None:
        """Drop the servers that nobody has asked for long: the Pankos that named them are gone."""
        oldest = self._clock() - _FORGOTTEN_SECONDS
        self._silences = {server: one for server, one in self._silences.items() if one.until > oldest or one.asking}

    def _heard(self, server: Hashable) -> None:
        with self._lock:
            self._silences.pop(server, None)


class _Guarded:
    """Asks a collaborator through a circuit; the first argument of each of its questions names the server."""

    def __init__(self, collaborator: object, circuits: Circuits) -> None:
        self._collaborator = collaborator
        self._circuits = circuits

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._collaborator, name)

        def ask(where: KeystoneAdmin | DatabaseAddress, *arguments: Any, **named: Any) -> Any:
            return self._circuits.ask(server_of(where), lambda: method(where, *arguments, **named))

        return ask

    def dry_run(self, noting: Noting) -> "_Guarded":
        """Return the same for a dry run, through the same circuits."""
        return _Guarded(cast("Keystone", self._collaborator).dry_run(noting), self._circuits)


def keystone(server: Keystone, circuits: Circuits) -> Keystone:
    """Return a Keystone that is asked through circuits."""
    return cast("Keystone", _Guarded(server, circuits))


def database(server: Database, circuits: Circuits) -> Database:
    """Return a database server that is asked through circuits."""
    return cast("Database", _Guarded(server, circuits))


def server_of(where: KeystoneAdmin | DatabaseAddress) -> Hashable:
    """Return what two questions to one server have in common."""
    return where.auth_url if isinstance(where, KeystoneAdmin) else (where.host, where.port)
