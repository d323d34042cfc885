"""What hangs delays nobody else: places for passes, and circuits before servers."""

import asyncio
import contextlib
import copy
import dataclasses
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from fakes.memory_world import SPEC, MemoryWorld
from panko_operator import circuits as guarded
from panko_operator.circuits import FIRST_SECONDS, LONGEST_SECONDS, Circuits
from panko_operator.controller.result import Pace, Result
from panko_operator.errors import DatabaseUnreachableError, KeystoneLoginRefusedError, KeystoneUnreachableError
from panko_operator.keystone import KeystoneServer
from panko_operator.memory import Memory
from panko_operator.watching import Key, Lanes, Queue

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
BOUND_SECONDS = 20
USUAL_SECONDS = 5


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


class Server:
    """Takes some seconds of the clock for an answer, or to fail; counts who waited for it."""

    def __init__(self, clock, *, seconds=10.0, error=KeystoneUnreachableError):
        self.clock, self.seconds, self.error = clock, seconds, error
        self.waited = 0

    def __call__(self):
        self.waited += 1
        self.clock.now += self.seconds
        if self.error is not None:
            raise self.error("Keystone does not answer.")
        return "answer"


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def circuits(clock):
    return Circuits(clock)


def fail(circuits, server, error=KeystoneUnreachableError):
    with pytest.raises(error, match="does not answer"):
        circuits.ask("one", server)


def test_a_server_that_hangs_is_waited_for_once(circuits, clock):
    server = Server(clock)
    for _ in range(5):
        fail(circuits, server)
    assert server.waited == 1


def test_it_is_asked_again_after_a_moment_that_grows_and_is_bounded(circuits, clock):
    server = Server(clock)
    fail(circuits, server)
    clock.now += FIRST_SECONDS
    fail(circuits, server)
    assert server.waited == 2
    clock.now += FIRST_SECONDS
    fail(circuits, server)
    assert server.waited == 2
    for _ in range(10):
        clock.now += LONGEST_SECONDS
        fail(circuits, server)
    assert server.waited == 12


def test_a_server_that_answers_again_is_asked_by_everybody_at_once(circuits, clock):
    server = Server(clock)
    fail(circuits, server)
    clock.now += FIRST_SECONDS
    server.error = None
    assert [circuits.ask("one", server) for _ in range(3)] == ["answer"] * 3


def test_one_asks_while_the_others_are_told_at_once(circuits, clock):
    fail(circuits, Server(clock))
    clock.now += FIRST_SECONDS
    begun, free = threading.Event(), threading.Event()

    def slow():
        begun.set()
        assert free.wait(BOUND_SECONDS)
        return "answer"

    with ThreadPoolExecutor(1) as pool:
        probing = pool.submit(circuits.ask, "one", slow)
        assert begun.wait(BOUND_SECONDS)
        fail(circuits, slow)
        free.set()
        assert probing.result() == "answer"


def test_servers_do_not_answer_for_each_other(circuits, clock):
    fail(circuits, Server(clock))
    assert circuits.ask("other", Server(clock, error=None)) == "answer"


@pytest.mark.parametrize(
    ("error", "seconds"), [(DatabaseUnreachableError, 0.1), (KeystoneLoginRefusedError, 10)], ids=["refused", "a no"]
)
def test_what_held_nobody_up_or_was_an_answer_is_asked_each_time(circuits, clock, error, seconds):
    server = Server(clock, seconds=seconds, error=error)
    for _ in range(3):
        fail(circuits, server, error)
    assert server.waited == 3


def test_servers_that_nobody_asks_any_more_are_forgotten(circuits, clock):
    for number in range(50):
        with pytest.raises(KeystoneUnreachableError):
            circuits.ask(number, Server(clock))
        clock.now += 60
    assert len(circuits._silences) < 15


# Lanes


def play(scenario, *, quick=2, long_seconds=0.1):
    async def main():
        gate = asyncio.Event()
        gate.set()
        with contextlib.closing(Lanes(quick, long_seconds=long_seconds)) as lanes:
            await scenario(lambda work: Queue(work, lanes=lanes, gate=gate, spread=lambda: 0.5, now=lambda: NOON))

    asyncio.run(main())


async def until(met):
    async with asyncio.timeout(BOUND_SECONDS):
        while not met():  # noqa: ASYNC110 -- it is a thread that is waited for
            await asyncio.sleep(0.01)


def test_pankos_that_hang_leave_room_for_the_others():
    hangs, done = threading.Event(), []

    def work(key):
        if key.namespace == "hangs":
            assert hangs.wait(BOUND_SECONDS)
        done.append(key)
        return Result({}, Pace.SETTLED)

    async def scenario(queue):
        queue = queue(work)
        for number in range(8):  # four times as many as there are quick places
            queue.trigger(Key("hangs", str(number)))
        queue.trigger(Key("works", "panko"))
        try:
            await until(lambda: done)
            assert done == [Key("works", "panko")]
        finally:
            hangs.set()
            assert await queue.stop(BOUND_SECONDS)

    play(scenario)


