"""Keeps what waits, or computes for long, from holding every thread of the process."""

import contextlib
import dataclasses
import threading
import time
from collections.abc import Callable, Hashable, Iterator
from concurrent import futures
from typing import TypeVar

Answer = TypeVar("Answer")


class FullError(Exception):
    """There is no room, and waiting for some would hold a thread that others need."""


@dataclasses.dataclass(frozen=True, slots=True)
class _Work:
    """Something that is being found out, or is about to be."""

    since: float
    answer: "futures.Future[object]"


class Bulkhead:
    """Lets `places` threads work at once and few wait, of `threads` that there are: one at least stays free.

    Whoever asks what is being found out already waits for that answer, and in the last thread too where the work is
    sure to end soon (`ends_soon`). Nobody waits longer than `patience_seconds`, nor at all for work that has lasted
    longer than that: it hangs.
    """

    def __init__(
        self,
        *,
        threads: int,
        places: int,
        patience_seconds: float,
        ends_soon: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most_inside = max(1, threads - 1)
        self._ends_soon = ends_soon
        self._most_work = places + threads // 4
        self._places = places
        self._free = threading.Semaphore(places)
        self._patience_seconds = patience_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._inside = 0
        self._work: dict[Hashable, _Work] = {}

    def run(self, key: Hashable, work: Callable[[], Answer]) -> Answer:
        """Return what `work` returns, or what it just returned to somebody else with this key. Raise FullError."""
        mine, other = self._enter(key)
        try:
            if other is not None:
                return self._wait_for(other)  # type: ignore[return-value]  # of the same key
            return self._do(mine, work)
        finally:
            with self._lock:
                self._inside -= 1
                if other is None:
                    del self._work[key]

    def _enter(self, key: Hashable) -> tuple[_Work, _Work | None]:
        """Count the caller in, and return what the caller does or else waits for."""
        with self._lock:
            now = self._clock()
            mine, other = _Work(now, futures.Future()), self._work.get(key)
            waited_for = [other] if other else list(self._work.values()) if len(self._work) >= self._places else []
            if (
                (self._inside >= self._most_inside and not (other and self._ends_soon))
                or (other is None and len(self._work) >= self._most_work)
                or any(now - each.since > self._patience_seconds for each in waited_for)
            ):
                raise FullError
            self._inside += 1
            if other is None:
                self._work[key] = mine
            return mine, other

    def _wait_for(self, other: _Work) -> object:
        if not futures.wait([other.answer], timeout=self._patience_seconds).done:
            raise FullError
        return other.answer.result()

    def _do(self, mine: _Work, work: Callable[[], Answer]) -> Answer:
        try:
            with self._place():
                answer = work()
        except BaseException as error:
            mine.answer.set_exception(error)
            raise
        mine.answer.set_result(answer)
        return answer

    @contextlib.contextmanager
    def _place(self) -> Iterator[None]:
        if not self._free.acquire(timeout=self._patience_seconds):
            raise FullError
        try:
            yield
        finally:
            self._free.release()
