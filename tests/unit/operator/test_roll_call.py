"""What no event has told of is found by name and version, and an answer from before an event is asked for again."""

import asyncio
import copy
from datetime import timedelta

import pytest

from fakes.memory_world import SPEC, MemoryWorld
from panko_operator.__main__ import one_pass
from panko_operator.controller.result import Pace
from panko_operator.kube.store import Key as StoreKey
from panko_operator.kube.store import Room
from panko_operator.memory import Memory
from panko_operator.monitoring import Meters
from panko_operator.resource import Panko
from panko_operator.watching import Echo, Key, Liveness, RollCall, Sightings, Triggers, roll_call
from panko_operator.watching.liveness import NotAliveError
from panko_operator.watching.roll_call import SECONDS

KEY = Key("openstack", "panko")
OURS = {"app.kubernetes.io/instance": "panko"}


class Triggered(list):
    """A queue that only remembers."""

    trigger = look = list.append


class Watched(MemoryWorld):
    """A world with everything between its API server and the queue; a test says what the watches tell."""

    def __init__(self):
        super().__init__({**SPEC, "publishers": []})
        self.memory = Memory(self.world)
        self.queue, self.sightings = Triggered(), Sightings()
        self.echo = Echo(lambda: self.time)
        self.liveness = Liveness(self.echo, lambda: 0)
        self.triggers = Triggers(
            self.queue,
            store=self.memory.store,
            sightings=self.sightings,
            told=self.liveness.told,
            secrets_of=lambda body: Panko.from_body(body).referenced_secrets(),
        )
        store, liveness = self.memory.store, self.liveness
        self.roll = RollCall(
            self.kube, self.triggers, store=store, liveness=liveness, namespaces=(), now=lambda: self.time
        )

    def tell(self, type_, live):
        asyncio.run(self.triggers.panko({"type": type_, "object": copy.deepcopy(live)}, resource=PANKOS))

    def one_pass(self):
        result = one_pass(self.memory, Meters(), KEY, sightings=self.sightings)
        return None if result is None else result.pace

    def call(self):
        self.queue.clear()
        self.wait(seconds=75)
        asyncio.run(self.roll.call())
        return self.queue


class PANKOS:
    plural = "pankos"


@pytest.fixture
def world():
    world = Watched()
    world.tell("ADDED", world.body)
    for _ in range(3):
        world.one_pass()
    world.tell("MODIFIED", world.body)
    world.call()
    return world


def test_a_roll_call_over_what_was_told_wakes_nobody(world):
    assert world.call() == []


def test_what_a_roll_call_finds_as_it_was_known_is_not_asked_for_again(world):
    for _ in range(8):  # ten minutes
        world.call()
    world.kube.reads.clear()
    assert world.one_pass() is Pace.SETTLED
    assert [kind for kind, _ in world.kube.reads if kind != "Panko"] == []


def test_an_object_of_an_earlier_version_is_another_one(world):
    """As after a restore of the cluster's etcd."""
    live = world.kube.objects["Deployment", world.namespace, "panko-api"]
    live["spec"]["replicas"] = 7
    live["metadata"]["resourceVersion"] = "1"
    assert world.call() == [KEY]
    world.one_pass()
    assert world.kube.objects["Deployment", world.namespace, "panko-api"]["spec"]["replicas"] == 2


def test_an_object_that_a_roll_call_finds_and_nobody_has_told_of_is_looked_for(world):
    left = copy.deepcopy(next(one for key, one in world.kube.objects.items() if key[0] == "ConfigMap"))
    left["metadata"] |= {"name": "panko-left", "uid": "left"}
    world.kube.put(left)
    world.call()
    assert world.one_pass() is Pace.SETTLED
    assert "panko-left" not in world.kube.names("ConfigMap")


def test_what_was_not_known_before_a_roll_call_is_known_by_a_list_alone(world):
    """As after a restart, when a watch tells of some objects before the roll call and of others after it."""
    for name in world.kube.names("ConfigMap"):
        world.memory.store.forget(StoreKey("v1", "ConfigMap", world.namespace, name))
    world.call()
    assert world.memory.store.find(Room("v1", "ConfigMap", world.namespace), OURS) is None
    assert world.memory.store.find(Room("networking.k8s.io/v1", "Ingress", world.namespace), OURS) == []


@pytest.mark.parametrize("kind", ["CronJob", "ConfigMap", "PodDisruptionBudget", "Service", "Deployment", "Secret"])
def test_a_child_whose_deletion_was_not_told_is_there_again_after_a_roll_call(world, kind):
    name = min(world.kube.names(kind) - {"keystone-admin", "database-admin", "panko-cleanup"})
    del world.kube.objects[kind, world.namespace, name]
    assert world.one_pass() is Pace.SETTLED
    assert name not in world.kube.names(kind)  # nobody has told
    assert world.call() == [KEY]
    world.one_pass()
    assert name in world.kube.names(kind)


