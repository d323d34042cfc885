"""Be the one operator that acts: hold the Lease, open the gate, and say so when it is lost.

A standby watches all the while, so that it can go on at once.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Protocol

from panko_operator.errors import KubernetesError

LEASE_DURATION: Final = timedelta(seconds=15)
RENEW_DEADLINE: Final = timedelta(seconds=10)  # shorter: the old leader has ended before another may begin
RETRY_PERIOD: Final = timedelta(seconds=3)

_log = logging.getLogger(__name__)


class Candidate(Protocol):
    """What an election needs of a Lease."""

    def hold(self, now: datetime) -> bool:
        """Acquire or renew; return whether it is held."""

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
        retry_period: timedelta = RETRY_PERIOD,
    ) -> None:
        self._candidate = candidate
        self._gate = gate
        self._now = now
        self._on_answer = on_answer
        self._on_lost = on_lost
        self._retry_period = retry_period
        self._renewed: datetime | None = None

    async def run(self) -> None:
        """Ask until the Lease is lost."""
        while True:
            asked = self._now()
            held = await self._ask(asked)
            if held:
                self._lead(asked)
            elif self._renewed is not None and (held is False or self._now() - self._renewed >= RENEW_DEADLINE):
                _log.error("the Lease is lost; another operator may act now")
                self._on_lost()
                return
            await asyncio.sleep(self._retry_period.total_seconds())

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

    async def _ask(self, now: datetime) -> bool | None:
        """Return None when the API server gave no answer in time, which may pass."""
        try:
            async with asyncio.timeout(RENEW_DEADLINE.total_seconds() / 2):
                held = await asyncio.to_thread(self._candidate.hold, now)
        except (KubernetesError, TimeoutError) as error:
            _log.warning("the Lease cannot be asked for: %s", error or "no answer in time")
            return None
        self._on_answer()
        return held
