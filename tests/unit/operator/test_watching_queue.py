"""The queue: many triggers, one pass at a time."""

import asyncio
import contextlib
import threading
from datetime import UTC, datetime, timedelta

import pytest

from panko_operator.controller.reconcile import Pace, Result
from panko_operator.errors import KubernetesUnreachableError
from panko_operator.watching.lanes import Lanes
from panko_operator.watching.pace import delay_seconds, until_seconds
from panko_operator.watching.queue import Key, Queue

ONE, TWO = Key("openstack", "one"), Key("openstack", "two")
BOUND_SECONDS = 10
NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


class Work:
    """Passes that a test can hold back. `outcomes` are what they come to, the last one for ever."""

    def __init__(self, *outcomes):
        self.outcomes = list(outcomes) or [Pace.SETTLED]
        self.passes = []
        self.free = threading.Event()
        self.free.set()
        self.running = 0

    def __call__(self, key):
        self.passes.append(key)
        self.running += 1
        assert self.free.wait(BOUND_SECONDS)
        self.running -= 1
        outcome = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        if isinstance(outcome, Exception):
            raise outcome
        return Result({}, outcome) if isinstance(outcome, Pace) else outcome


async def until(met):
    async with asyncio.timeout(BOUND_SECONDS):
        while not met():  # noqa: ASYNC110 -- it is a thread that is waited for
            await asyncio.sleep(0.01)


async def coalesced():
    """Wait until a queue that is open has done its pass, which is when another one would have."""
    other = Work()

    async def scenario(queue, _gate):
        queue.trigger(ONE)
        await until(lambda: other.passes)

    await asyncio.to_thread(play, scenario, other)


def play(scenario, work, *, leading=True):
    """Run a scenario with a queue whose gate is open, or not yet."""

    async def main():
        gate = asyncio.Event()
        if leading:
            gate.set()
        with contextlib.closing(Lanes(4)) as lanes:
            queue = Queue(work, lanes=lanes, gate=gate, spread=lambda: 0.5, now=lambda: NOON)
            try:
                await scenario(queue, gate)
            finally:
                work.free.set()
                await queue.stop(BOUND_SECONDS)

    asyncio.run(main())


def test_many_triggers_are_one_pass():
    work = Work()

    async def scenario(queue, _gate):
        for _ in range(100):
            queue.trigger(ONE)
        await until(lambda: work.passes)
        queue.trigger(TWO)
        await until(lambda: TWO in work.passes)  # a second pass of the first would have come by now
        assert work.passes == [ONE, TWO]

    play(scenario, work)


def test_a_trigger_during_a_pass_asks_for_another_one_after_it():
    work = Work()
    work.free.clear()

    async def scenario(queue, _gate):
        queue.trigger(ONE)
        await until(lambda: work.passes == [ONE])
        queue.trigger(ONE)
        queue.trigger(TWO)
        await until(lambda: TWO in work.passes)
        assert work.passes == [ONE, TWO]
        work.free.set()
        await until(lambda: work.passes == [ONE, TWO, ONE])

    play(scenario, work)


def test_different_pankos_do_not_wait_for_each_other():
    work = Work()
    work.free.clear()

    async def scenario(queue, _gate):
        queue.trigger(ONE)
        queue.trigger(TWO)
        await until(lambda: work.running == 2)

    play(scenario, work)


def test_nothing_runs_before_the_gate_is_open():
    work = Work()

    async def scenario(queue, gate):
        queue.trigger(ONE)
        await coalesced()
        assert work.passes == []
        gate.set()
        await until(lambda: work.passes == [ONE])

    play(scenario, work, leading=False)


@pytest.mark.parametrize("error", [KubernetesUnreachableError("away"), ZeroDivisionError("ours")])
def test_a_pass_that_raises_is_tried_again(error, caplog):
    work = Work(error, Pace.SETTLED)

    async def scenario(queue, _gate):
        queue.trigger(ONE)
        await until(lambda: work.passes == [ONE, ONE])  # after the first delay of a failure

    play(scenario, work)
    assert str(error) in caplog.text


def test_a_panko_that_is_gone_is_forgotten_and_may_come_again():
    work = Work(None)

    async def scenario(queue, _gate):
        queue.trigger(ONE)
        await until(lambda: not queue._workers)
        queue.trigger(ONE)
        await until(lambda: work.passes == [ONE, ONE])

    play(scenario, work)


def test_stopping_lets_a_pass_end():
    work = Work()
    work.free.clear()

    async def scenario(queue, _gate):
        queue.trigger(ONE)
        await until(lambda: work.running == 1)
        stopping = asyncio.create_task(queue.stop(BOUND_SECONDS))
        await asyncio.sleep(0)
        assert not stopping.done()
        work.free.set()
        assert await stopping
        assert work.running == 0

    play(scenario, work)


def test_stopping_tells_of_a_pass_that_does_not_end():
    work = Work()
    work.free.clear()

    async def scenario(queue, _gate):
        queue.trigger(ONE)
        await until(lambda: work.running == 1)
        assert queue.oldest_pass_seconds > 0
        assert not await queue.stop(0.05)

    play(scenario, work)


@pytest.mark.parametrize("spread", [0.0, 0.999])
def test_delays_are_bounded_and_spread(spread):
    assert 300 <= delay_seconds(Pace.SETTLED, repeats=0, spread=spread) <= 600
    assert delay_seconds(Pace.FAILED, repeats=0, spread=spread) <= 3
    assert 40 <= delay_seconds(Pace.FAILED, repeats=10_000, spread=spread) <= 80


def test_delays_of_a_failure_that_stays_grow():
    delays = [delay_seconds(Pace.FAILED, repeats=repeats, spread=0.5) for repeats in range(6)]
    assert delays == [2, 4, 8, 16, 32, 60]


def test_a_pass_comes_again_at_the_time_that_it_asked_for():
    work = Work(Result({}, Pace.SETTLED, NOON + timedelta(seconds=1)), Result({}, Pace.SETTLED))

    async def scenario(queue, _gate):
        queue.trigger(ONE)
        await until(lambda: work.passes == [ONE, ONE])  # long before the resync

    play(scenario, work)


def test_a_time_that_has_passed_is_no_reason_to_spin():
    assert until_seconds(NOON - timedelta(days=1), NOON) == 1
    assert until_seconds(NOON + timedelta(minutes=1), NOON) == 60
    assert until_seconds(None, NOON) == float("inf")
