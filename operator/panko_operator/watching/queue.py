"""One worker for each Panko: any number of triggers become one pass, and no two passes of one Panko overlap.

It knows neither Kubernetes nor what a pass does.
"""

import asyncio
import contextlib
import dataclasses
import logging
import time
from collections.abc import Callable
from datetime import datetime
from typing import Final, NamedTuple

from panko_operator.controller.result import Pace, Result
from panko_operator.errors import KubernetesError
from panko_operator.watching.lanes import Lanes
from panko_operator.watching.pace import delay_seconds, until_seconds

_COALESCE_SECONDS: Final = 0.2  # triggers come in bunches: an apply, and the status that follows it
_NOTHING: Final = Result({}, Pace.SETTLED)
_FAILED: Final = Result({}, Pace.FAILED)
_log = logging.getLogger(__name__)


class Key(NamedTuple):
    """Which Panko."""

    namespace: str
    name: str


@dataclasses.dataclass(slots=True)
class _Worker:
    """What one Panko is looked at by; patient while nothing is known to have changed."""

    wake: asyncio.Event = dataclasses.field(default_factory=asyncio.Event)
    is_patient: bool = False
    task: asyncio.Task[None] | None = None


class Queue:
    """Runs `work` in a thread for every key that is triggered, and again after the delay its result asks for.

    `work` returns None when its Panko is gone. Nothing runs before `gate` is set.
    """

    def __init__(
        self,
        work: Callable[[Key], Result | None],
        *,
        lanes: Lanes,
        gate: asyncio.Event,
        spread: Callable[[], float],
        now: Callable[[], datetime],
    ) -> None:
        self._work = work
        self._lanes = lanes
        self._gate = gate
        self._spread = spread
        self._now = now
        self._workers: dict[Key, _Worker] = {}
        self._running: dict[Key, float] = {}

    def trigger(self, key: Key) -> None:
        """Ask for a pass soon. A trigger during a pass asks for another one after it."""
        worker = self._worker(key)
        worker.is_patient = False
        worker.wake.set()
        self._lanes.hurry(key)

    def look(self, key: Key) -> None:
        """Ask for a pass behind those that somebody waits for: as far as is known nothing has changed."""
        worker = self._worker(key)
        worker.is_patient = worker.is_patient or not worker.wake.is_set()
        worker.wake.set()

    def _worker(self, key: Key) -> _Worker:
        worker = self._workers.get(key)
        if worker is None:
            worker = self._workers[key] = _Worker()
            worker.task = asyncio.create_task(self._serve(key, worker), name=f"panko {key}")
        return worker

    @property
    def depth(self) -> int:
        """How many Pankos wait for a pass that was asked for."""
        return sum(worker.wake.is_set() for worker in self._workers.values())

    @property
    def oldest_pass_seconds(self) -> float:
        """For how long the pass that has been running for the longest has been doing so."""
        return max((time.monotonic() - since for since in list(self._running.values())), default=0.0)

    async def stop(self, seconds: float) -> bool:
        """Start no more passes, and give those that run some time to end; return whether they did."""
        tasks = [worker.task for worker in self._workers.values() if worker.task is not None]
        for task in tasks:
            task.cancel()
        return not tasks or not (await asyncio.wait(tasks, timeout=seconds))[1]

    async def _serve(self, key: Key, worker: _Worker) -> None:
        await self._gate.wait()
        result, repeats, wake = _NOTHING, 0, worker.wake
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._delay_seconds(result, repeats)):
                    await wake.wait()
            await asyncio.sleep(_COALESCE_SECONDS)
            patient = result.pace is Pace.SETTLED and (worker.is_patient or not wake.is_set())
            async with self._lanes.place(key, patient=patient):
                wake.clear()
                outcome = await self._pass(key)
            if outcome is None and not wake.is_set():
                del self._workers[key]
                self._lanes.forget(key)
                return
            repeats = repeats + 1 if outcome is not None and outcome.pace is result.pace else 0
            result = outcome or _NOTHING

    def _delay_seconds(self, result: Result, repeats: int) -> float:
        by_pace = delay_seconds(result.pace, repeats=repeats, spread=self._spread())
        return min(by_pace, until_seconds(result.again_at, self._now()))

    def _timed(self, key: Key) -> Result | None:
        self._running[key] = time.monotonic()
        try:
            return self._work(key)
        finally:
            del self._running[key]

    async def _pass(self, key: Key) -> Result | None:
        """Run one pass to its end, even when the worker is told to stop meanwhile: a thread cannot be stopped."""
        running = asyncio.get_running_loop().run_in_executor(self._lanes.executor, self._timed, key)
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            await asyncio.wait([running])
            raise
        except KubernetesError as error:
            _log.warning("pass of %s/%s: %s", *key, error)
            return _FAILED
        except Exception:  # noqa: BLE001 -- whatever it is, the other Pankos go on, and this one is tried again
            _log.exception("pass of %s/%s", *key)
            return _FAILED
