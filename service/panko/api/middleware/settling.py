"""Keeps the counts of whole hours in a thread of each process, beside its requests.

It begins with the first request, for a server may load the service before it forks. Where a server lets no threads run
between requests the counts are kept more slowly; nothing else comes of it.
"""

import os
import random
import threading
import time
import weakref
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from oslo_log import log

from panko.errors import without_values
from panko.storage import Connection

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

LOG = log.getLogger(__name__)
IDLE_SECONDS, BUSY_SECONDS = 60.0, 3.0
MOST_OF_THE_TIME = 0.1  # of which a process may be at it

Wait = Callable[[float], bool]


class Settling:
    """A service, and beside it the thread, which ends when the service is not used any more."""

    def __init__(self, app: "WSGIApplication", connection: Connection) -> None:
        self._app = app
        self._connection = connection
        self._pid: int | None = None
        self._lock = threading.Lock()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        if self._pid != os.getpid():
            self._begin()
        return self._app(environ, start_response)

    def _begin(self) -> None:
        with self._lock:
            if self._pid == os.getpid():
                return
            self._pid = os.getpid()
        ended = threading.Event()
        weakref.finalize(self, ended.set)
        threading.Thread(target=settle, args=(self._connection, ended.wait), daemon=True, name="counts").start()


def settle(connection: Connection, wait: Wait, *, clock: Callable[[], float] = time.monotonic) -> None:
    """Do a step whenever one is due, until `wait` tells that it is over. Errors are told and waited out."""
    pause = IDLE_SECONDS
    # All processes of a service begin at once, and one of them is enough.
    while not wait(pause * random.uniform(0.5, 1.5)):  # noqa: S311 - no secret
        began = clock()
        try:
            is_due = connection.settle_counts()
        except Exception as error:  # noqa: BLE001 - whatever it is, requests go on without it
            LOG.info("Counts were not settled: %s", without_values(error))
            is_due = False
        pause = max(BUSY_SECONDS, (clock() - began) / MOST_OF_THE_TIME) if is_due else IDLE_SECONDS