def test_who_took_long_begins_among_the_slow():
    hangs, begun = threading.Event(), []

    def work(key):
        begun.append(key)
        if key.namespace == "hangs":
            assert hangs.wait(BOUND_SECONDS)
        return Result({}, Pace.SETTLED)

    async def scenario(queue):
        queue = queue(work)
        slow = [Key("hangs", str(number)) for number in range(8)]
        for key in slow:
            queue.trigger(key)
        await until(lambda: len(begun) == 8)
        await asyncio.sleep(0.2)
        hangs.set()
        await until(lambda: queue.oldest_pass_seconds == 0)
        hangs.clear()
        begun.clear()
        for key in slow:
            queue.trigger(key)
        await until(lambda: len(begun) == 8)
        queue.trigger(Key("works", "panko"))
        since = time.monotonic()
        await until(lambda: Key("works", "panko") in begun)
        assert time.monotonic() - since < 2
        hangs.set()
        assert await queue.stop(BOUND_SECONDS)

    play(scenario)


def test_a_change_does_not_wait_behind_those_of_which_nothing_has_changed():
    """As after a restart among many: all are looked at, and somebody edits one of them meanwhile."""
    goes_on, begun = threading.Event(), []

    def work(key):
        begun.append(key.name)
        if key.namespace == "unchanged":
            assert goes_on.wait(BOUND_SECONDS)
            time.sleep(0.02)
        return Result({}, Pace.SETTLED)

    async def scenario(queue):
        queue = queue(work)
        unchanged = [Key("unchanged", str(number)) for number in range(20)]
        for key in unchanged:
            queue.look(key)
        await until(lambda: len(begun) >= 1)
        await asyncio.sleep(0.02)
        assert len(begun) == 1  # of two places one is left
        queue.trigger(Key("new", "made"))
        await until(lambda: len(begun) == 2)
        queue.trigger(unchanged[19])  # which waits for its turn already
        await until(lambda: len(begun) == 3)
        assert begun == ["0", "made", "19"]
        goes_on.set()
        await until(lambda: len(begun) == 21)
        assert await queue.stop(BOUND_SECONDS)

    play(scenario, long_seconds=60)


def test_one_that_is_not_done_waits_for_no_turn_when_a_list_tells_of_it():
    goes_on, begun = threading.Event(), []

    def work(key):
        begun.append(key.name)
        if key.name == "unchanged":
            assert goes_on.wait(BOUND_SECONDS)
        return Result({}, Pace.WAITING)

    async def scenario(queue):
        queue = queue(work)
        queue.trigger(Key("openstack", "waits"))
        await until(lambda: begun == ["waits"])
        queue.look(Key("openstack", "unchanged"))
        await until(lambda: begun == ["waits", "unchanged"])
        queue.look(Key("openstack", "waits"))
        await until(lambda: begun == ["waits", "unchanged", "waits"])
        goes_on.set()
        assert await queue.stop(BOUND_SECONDS)

    play(scenario, long_seconds=60)


def test_unchanged_ones_that_hang_leave_their_turn_to_others():
    hangs, begun = threading.Event(), []

    def work(key):
        begun.append(key)
        assert hangs.wait(BOUND_SECONDS)
        return Result({}, Pace.SETTLED)

    async def scenario(queue):
        queue = queue(work)
        for number in range(5):
            queue.look(Key("hangs", str(number)))
        await until(lambda: len(begun) == 5)
        hangs.set()
        assert await queue.stop(BOUND_SECONDS)

    play(scenario)


def test_turns_are_not_lost_with_those_that_are_told_to_stop():
    async def scenario():
        lanes = Lanes(2)
        with contextlib.closing(lanes):
            async with lanes.place("first", patient=True):
                waiting = asyncio.create_task(lanes.place("second", patient=True).__aenter__())
                await asyncio.sleep(0)
            waiting.cancel()  # its turn has just come
            with pytest.raises(asyncio.CancelledError):
                await waiting
            async with asyncio.timeout(BOUND_SECONDS), lanes.place("third", patient=True):
                pass

    asyncio.run(scenario())


# Real sockets


@contextlib.contextmanager
def black_hole():
    """Listen, let the kernel accept, and never answer."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v3"


class ByAddress:
    """A real client for addresses of this machine, and a Keystone in memory for all others."""

    def __init__(self, memory):
        self._memory, self._real = memory, KeystoneServer()

    def __getattr__(self, name):
        def ask(admin, *arguments, **named):
            server = self._real if "127.0.0.1" in admin.auth_url else self._memory
            return getattr(server, name)(admin, *arguments, **named)

        return ask


def test_three_keystones_that_never_answer_do_not_slow_a_fourth_panko(monkeypatch):
    # Shorter than in real life, and far longer than the fourth may take.
    monkeypatch.setattr("panko_operator.keystone.session._TIMEOUT_SECONDS", 8)
    world = MemoryWorld({**SPEC, "publishers": []})
    keystone = guarded.keystone(ByAddress(world.keystone), Circuits(time.monotonic))
    memory = Memory(dataclasses.replace(world.world, keystone=keystone))
    with contextlib.ExitStack() as stack:
        keys = [Key(world.namespace, world.name)]
        for number in range(3):
            other = copy.deepcopy(world.body)
            other["metadata"] |= {"name": f"hangs-{number}", "uid": f"hangs-{number}"}
            other["spec"]["keystone"]["authURL"] = stack.enter_context(black_hole())
            world.kube.put(other)
            keys.insert(0, Key(world.namespace, f"hangs-{number}"))

        async def scenario(queue):
            queue = queue(lambda key: memory.reconcile(memory.read(*key)))
            since = time.monotonic()
            for key in keys:
                queue.trigger(key)
            await until(lambda: "conditions" in world.body["status"] and world.condition("Ready")["status"] == "True")
            assert time.monotonic() - since < USUAL_SECONDS
            assert await queue.stop(BOUND_SECONDS)

        play(scenario)
