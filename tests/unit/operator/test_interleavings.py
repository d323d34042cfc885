"""Whatever the API server refuses, loses, tells late or from before: in the end all is as after a fresh install."""

import asyncio
import copy
import functools
import json
import re

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from fakes.faulty_kube import FAULTS, LOST, STALE, FaultyKube
from fakes.memory_world import SPEC, MemoryWorld
from panko_operator.__main__ import one_pass
from panko_operator.controller.result import Pace
from panko_operator.errors import KubernetesError
from panko_operator.memory import Memory
from panko_operator.monitoring import Meters
from panko_operator.resource import Panko
from panko_operator.resource.kinds import KINDS, Watch
from panko_operator.watching import Echo, Key, Liveness, RollCall, Sightings, Triggers

KEY = Key("openstack", "panko")
WATCHED = {kind.kind: kind for kind in KINDS if kind.watch is not Watch.NONE}
OURS = "app.kubernetes.io/managed-by"
ROUNDS = 3  # of a roll call each: what is remembered for five minutes is not waited for


class Woken(list):
    """A queue that only remembers."""

    trigger = look = list.append


class Resource:
    def __init__(self, kind):
        self.kind, self.plural, self.group, self.version = kind.kind, kind.plural, kind.group, kind.version


class Operator(MemoryWorld):
    """An operator over an API server that fails by a script. Events are told when the test says so, or never."""

    def __init__(self, script=()):
        super().__init__({**SPEC, "publishers": []}, kube=FaultyKube)
        self.memory, self.meters = Memory(self.world), Meters()
        self.woken, self.sightings = Woken(), Sightings()
        self.triggers = Triggers(
            self.woken,
            store=self.memory.store,
            sightings=self.sightings,
            told=lambda _plural: None,
            secrets_of=lambda body: Panko.from_body(body).referenced_secrets(),
        )
        self.roll = RollCall(
            self.kube,
            self.triggers,
            store=self.memory.store,
            liveness=Liveness(Echo(lambda: self.time), lambda: 0),
            namespaces=(),
            now=lambda: self.time,
        )
        self.pace = Pace.FAILED
        self.tell_all()
        self.kube.script = list(script)

    def tell(self):
        """Tell the oldest change that nobody was told of."""
        if self.kube.changes:
            (kind, namespace, name), live = self.kube.changes.pop(0)
            watched = WATCHED.get(kind)
            if watched is None:  # the pods of Jobs
                return
            if watched.watch is Watch.OURS and OURS not in live["metadata"].get("labels", {}):
                return
            gone = (kind, namespace, name) not in self.kube.objects
            handler = {"Panko": self.triggers.panko, "Secret": self.triggers.secret}.get(kind, self.triggers.child)
            event = {"type": "DELETED" if gone else "MODIFIED", "object": live}
            asyncio.run(handler(event, resource=Resource(watched)))

    def tell_all(self):
        self.kube.notice()
        while self.kube.changes:
            self.tell()

    def lose(self):
        """Never tell the oldest change."""
        del self.kube.changes[:1]

    def one_pass(self):
        self.woken.clear()
        try:
            self.pace = one_pass(self.memory, self.meters, KEY, sightings=self.sightings).pace
        except KubernetesError:
            self.pace = Pace.FAILED
        self.kube.notice()

    def call_the_roll(self):
        self.wait(seconds=75)
        asyncio.run(self.roll.call())

    def scale(self):
        """Somebody edits the Panko."""
        self.edit(replicas=3)
        self.touch(self.body)

    def take_a_child(self):
        """Somebody deletes a child."""
        children = [key for key in self.kube.objects if key[0] in ("CronJob", "Service", "Deployment")]
        if children:
            del self.kube.objects[min(children)]
            self.kube.notice()

    def drift(self):
        """Somebody changes a child."""
        for key in [key for key in self.kube.objects if key[0] == "Deployment"][:1]:
            self.kube.objects[key]["spec"]["replicas"] = 9
            self.touch(self.kube.objects[key])

    def touch(self, live):
        self.kube.touch(live)
        self.kube.notice()

    def settle(self, *, last=()):
        """Make a last edit, of which the watch tells, fail a few times more, and let a few minutes go by."""
        self.edit(replicas=2)
        self.touch(self.body)
        self.tell_all()
        self.kube.script = list(last)
        self.one_pass()
        self.kube.script = []
        self.wait(seconds=660)  # what was changed too often is left alone for ten minutes
        self.one_pass()
        for _ in range(ROUNDS):
            self.call_the_roll()
            for _ in range(8):
                if self.pace is Pace.SETTLED and not self.woken:
                    break
                self.one_pass()
            else:
                raise AssertionError(self.body["status"]["conditions"])

    def picture(self):
        """Return all children and what is outside, without what is another one each time."""
        children = {
            key: {part: live.get(part) for part in ("spec", "immutable")} | {"keys": sorted(live.get("data", {}))}
            for key, live in self.kube.objects.items()
            # A schema Job that has run is history: whether one was due twice depends on what was read of its pod.
            if OURS in live["metadata"].get("labels", {}) and key[0] in WATCHED and key[0] != "Job"
        }
        text = json.dumps(sorted((str(key), one) for key, one in children.items()), sort_keys=True)
        accounts = sorted(self.database.accounts), sorted(self.database.databases)
        outside = sorted(self.keystone.users), sorted(one.interface for one in self.keystone.endpoints.values())
        ready = [(one["type"], one["status"]) for one in self.body["status"]["conditions"]]
        return re.sub(r"panko-config-[0-9a-f]+", "panko-config", text), accounts, outside, ready


@functools.cache
def fresh():
    operator = Operator()
    operator.settle()
    return operator.picture()


ACTIONS = ("one_pass", "one_pass", "one_pass", "tell", "tell_all", "lose", "lose", "call_the_roll", "scale")
ACTS = st.lists(st.sampled_from((*ACTIONS, "take_a_child", "drift")), max_size=14)
SCRIPT = st.lists(st.none() | st.sampled_from(FAULTS), max_size=80)
LAST = st.lists(st.none() | st.sampled_from(FAULTS), max_size=8)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(script=SCRIPT, actions=ACTS, last=LAST)
@example(script=[LOST] * 40, actions=["one_pass"] * 10, last=[])
@example(script=[STALE] * 60, actions=["one_pass", "tell_all", "scale", "one_pass", "lose", "drift", "lose"], last=[])
@example(script=[], actions=["one_pass", "one_pass", "tell_all", "scale", "tell_all", "one_pass"], last=[STALE])
@example(script=[], actions=["one_pass", "one_pass", "tell_all", "take_a_child", "lose"], last=[])
@example(script=[], actions=["one_pass"] * 3 + ["drift", "tell_all", "one_pass"] * 5, last=[])
def test_it_converges_to_a_fresh_install(script, actions, last):
    operator = Operator(script)
    for action in actions:
        getattr(operator, action)()
    operator.settle(last=last)
    assert operator.picture() == fresh()
    assert copy.deepcopy(operator.body)["status"]["observedGeneration"] == operator.body["metadata"]["generation"]
