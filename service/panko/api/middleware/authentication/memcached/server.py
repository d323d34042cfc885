"""One memcached, with the connections to it that are open, and whether it is worth asking."""

import functools
import hashlib
import threading
from collections.abc import Callable
from typing import TypeVar

from oslo_log import log

from panko.api.middleware.authentication.memcached.address import Address
from panko.api.middleware.authentication.memcached.conversation import Conversation
from panko.api.middleware.authentication.memcached.tls import TLS, UntrustedError

LOG = log.getLogger(__name__)

UNTRUSTED = (
    "memcached %s is not used, because its certificate is not trusted: %s; [keystone_authtoken] memcache_tls_cafile "
    "has to hold the authority that signed it, and the certificate the name in memcached_servers"
)

Answer = TypeVar("Answer")


class Server:
    """A server for many threads. There are never more connections to it than threads that ask at once."""

    def __init__(
        self,
        address: Address,
        *,
        timeout_seconds: float,
        dead_seconds: float,
        clock: Callable[[], float],
        tls: TLS | None = None,
    ) -> None:
        self._address = address
        self._tls = tls
        self._timeout_seconds = timeout_seconds
        self._dead_seconds = dead_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._idle: list[Conversation] = []
        self._dead_until: float | None = None

    def weight(self, key: str) -> int:
        """Return how far this server is from a key: the nearest one holds it."""
        digest = hashlib.blake2b(f"{self._address} {key}".encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big")

    def may_be_asked(self) -> bool:
        """Tell whether the server is up as far as is known; let one thread in a while find out when it was not."""
        with self._lock:
            if self._dead_until is None:
                return True
            if self._dead_until > self._clock():
                return False
            self._dead_until = self._clock() + self._dead_seconds
            return True

    def give_up(self, error: OSError) -> None:
        """Ask the server no more for a while."""
        with self._lock:
            known, self._dead_until = self._dead_until, self._clock() + self._dead_seconds
        self.hang_up()
        if known is None and isinstance(error, UntrustedError):
            LOG.error(UNTRUSTED, self._address, error)
        elif known is None:
            LOG.warning("memcached %s is not used until it answers again: %s", self._address, error)

    def ask(self, question: Callable[[Conversation], Answer]) -> Answer:
        """Return the server's answer. Raise OSError when there is none in time."""
        conversation = self._take()
        if conversation is not None:
            try:
                return self._hold(conversation, question)
            except TimeoutError:
                raise
            except OSError:
                self.hang_up()  # it has been restarted, so the others are of no use either
        return self._hold(self._connect(), question)

    def _hold(self, conversation: Conversation, question: Callable[[Conversation], Answer]) -> Answer:
        try:
            answer = question(conversation)
        except BaseException:
            conversation.close()
            raise
        with self._lock:
            self._idle.append(conversation)
            recovered, self._dead_until = self._dead_until is not None, None
        if recovered:
            LOG.info("memcached %s answers again", self._address)
        return answer

    def _connect(self) -> Conversation:
        open_ = self._address.connect if self._tls is None else functools.partial(self._tls.connect, self._address)
        return Conversation(open_(self._timeout_seconds), timeout_seconds=self._timeout_seconds, clock=self._clock)

    def _take(self) -> Conversation | None:
        with self._lock:
            return self._idle.pop() if self._idle else None

    def hang_up(self) -> None:
        """End the connections that nobody uses just now."""
        with self._lock:
            idle, self._idle = self._idle, []
        for conversation in idle:
            conversation.close()
