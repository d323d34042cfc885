"""Places for passes: one that waits for a server that hangs makes room for those that do not.

A pass begins in a quick place and moves to a slow one when it takes long; a Panko whose last pass took long begins
there. So however many Pankos hang, the quick places are free for the others, and their threads are bounded all the
same. It knows neither passes nor servers.
"""

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Hashable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Final

LONG_SECONDS: Final = 2.0
_SLOW_FOR_EACH_QUICK: Final = 4


@dataclasses.dataclass(slots=True)
class _Ticket:
    lane: asyncio.Semaphore


class Lanes:
    """`quick` passes at once, and four times as many that take long."""

    def __init__(self, quick: int, *, long_seconds: float = LONG_SECONDS) -> None:
        slow = _SLOW_FOR_EACH_QUICK * quick
        self.executor = ThreadPoolExecutor(quick + slow, thread_name_prefix="pass")  # a thread for each place
        self._quick, self._slow = asyncio.Semaphore(quick), asyncio.Semaphore(slow)
        self._long_seconds = long_seconds
        self._took_long: set[Hashable] = set()

    @asynccontextmanager
    async def place(self, key: Hashable) -> AsyncIterator[None]:
        """Wait for a place, and have it for as long as this lasts."""
        ticket = _Ticket(self._slow if key in self._took_long else self._quick)
        await ticket.lane.acquire()
        begun = asyncio.get_running_loop().time()
        moving = asyncio.create_task(self._move(ticket))
        try:
            yield
        finally:
            moving.cancel()
            ticket.lane.release()
            self._took_long.discard(key)
            if asyncio.get_running_loop().time() - begun >= self._long_seconds:
                self._took_long.add(key)

    def close(self) -> None:
        """Wait for the threads to end."""
        self.executor.shutdown()

    def forget(self, key: Hashable) -> None:
        """Drop what is known of a Panko that is gone."""
        self._took_long.discard(key)

    async def _move(self, ticket: _Ticket) -> None:
        if ticket.lane is self._quick:
            await asyncio.sleep(self._long_seconds)
            await self._slow.acquire()
            ticket.lane = self._slow
            self._quick.release()
