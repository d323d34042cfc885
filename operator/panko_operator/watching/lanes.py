"""Places for passes: one that waits for a server that hangs makes room for those that do not.

A pass begins in a quick place and moves to a slow one when it takes long; a Panko whose last pass took long begins
there. So however many Pankos hang, the quick places are free for the others, and their threads are bounded all the
same. Who is patient leaves one of the quick places to those that are not: after a restart every Panko is looked at, and
what somebody changes meanwhile does not wait behind all of them. It knows neither passes nor servers.
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
    has_turn: bool = False
    called: asyncio.Event = dataclasses.field(default_factory=asyncio.Event)


class Lanes:
    """`quick` passes at once, and four times as many that take long."""

    def __init__(self, quick: int, *, long_seconds: float = LONG_SECONDS) -> None:
        slow = _SLOW_FOR_EACH_QUICK * quick
        self.executor = ThreadPoolExecutor(quick + slow, thread_name_prefix="pass")  # a thread for each place
        self._quick, self._slow = asyncio.Semaphore(quick), asyncio.Semaphore(slow)
        self._long_seconds = long_seconds
        self._took_long: set[Hashable] = set()
        self._turns = max(1, quick - 1)  # of those that are patient
        self._patient: dict[Hashable, _Ticket] = {}

    @asynccontextmanager
    async def place(self, key: Hashable, *, patient: bool = False) -> AsyncIterator[None]:
        """Wait for a place, and have it for as long as this lasts. Who is patient waits for a turn as well."""
        ticket = _Ticket(self._slow if key in self._took_long else self._quick)
        try:
            if patient and ticket.lane is self._quick:
                await self._turn(key, ticket)
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
        finally:
            self._end_turn(ticket)

    def hurry(self, key: Hashable) -> None:
        """Let who waits for a turn go without one."""
        waiting = self._patient.pop(key, None)
        if waiting is not None:
            waiting.called.set()

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
            self._end_turn(ticket)

    async def _turn(self, key: Hashable, ticket: _Ticket) -> None:
        """Wait for a turn, or until there is hurry."""
        if self._turns:
            self._turns -= 1
            ticket.has_turn = True
            return
        self._patient[key] = ticket
        try:
            await ticket.called.wait()
        finally:
            self._patient.pop(key, None)

    def _end_turn(self, ticket: _Ticket) -> None:
        """Give a turn to who has waited for the longest."""
        if not ticket.has_turn:
            return
        ticket.has_turn = False
        if not self._patient:
            self._turns += 1
            return
        following = self._patient.pop(next(iter(self._patient)))
        following.has_turn = True
        following.called.set()
