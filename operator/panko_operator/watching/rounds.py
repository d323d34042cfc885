"""Go round the Pankos that serve, once a minute each, and wake the pass of one that does not any more.

However many there are and however long they take, a few are asked at once, and each at a moment of its own. It knows
neither what is asked nor of whom.
"""

import asyncio
import functools
import logging
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from panko_operator.watching.queue import Key

SECONDS: Final = 50.0  # spread by a quarter: what is wrong is found within about a minute
AT_ONCE: Final = 8
_TICK_SECONDS: Final = 1.0

_log = logging.getLogger(__name__)


class Rounds:
    """`serving` returns the Pankos to ask, `is_unwell` asks one in a thread, and `wake` has a pass look at it."""

    def __init__(
        self,
        serving: Callable[[], Collection[tuple[str, str]]],
        is_unwell: Callable[[Key], bool],
        wake: Callable[[Key], None],
        *,
        spread: Callable[[], float],
    ) -> None:
        self._serving = serving
        self._is_unwell = is_unwell
        self._wake = wake
        self._spread = spread
        self._due: dict[Key, float] = {}
        self._asking: dict[Key, asyncio.Task[None]] = {}

    async def run(self, *, gate: asyncio.Event, period: float = SECONDS, tick: float = _TICK_SECONDS) -> None:
        """Go round and round, from when this operator leads until the task is cancelled."""
        await gate.wait()
        executor = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="round")
        try:
            while True:
                self._go_round(executor, period)
                await asyncio.sleep(tick)
        finally:
            executor.shutdown(wait=False, cancel_futures=True)

    def _go_round(self, executor: ThreadPoolExecutor, period: float) -> None:
        """Ask whose time has come. A new one is asked at any moment of the next period: many begin together."""
        now = asyncio.get_running_loop().time()
        serving = {Key(*name) for name in self._serving()}
        self._due = {key: self._due.get(key, now + period * self._spread()) for key in serving}
        for key, due in self._due.items():
            if due <= now and key not in self._asking:
                self._due[key] = now + period * (3 / 4 + self._spread() / 2)
                task = asyncio.create_task(self._ask(executor, key), name=f"round {key}")
                self._asking[key] = task
                task.add_done_callback(functools.partial(self._asked, key))

    def _asked(self, key: Key, _task: asyncio.Task[None]) -> None:
        del self._asking[key]

    async def _ask(self, executor: ThreadPoolExecutor, key: Key) -> None:
        try:
            if await asyncio.get_running_loop().run_in_executor(executor, self._is_unwell, key):
                self._wake(key)
        except Exception:  # noqa: BLE001 -- whatever it is, the others are asked on
            _log.exception("asking %s/%s", *key)
