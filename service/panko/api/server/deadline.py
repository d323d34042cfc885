"""A socket that a request is read from within a time, however little of it arrives at once."""

import math
import socket
import time
from collections.abc import Callable
from typing import Any


class HeadersLateError(Exception):
    """The headers of a request did not arrive in time. No OSError: gunicorn would take it for a caller who has gone."""


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

    def recv(self, size: int) -> bytes:
        """Return what is there, or what arrives before the deadline and the socket's own timeout."""
        timeout = self._sock.gettimeout()
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise self._refuse()
        if left == math.inf:
            return self._sock.recv(size)
        self._sock.settimeout(left if timeout is None else min(left, timeout))
        try:
            return self._sock.recv(size)
        except TimeoutError:
            raise self._refuse() from None
        finally:
            self._sock.settimeout(timeout)
