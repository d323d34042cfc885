"""Whole transactions, tried again when the database says that this may help.

A transaction is a function of a SQLAlchemy connection; it may run several times, so it must change nothing outside of
the database.
"""

import dataclasses
import logging
import random
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from panko.errors import StorageUnavailableError, TooSlowError
from panko.storage.sql.engines.failure import TOO_SLOW, Failure, Remedy
from panko.storage.sql.session.failures import classify

LOG = logging.getLogger(__name__)
FIRST_DELAY_SECONDS = 0.1
DELAY_FACTOR = 3
RETRIED = frozenset({Remedy.RETRY, Remedy.LOOK})

T = TypeVar("T")


@dataclasses.dataclass(frozen=True, slots=True)
class Clock:
    """Time and chance, injected for the tests."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random


@dataclasses.dataclass(frozen=True, slots=True)
class Retry:
    """At most `tries` tries, none of which begins later than `deadline_seconds` after the first one."""

    tries: int
    deadline_seconds: float
    clock: Clock = dataclasses.field(default_factory=Clock)

    def run(self, engine: Engine, transaction: Callable[[Connection], T]) -> T:
        """Run in a transaction of its own and return after COMMIT; raise StorageUnavailableError."""
        return self.call(lambda: _in_transaction(engine, transaction))

    def read(self, engine: Engine, transaction: Callable[[Connection], T]) -> T:
        """Run what changes nothing, without the COMMIT that it does not need; raise StorageUnavailableError."""
        return self.call(lambda: _reading(engine, transaction))

    def call(self, attempt: Callable[[], T]) -> T:
        """Call until it succeeds, or trying again cannot help or takes too long."""
        begin = self.clock.now()
        for number in range(1, self.tries + 1):
            try:
                return attempt()
            except SQLAlchemyError as error:
                failure = classify(error)
                # A unique key has refused an event that is stored already: no reason to wait, or to speak of.
                at_once = failure.remedy is Remedy.LOOK and number == 1
                delay = 0 if at_once else self._delay(number)
                in_time = number < self.tries and self.clock.now() + delay - begin < self.deadline_seconds
                _give_up_unless(error, failure, in_time=in_time)
                if not at_once:
                    LOG.info("try %d of %d failed: %s", number, self.tries, failure.reason)
                    self.clock.sleep(delay)
        raise AssertionError("unreachable: the last try returns or raises")

    def _delay(self, number: int) -> float:
        """Return seconds to wait after a try: growing, and between half and all of it by chance."""
        whole: float = FIRST_DELAY_SECONDS * DELAY_FACTOR ** (number - 1)
        return whole * (1 + self.clock.jitter()) / 2


def _give_up_unless(error: SQLAlchemyError, failure: Failure, *, in_time: bool) -> None:
    if failure.remedy in RETRIED and in_time:
        return
    if failure.remedy is Remedy.NONE:
        raise error
    raise (TooSlowError if failure is TOO_SLOW else StorageUnavailableError)(failure.reason) from error


def _reading(engine: Engine, transaction: Callable[[Connection], T]) -> T:
    with engine.connect() as connection:
        return transaction(connection)


def _in_transaction(engine: Engine, transaction: Callable[[Connection], T]) -> T:
    with engine.begin() as connection:
        return transaction(connection)