def test_a_child_whose_change_was_not_told_is_mended_after_a_roll_call(world):
    live = world.kube.objects["Deployment", world.namespace, "panko-api"]
    live["spec"]["replicas"] = 7
    world.kube.touch(live)
    assert world.call() == [KEY]
    world.one_pass()
    assert world.kube.objects["Deployment", world.namespace, "panko-api"]["spec"]["replicas"] == 2


def test_a_secret_of_the_spec_whose_change_was_not_told_wakes_who_refers_to_it(world):
    world.kube.touch(world.kube.objects["Secret", world.namespace, "database-admin"])
    assert world.call() == [KEY]


def test_a_panko_whose_edit_was_not_told_is_woken_once(world):
    world.edit(replicas=3)
    world.kube.touch(world.body)
    assert world.call() == [KEY]
    assert world.call() == []


def test_a_panko_that_nobody_was_told_of_is_found(world):
    world.kube.put({**world.body, "metadata": {"namespace": "elsewhere", "name": "second", "uid": "2"}})
    assert world.call() == [Key("elsewhere", "second")]


def test_a_panko_whose_end_was_not_told_ends_its_worker(world):
    del world.kube.objects["Panko", world.namespace, world.name]
    assert world.one_pass() is Pace.FAILED  # the watch said that it is there
    assert world.call() == [KEY]
    assert world.one_pass() is None


def test_changes_that_no_watch_ever_tells_fail_the_probe(world):
    live = world.kube.objects["Deployment", world.namespace, "panko-api"]
    for _ in range(3):
        world.one_pass()  # reads it again
        world.kube.touch(live)
        assert world.call() == [KEY]
    world.echo.heard()
    with pytest.raises(NotAliveError, match="the watch of deployments"):
        world.liveness.check()


# An answer from before the event


def edited(world):
    old = copy.deepcopy(world.body)
    world.edit(replicas=3)
    world.kube.touch(world.body)
    return old


def deleted(world):
    old = copy.deepcopy(world.body)
    world.kube.delete_panko(world.body, world.time)
    world.kube.touch(world.body)
    return old


def replaced(world):
    old = copy.deepcopy(world.body)
    world.body["metadata"]["uid"] = "another"
    world.kube.touch(world.body)
    return old


def created(_world):
    return None


@pytest.mark.parametrize("happens", [edited, deleted, replaced, created])
def test_an_answer_from_before_the_event_is_asked_for_again(world, happens):
    world.kube.stale["Panko", world.namespace, world.name] = happens(world)
    world.tell("MODIFIED", world.body)
    world.kube.writes.clear()
    assert world.one_pass() is Pace.FAILED
    assert world.kube.writes == []
    world.kube.stale.clear()
    assert not world.sightings.is_behind(KEY, world.memory.read(*KEY))


def test_an_answer_that_is_ahead_of_the_watch_is_believed(world):
    edited(world)
    assert world.one_pass() is Pace.SETTLED
    assert world.body["status"]["observedGeneration"] == world.body["metadata"]["generation"]


def test_a_restored_cluster_is_believed_once_its_watch_has_told(world):
    world.body["metadata"].update(resourceVersion="1", generation=1)
    world.tell(None, world.body)
    assert world.one_pass() is Pace.SETTLED


def test_the_roll_is_called_at_once_when_a_watch_begins_anew(world):
    async def scenario():
        gate = asyncio.Event()
        gate.set()
        world.triggers.listed = asyncio.Event()
        running = asyncio.create_task(world.roll.run(gate=gate, spread=lambda: 0.5))
        del world.kube.objects["CronJob", world.namespace, "panko-expirer"]
        world.wait(seconds=1)
        world.queue.clear()
        await world.triggers.panko({"type": None, "object": world.body}, resource=PANKOS)
        async with asyncio.timeout(20):
            while not world.queue:  # noqa: ASYNC110 -- a thread looks
                await asyncio.sleep(0.05)
        running.cancel()

    asyncio.run(scenario())
    assert world.queue == [KEY]


def test_the_roll_is_called_once_behind_lists_that_take_their_time(world, monkeypatch):
    monkeypatch.setattr(roll_call, "_BUNCH_SECONDS", 0.2)
    calls = []

    async def call():
        calls.append(len(told))

    told = []

    async def scenario():
        gate = asyncio.Event()
        gate.set()
        world.triggers.listed = asyncio.Event()
        monkeypatch.setattr(world.roll, "call", call)
        running = asyncio.create_task(world.roll.run(gate=gate, spread=lambda: 0.5))
        for number in range(20):
            told.append(number)
            world.triggers.listed.set()
            await asyncio.sleep(0.05)
        await asyncio.sleep(1)
        running.cancel()

    asyncio.run(scenario())
    assert calls == [20]


def test_a_minute_and_a_half_is_the_longest_that_a_change_is_not_known():
    assert timedelta(seconds=SECONDS * 4 / 3) <= timedelta(seconds=100)
