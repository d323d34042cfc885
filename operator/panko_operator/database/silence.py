"""A connection to a server that froze in the middle is cut after a while: some drivers wait for an answer for ever.

The kernel of a frozen server acknowledges what it is sent, so no time-out of TCP ends it.
"""

import contextlib
import os
import socket
import threading
from collections.abc import Iterator


@contextlib.contextmanager
def bounded(descriptor: int, seconds: float) -> Iterator[None]:
    """Cut the connection of a socket's descriptor unless this ends in time; who waits on it gets an error."""
    # A descriptor of its own: the driver may close its one, and the number be another connection's by then.
    twin = socket.socket(fileno=os.dup(descriptor))
    timer = threading.Timer(seconds, _cut, [twin])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        twin.close()


def _cut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
