"""The protocol of memcached on one connection, as far as it is needed.

https://github.com/memcached/memcached/blob/master/doc/protocol.txt
"""

import socket
import time
from collections.abc import Callable

PLAIN = b"0"  # flags: to other clients others mean pickles, numbers and compression
LARGEST_VALUE_BYTES = 1024 * 1024  # memcached's own limit
LONGEST_LINE_BYTES = 2048
CHUNK_BYTES = 65536
VALUE_WORDS = 4


class NotMemcachedError(OSError):
    """The other side ended the connection, or says what no memcached does."""


class Conversation:
    """One connection; after an OSError it is of no more use. `timeout_seconds` is for a whole answer."""

    def __init__(
        self, connection: socket.socket, *, timeout_seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._connection = connection
        self._timeout_seconds = timeout_seconds
        self._clock = clock
        self._deadline = 0.0
        self._received = b""

    def get(self, key: bytes) -> bytes | None:
        """Return the value of a key when it was stored as plain bytes."""
        self._send(b"get " + key + b"\r\n")
        head = self._line()
        if head == b"END":
            return None
        flags, size = _value_of(head, key)
        content = self._exactly(size + 2)[:-2]
        if self._line() != b"END":
            raise NotMemcachedError("memcached answers more than it was asked")
        return content if flags == PLAIN else None

    def set(self, key: bytes, value: bytes, *, seconds: int) -> bool:
        """Store plain bytes for some seconds; tell whether they are."""
        self._send(b"set %b %b %d %d\r\n%b\r\n" % (key, PLAIN, seconds, len(value), value))
        answer = self._line()
        if answer == b"STORED":
            return True
        # After any other error what follows is not known.
        if answer == b"NOT_STORED" or answer.startswith(b"SERVER_ERROR out of memory"):
            return False
        raise NotMemcachedError("memcached does not store")

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def _send(self, command: bytes) -> None:
        self._deadline = self._clock() + self._timeout_seconds
        self._received = b""
        self._connection.settimeout(self._timeout_seconds)
        self._connection.sendall(command)

    def _line(self) -> bytes:
        while b"\r\n" not in self._received:
            if len(self._received) > LONGEST_LINE_BYTES:
                raise NotMemcachedError("memcached answers a line without an end")
            self._receive()
        line, _end, self._received = self._received.partition(b"\r\n")
        return line

    def _exactly(self, size: int) -> bytes:
        while len(self._received) < size:
            self._receive()
        content, self._received = self._received[:size], self._received[size:]
        return content

    def _receive(self) -> None:
        remaining = self._deadline - self._clock()
        if remaining <= 0:
            raise TimeoutError("memcached takes too long")
        self._connection.settimeout(remaining)
        chunk = self._connection.recv(CHUNK_BYTES)
        if not chunk:
            raise NotMemcachedError("memcached ended the connection")
        self._received += chunk


def _value_of(head: bytes, key: bytes) -> tuple[bytes, int]:
    """Return flags and size that a line `VALUE key flags bytes` announces."""
    words = head.split(b" ")
    if (
        len(words) < VALUE_WORDS
        or words[:2] != [b"VALUE", key]
        or not words[3].isdigit()
        or len(words[3]) > len("1048576")
    ):
        raise NotMemcachedError("memcached answers something else than a value")
    size = int(words[3])
    if size > LARGEST_VALUE_BYTES:
        raise NotMemcachedError("memcached answers more than it can hold")
    return words[2], size
