"""What is asked of Keystone, behind a bulkhead and a circuit: a Keystone that hangs holds few threads."""

import math
import time
from collections.abc import Callable, Hashable
from typing import Any, Protocol, TypeVar

from keystoneauth1 import exceptions as keystone_errors
from keystonemiddleware import auth_token
from oslo_log import log

from panko.api.middleware.authentication.bulkhead import Bulkhead, FullError
from panko.api.middleware.authentication.circuit import Circuit
from panko.errors import IdentityUnavailableError

LOG = log.getLogger(__name__)

PATIENCE_SECONDS = 1.0
FAILURES = 3
REST_SECONDS = 5.0
SERVER_ERRORS = 500

Answer = TypeVar("Answer")


class Identity(Protocol):
    """keystonemiddleware's IdentityServer, as far as it is used."""

    www_authenticate_uri: str

    def verify_token(self, user_token: str, retry: bool = True, allow_expired: bool = False) -> Any:  # noqa: FBT001, FBT002 - its signature
        """Return what Keystone says about a token."""

    def invalidate(self) -> Any:
        """Forget where Keystone is."""


class GuardedIdentity:
    """Asks Keystone with a part of the threads only, and not at all for some seconds after it failed repeatedly."""

    def __init__(self, server: Identity, *, threads: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._server = server
        self._circuit = Circuit(failures=FAILURES, rest_seconds=REST_SECONDS, clock=clock)
        self._bulkhead = Bulkhead(
            threads=threads, places=max(1, threads // 2), patience_seconds=PATIENCE_SECONDS, clock=clock
        )
        self.invalidate = server.invalidate

    @property
    def www_authenticate_uri(self) -> str:
        """Where Keystone says it is; it is asked when the configuration does not say."""
        return self._ask("www_authenticate_uri", lambda: self._server.www_authenticate_uri)

    def verify_token(self, user_token: str, *, allow_expired: bool = False) -> Any:
        """Return what Keystone says about a token. Raise IdentityUnavailableError at once when it cannot be asked."""
        return self._ask(
            (user_token, allow_expired), lambda: self._server.verify_token(user_token, allow_expired=allow_expired)
        )

    def _ask(self, key: Hashable, question: Callable[[], Answer]) -> Answer:
        if wait := self._circuit.seconds_until_admission():
            raise _unavailable(wait)
        try:
            return self._bulkhead.run(key, lambda: self._probe(question))
        except FullError as error:
            raise _unavailable(PATIENCE_SECONDS) from error

    def _probe(self, question: Callable[[], Answer]) -> Answer:
        if not self._circuit.admit():
            raise _unavailable(self._circuit.seconds_until_admission())
        is_outage = True
        try:
            answer = question()
            is_outage = False
        except Exception as error:
            is_outage = _is_outage(error)
            raise
        finally:
            self._report(is_outage=is_outage)
        return answer

    def _report(self, *, is_outage: bool) -> None:
        if is_outage and self._circuit.failed():
            LOG.warning("Keystone does not answer; new tokens are refused but for one in %g seconds", REST_SECONDS)
        if not is_outage and self._circuit.succeeded():
            LOG.info("Keystone answers again")


def _unavailable(seconds: float) -> IdentityUnavailableError:
    text = "Keystone does not answer in time; try again in a moment."
    return IdentityUnavailableError(text, retry_after_seconds=max(1, math.ceil(seconds)))


def _is_outage(error: Exception) -> bool:
    """Tell a Keystone that fails from one that refuses: nobody may open the circuit by sending what it refuses."""
    if isinstance(error, auth_token.InvalidToken):
        return False
    cause = error.__context__ if isinstance(error, auth_token.ServiceError) else error
    return not (isinstance(cause, keystone_errors.HttpError) and cause.http_status < SERVER_ERRORS)
