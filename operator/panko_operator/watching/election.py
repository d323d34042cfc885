"""Be the one operator that acts: hold the Lease, open the gate, and say so when it is lost.

A standby watches all the while, so that it can go on at once.
"""

import asyncio
import dataclasses
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Protocol

from panko_operator.errors import KubernetesError

# Figures that belong together: the last renewal of a leader that is killed was seen by the standby two seconds after it
# at the latest, so another one acts within 15 seconds. A leader lives through five seconds without an answer at least.
LEASE_DURATION: Final = timedelta(seconds=12)
RENEW_DEADLINE: Final = timedelta(seconds=9)  # shorter: the old leader has ended before another may begin
RENEW_PERIOD: Final = timedelta(seconds=3)
WATCH_PERIOD: Final = timedelta(seconds=2)  # of a standby
RETRY_PERIOD: Final = timedelta(seconds=1)  # of a leader that got no answer
ANSWER: Final = timedelta(seconds=3)

_SHORTEST_SECONDS: Final = 0.1
_log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True, slots=True)
class Periods:
    """After how long the Lease is asked for again: by who holds it, by a standby, and by a leader without an answer."""

    renew: timedelta
    watch: timedelta
    retry: timedelta


PERIODS: Final = Periods(renew=RENEW_PERIOD, watch=WATCH_PERIOD, retry=RETRY_PERIOD)


class Candidate(Protocol):
    """What an election needs of a Lease."""

    def hold(self, now: datetime) -> bool:
        """Acquire or renew; return whether it is held."""

    def free_in_seconds(self, now: datetime) -> float:
        """Return after how long another's runs out unless it is renewed."""

    def release(self, now: datetime) -> None:
        """Hand it over at once."""


class Election:
    """Keeps asking for the Lease. `gate` opens when it is held; `on_lost` is called when it is lost after that.

    `on_answer` is called for each answer of the API server, whatever it is.
    """

    def __init__(
        self,
        candidate: Candidate,
        *,
        gate: asyncio.Event,
        now: Callable[[], datetime],
        on_answer: Callable[[], None],
        on_lost: Callable[[], None],
        periods: Periods = PERIODS,
    ) -> None:
        self._candidate = candidate
        self._gate = gate
        self._now = now
        self._on_answer = on_answer
        self._on_lost = on_lost
        self._periods = periods
        self._renewed: datetime | None = None

    async def run(self) -> None:
        """Ask until the Lease is lost."""
        while True:
            asked = self._now()
            held = await self._ask(asked)
            if held:
                self._lead(asked)
            elif self._renewed is not None and (held is False or self._left_seconds() <= 0):
                _log.error("the Lease is lost; another operator may act now")
                self._on_lost()
                return
            await asyncio.sleep(self._pause_seconds(held=held))

    async def release(self) -> None:
        """Hand the Lease over, if it is held here."""
        if self._renewed is not None:
            try:
                await asyncio.to_thread(self._candidate.release, self._now())
            except KubernetesError as error:
                _log.warning("the Lease is not released and runs out by itself: %s", error)

    def _lead(self, asked: datetime) -> None:
        if self._renewed is None:
            _log.info("this operator holds the Lease")
            self._gate.set()
        self._renewed = asked

    def _left_seconds(self) -> float:
        """Return for how long an answer may be waited for; a leader has to end after that."""
        if self._renewed is None:
            return ANSWER.total_seconds()
        return (self._renewed + RENEW_DEADLINE - self._now()).total_seconds()

    def _pause_seconds(self, *, held: bool | None) -> float:
        if held:
            return self._periods.renew.total_seconds()
        if self._renewed is not None:
            return max(0.0, min(self._periods.retry.total_seconds(), self._left_seconds()))
        free_in = self._candidate.free_in_seconds(self._now())
        return max(_SHORTEST_SECONDS, min(self._periods.watch.total_seconds(), free_in))

    async def _ask(self, now: datetime) -> bool | None:
        """Return None when the API server gave no answer in time, which may pass."""
        try:
            async with asyncio.timeout(min(ANSWER.total_seconds(), max(0.0, self._left_seconds()))):
                held = await asyncio.to_thread(self._candidate.hold, now)
        except (KubernetesError, TimeoutError) as error:
            _log.warning("the Lease cannot be asked for: %s", error or "no answer in time")
            return None
        self._on_answer()
        return held
