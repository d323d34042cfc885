"""A socket that a request is read from within a time, however little of it arrives at once."""

import contextlib
import math
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from typing import Any


class HeadersLateError(Exception):
    """The headers of a request did not arrive in time. No OSError: gunicorn would take it for a caller who has gone."""


class HandshakeError(Exception):
    """The caller does not come to speak TLS, or not in time. There is no answer that they could read."""


class PatientSocket:
    """All that a socket is, but `recv` gives up at a deadline that what arrives does not move."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._deadline = math.inf
        self._refuse: Callable[[], Exception] = TimeoutError

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def expect(self, seconds: float, refuse: Callable[[], Exception]) -> None:
        """Read for so long from now on; raise what `refuse` returns after that."""
        self._deadline = time.monotonic() + seconds
        self._refuse = refuse

    def be_patient(self) -> None:
        """Read without a deadline again."""
        self._deadline = math.inf

    def encrypt(self, context: ssl.SSLContext) -> None:
        """Speak TLS from now on; raise HandshakeError when the caller does not, or not before the deadline."""
        self._sock = context.wrap_socket(self._sock, server_side=True, do_handshake_on_connect=False)
        try:
            with self._bounded():
                self._sock.do_handshake()
        except (OSError, HeadersLateError) as error:
            raise HandshakeError(str(error)) from error

    def recv(self, size: int) -> bytes:
        """Return what is there, or what arrives before the deadline and the socket's own timeout."""
        with self._bounded():
            return self._sock.recv(size)

    def pending(self) -> int:
        """Return how many bytes were decrypted and not read: nothing tells of them any more."""
        return self._sock.pending() if isinstance(self._sock, ssl.SSLSocket) else 0

    def shutdown(self, how: int) -> None:
        """End the connection, and say so in TLS too, where a caller could take the end for somebody's who cut it."""
        if isinstance(self._sock, ssl.SSLSocket):
            self._sock.settimeout(0)  # what the caller says to it is not waited for
            with contextlib.suppress(OSError, ValueError):
                self._sock.unwrap()
        self._sock.shutdown(how)

    @contextlib.contextmanager
    def _bounded(self) -> Iterator[None]:
        """Have one call to the socket end at the deadline; what was left of its own timeout holds as well."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise self._refuse()
        if left == math.inf:
            yield
            return
        timeout = self._sock.gettimeout()
        self._sock.settimeout(left if timeout is None else min(left, timeout))
        try:
            yield
        except TimeoutError:
            raise self._refuse() from None
        finally:
            self._sock.settimeout(timeout)
