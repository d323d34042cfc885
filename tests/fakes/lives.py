"""The life of one operator's process: it does passes over a Panko in memory until nothing is left to do."""

from datetime import timedelta

from panko_operator.controller.result import Pace
from panko_operator.memory import Memory


def live(memory, world, *, passes):
    """Let a process come to its end; raise AssertionError with what it waits for when it takes more passes."""
    operator = Memory(world)
    for _ in range(passes):
        body = operator.read("openstack", "panko")
        if body is None:
            return
        result = operator.reconcile(body)
        if result.pace is Pace.SETTLED and result.again_at is None:
            return
        memory.time += timedelta(seconds=30)
    raise AssertionError(memory.condition("Ready"))
