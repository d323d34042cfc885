"""Producers and readers at work beside a test, each in a thread of its own."""

import threading
import time

from ledger.attempts import Outcome

PATIENCE_SECONDS = 60


def wait_for(holds, complaint):
    """Wait until something holds."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, complaint
        time.sleep(0.02)


class AtWork:
    """Threads that work while the body of `with` goes on, until `stop` is set.

    `works` are the name of each, the ledger that is told when it ends with an error, and what it does. `ledgers` are
    those in which each stretch of work has to bring so many `batches` more that are acknowledged.
    """

    def __init__(self, stop, works, ledgers, *, batches):
        self.stop, self.ledgers, self._batches = stop, ledgers, batches
        self._threads = [threading.Thread(target=_run, args=work) for work in works]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        self.goes_on()
        return self

    def __exit__(self, *_):
        self.stop.set()
        for thread in self._threads:
            thread.join(timeout=2 * PATIENCE_SECONDS)
            assert not thread.is_alive(), "a producer or reader does not end"

    def goes_on(self):
        """Wait until more batches are acknowledged, in every ledger."""
        enough = {name: self._acknowledged(name) + self._batches for name in self.ledgers}
        for name, count in enough.items():
            wait_for(lambda name=name, count=count: self._acknowledged(name) >= count, f"{name} does not go on")

    def _acknowledged(self, name):
        return self.ledgers[name].count(Outcome.ACKNOWLEDGED)


def _run(name, ledger, work):
    try:
        work()
    except Exception as error:  # noqa: BLE001 - a thread that dies in silence would prove nothing
        ledger.complain(f"{name} ended with {error!r}")
