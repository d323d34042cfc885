"""A deletion while Keystone and the database accept connections and never answer: real clients, real sockets."""

import contextlib
import copy
import dataclasses
import socket
import time

import pytest

from fakes.memory_world import SPEC, MemoryWorld
from panko_operator import circuits as guarded
from panko_operator.circuits import Circuits
from panko_operator.controller import reconcile
from panko_operator.controller.finalize import DELETION_PATIENCE
from panko_operator.controller.result import Pace
from panko_operator.database import DatabaseServers
from panko_operator.keystone import KeystoneServer
from panko_operator.watching.pace import delay_seconds

LONGEST_PASS_SECONDS = 25
TWO_MINUTES = 120


@contextlib.contextmanager
def black_hole():
    """Listen, let the kernel accept, and never answer; hand the port out."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        yield listener.getsockname()[1]


@pytest.fixture(params=["mysql", "postgresql"])
def frozen(request):
    """A Panko that was Ready and is deleted, whose servers have frozen since, an earlier Keystone among them."""
    memory = MemoryWorld({**SPEC, "publishers": [], "deletionPolicy": {"database": "Delete", "keystone": "Delete"}})
    memory.reconcile()
    with black_hole() as keystone, black_hole() as former, black_hole() as database:
        made = copy.deepcopy(memory.body["status"])
        memory.edit(
            keystone={**memory.body["spec"]["keystone"], "authURL": f"http://127.0.0.1:{keystone}/v3"},
            database={
                **memory.body["spec"]["database"],
                "engine": request.param,
                "host": "127.0.0.1",
                "port": database,
            },
        )
        memory.body["status"] = made
        made["keystone"]["authURL"] = f"http://127.0.0.1:{former}/v3"
        memory.kube.delete_panko(memory.body, memory.time)
        circuits = Circuits(time.monotonic)
        memory.world = dataclasses.replace(
            memory.world,
            keystone=guarded.keystone(KeystoneServer(), circuits),
            database=guarded.database(DatabaseServers(), circuits),
        )
        yield memory


def timed(memory):
    since = time.monotonic()
    pace = reconcile.run(copy.deepcopy(memory.body), memory.world).pace
    return pace, time.monotonic() - since


def test_a_deletion_ends_within_two_minutes_when_everything_hangs(frozen):
    pace, seconds = timed(frozen)
    assert pace is Pace.DELETING
    assert seconds < LONGEST_PASS_SECONDS
    pace, again = timed(frozen)
    assert pace is Pace.DELETING
    assert again < 5  # nobody waits for Keystone once more at once
    longest = DELETION_PATIENCE.total_seconds() + delay_seconds(Pace.DELETING, repeats=9, spread=1) + seconds
    assert longest < TWO_MINUTES
    frozen.wait(seconds=DELETION_PATIENCE.total_seconds())
    assert timed(frozen)[0] is Pace.SETTLED
    assert frozen.body is None
    assert frozen.kube.reasons("Warning").count("LeftBehind") == 3
