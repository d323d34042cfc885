"""An operator in memory that is killed before and after each of its writes, and what has to come of it.

A scenario is a spec and what somebody does to it; `check(scenario)` is the whole test. A write is a call of a boundary
that changes anything: an undisturbed run finds out which calls are, so a new method of a boundary is covered by itself.
The next process begins with nothing remembered, as after a real death.
"""

import dataclasses
import threading
from collections.abc import Callable
from datetime import timedelta

from fakes.memory_world import SPEC, MemoryWorld
from fakes.picture import picture, raw
from panko_operator.controller.result import Pace
from panko_operator.memory import Memory

PASSES = 30


class DiedError(BaseException):
    """The operator is killed; nothing of its own catches that."""


class Gate:
    """Counts the calls of all boundaries, and kills the operator before or after one of them.

    Threads of the operator pass one after the other: what is looked at meanwhile does not change.
    """

    def __init__(self, *, at=0, after=False):
        self.at, self.after, self.calls = at, after, 0
        self._lock = threading.RLock()  # a boundary may call another one

    def __call__(self, act):
        with self._lock:
            return self._passed(act)

    def _passed(self, act):
        self.calls += 1
        if self.calls == self.at and not self.after:
            raise DiedError
        answer = act()
        if self.calls == self.at:
            raise DiedError
        return answer


class Census(Gate):
    """Kills nobody, and notes which calls were writes."""

    def __init__(self, memory):
        super().__init__()
        self.memory, self.writes = memory, []

    def _passed(self, act):
        before = raw(self.memory)
        answer = super()._passed(act)
        if raw(self.memory) != before:
            self.writes.append(self.calls)
        return answer


class Boundary:
    """A boundary of the world, each of whose calls goes through a gate. What is several statements is several calls."""

    def __init__(self, inner, gate):
        self._inner, self._gate = inner, gate

    def __getattr__(self, name):
        method = getattr(self._inner, name)
        return lambda *arguments, **options: self._gate(lambda: method(*arguments, **options))

    def ensure_database(self, address, admin, owner, *, creating, **options):
        """Create, then mark."""
        if address.name not in self._inner.databases:
            creating()
            options["begun"] = True
            self._gate(lambda: self._inner.databases.add(address.name))
        return self._gate(lambda: self._inner.ensure_database(address, admin, owner, **options))

    def drop_accounts(self, address, admin, usernames):
        """Drop one after another."""
        for username in usernames:
            self._gate(lambda one=username: self._inner.drop_accounts(address, admin, [one]))

    def ensure_endpoints(self, admin, service_id, endpoints, **options):
        """Create one after another where there are fewer."""
        there = len(self._inner.endpoints)
        for count in (*range(there + 1, len(endpoints)), len(endpoints)):
            part = endpoints[:count]
            made = self._gate(lambda one=part: self._inner.ensure_endpoints(admin, service_id, one, **options))
        return made


def mortal(world, gate):
    """Return the world as an operator sees it whose calls go through a gate."""
    bounded = {name: Boundary(getattr(world, name), gate) for name in ("kube", "database", "keystone")}
    return dataclasses.replace(world, **bounded)


def create(_memory):
    """Change nothing: the Panko itself is what is new."""


@dataclasses.dataclass(frozen=True, slots=True)
class Scenario:
    """What somebody does to a Panko. `create` finds nothing done yet; anything else begins when all is settled.

    `every` is the time between passes, `settled` what has to hold besides nothing being left to do.
    """

    change: Callable
    spec: dict = dataclasses.field(default_factory=dict)
    every: timedelta = timedelta(seconds=10)
    settled: Callable = lambda _memory: True

    def begin(self):
        """Return the world with the change in it, and an operator of before that has not seen it yet."""
        # Publishers are left out where they do not matter: hashing takes its time.
        memory = MemoryWorld({**SPEC, "publishers": [], **self.spec})
        if self.change is not create:
            self.finish(memory)
        self.change(memory)
        return memory

    def finish(self, memory, gate=None):
        """Let one process do passes until nothing is left to do."""
        operator = Memory(mortal(memory.world, gate) if gate else memory.world)
        for _ in range(PASSES):
            if memory.body is None:
                return
            written = len(memory.kube.writes)
            result = operator.reconcile(memory.kube.get("panko.openstack.org/v1beta1", "Panko", "panko", "openstack"))
            idle = result.pace is Pace.SETTLED and result.again_at is None and written == len(memory.kube.writes)
            if idle and memory.body is not None and self.settled(memory):
                return
            memory.time += self.every
        raise AssertionError(memory.condition("Ready") if memory.body else "the Panko is gone")

    def undisturbed(self):
        """Return the world in the end, and which calls were writes."""
        memory = self.begin()
        census = Census(memory)
        self.finish(memory, census)
        return memory, census.writes

    def killed(self, at, *, after):
        """Return the world in which one process was killed at a call, and the next one did the rest."""
        memory = self.begin()
        try:
            self.finish(memory, Gate(at=at, after=after))
        except DiedError:
            memory.time += self.every
            self.finish(memory)
            return memory
        raise AssertionError(f"call {at} was never made")


def check(scenario):
    """Assert that a death at any write changes nothing of how it ends; return how many writes there were."""
    memory, writes = scenario.undisturbed()
    expected, warned = picture(memory), set(memory.kube.reasons("Warning"))
    for at in writes:
        for after in (False, True):
            found, where = scenario.killed(at, after=after), f"killed {'after' if after else 'before'} call {at}"
            assert picture(found) == expected, where
            assert set(found.kube.reasons("Warning")) <= warned, where  # nobody is told of what is not so
    return len(writes)
