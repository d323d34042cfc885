"""A client of memcached for validated tokens: bytes in, the same bytes out.

memcached knows nobody, so what it answers may come from anyone. The usual clients unpickle values whose flags say so,
which lets such an answer run code before anything has looked at it. This one interprets nothing: what was not stored
as plain bytes is not there.
"""

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from panko.api.middleware.authentication.memcached import address
from panko.api.middleware.authentication.memcached.conversation import LARGEST_VALUE_BYTES, Conversation
from panko.api.middleware.authentication.memcached.server import Server
from panko.api.middleware.authentication.memcached.tls import TLS
from panko.errors import ConfigurationError

LONGEST_KEY_BYTES = 250
TRIED_SERVERS = 2  # each may cost a time-out

Answer = TypeVar("Answer")


class Memcached:
    """Some servers as one cache, for many threads. An outage is a miss.

    A key stays with its server, whatever the order of the list; while that one is away it moves to another. `get` and
    `set` are those that keystonemiddleware calls.
    """

    def __init__(
        self,
        servers: Sequence[str],
        *,
        timeout_seconds: float,
        dead_seconds: float,
        clock: Callable[[], float] = time.monotonic,
        tls: TLS | None = None,
    ) -> None:
        addresses = [address.parse(server) for server in servers]
        if tls is not None and not all(each.port for each in addresses):
            message = "[keystone_authtoken] memcached_servers: a socket file has no TLS; write host:port."
            raise ConfigurationError(message)
        self._servers = [
            Server(each, timeout_seconds=timeout_seconds, dead_seconds=dead_seconds, clock=clock, tls=tls)
            for each in addresses
        ]

    def get(self, key: str) -> bytes | None:
        """Return what was set under this key, or None."""
        return self._ask(key, lambda conversation: conversation.get(key.encode()))

    def set(self, key: str, value: bytes | str, time: float) -> bool:
        """Remember a value for `time` seconds; tell whether a server does."""
        content = value.encode() if isinstance(value, str) else value
        if len(content) > LARGEST_VALUE_BYTES or time < 1:
            return False
        return bool(self._ask(key, lambda conversation: conversation.set(key.encode(), content, seconds=int(time))))

    def close(self) -> None:
        """End all connections that nobody uses just now."""
        for server in self._servers:
            server.hang_up()

    def _ask(self, key: str, question: Callable[[Conversation], Answer]) -> Answer | None:
        # A key that ends early would be a command of its own.
        if not key.isascii() or not key.isprintable() or " " in key or not 0 < len(key) <= LONGEST_KEY_BYTES:
            return None
        by_weight = sorted(self._servers, key=lambda server: server.weight(key))
        for server in [server for server in by_weight if server.may_be_asked()][:TRIED_SERVERS]:
            try:
                return server.ask(question)
            except OSError as error:
                server.give_up(error)
        return None
