"""Keeps the counts of whole hours in a thread of each process, beside its requests.

It begins with the first request, for a server may load the service before it forks. Where a server lets no threads run
between requests the counts are kept more slowly; nothing else comes of it.
"""

import contextlib
import os
import random
import threading
import time
import weakref
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from oslo_log import log

from panko.errors import without_values
from panko.storage import Connection

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

LOG = log.getLogger(__name__)
IDLE_SECONDS, BUSY_SECONDS = 60.0, 3.0
# Of the time that a process may be at it: where nobody waits for an answer, and where somebody always does.
MOST_OF_THE_TIME, LEAST_OF_THE_TIME = 0.1, 0.02

Wait = Callable[[float], bool]


class Answering:
    """How long a process was at its requests, all threads together, since it was asked last.

    Threads that end a request at once may lose one of both: what it is for needs no more.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since, self._busy = clock(), 0.0

    @contextlib.contextmanager
    def request(self) -> Iterator[None]:
        """Count the time within."""
        began = self._clock()
        try:
            yield
        finally:
            self._busy += self._clock() - began

    def share(self) -> float:
        """Return the part of the time in which requests were answered, 1 at most, and begin anew."""
        now = self._clock()
        passed, busy = now - self._since, self._busy
        self._since, self._busy = now, 0.0
        return min(1.0, busy / passed) if passed > 0 else 0.0


class Settling:
    """A service, and beside it the thread, which ends when the service is not used any more."""

    def __init__(self, app: "WSGIApplication", connection: Connection) -> None:
        self._app = app
        self._connection = connection
        self._pid: int | None = None
        self._lock = threading.Lock()
        self._answering = Answering()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        if self._pid != os.getpid():
            self._begin()
        with self._answering.request():
            return self._app(environ, start_response)

    def _begin(self) -> None:
        with self._lock:
            if self._pid == os.getpid():
                return
            self._pid = os.getpid()
        ended = threading.Event()
        weakref.finalize(self, ended.set)
        of_the_thread = (self._connection, ended.wait, self._answering)
        threading.Thread(target=settle, args=of_the_thread, daemon=True, name="counts").start()


def settle(
    connection: Connection, wait: Wait, answering: Answering, *, clock: Callable[[], float] = time.monotonic
) -> None:
    """Do a step whenever one is due, until `wait` tells that it is over. Errors are told and waited out.

    The busier the process is, the less of the time: what is settled late is counted by its rows until then.
    """
    pause = IDLE_SECONDS
    # All processes of a service begin at once, and one of them is enough.
    while not wait(pause * random.uniform(0.5, 1.5)):  # noqa: S311 - no secret
        part = max(LEAST_OF_THE_TIME, MOST_OF_THE_TIME * (1 - answering.share()))
        began = clock()
        try:
            is_due = connection.settle_counts()
        except Exception as error:  # noqa: BLE001 - whatever it is, requests go on without it
            LOG.info("Counts were not settled: %s", without_values(error))
            is_due = False
        pause = max(BUSY_SECONDS, (clock() - began) / part) if is_due else IDLE_SECONDS
