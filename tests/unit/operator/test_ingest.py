"""How new events are, as the status says it: promptly for the first one, and else rarely."""

import dataclasses
from datetime import timedelta

import pytest

from fakes.memory_world import SPEC, MemoryWorld
from panko_operator.controller.result import Pace
from panko_operator.memory import Memory
from panko_operator.monitoring import Meters
from panko_operator.passes import ingest
from panko_operator.world.values import Freshness, ServiceFreshness

NAME = ("openstack", "panko")
EMPTY = Freshness(None, None, None)
FIGURE = 'panko_operator_last_event_timestamp_seconds{name="panko",namespace="openstack"}'


class Written(MemoryWorld):
    """A world in which events are published. `minute` is one of the operator's rounds, with the pass that it wakes."""

    def __init__(self):
        super().__init__({**SPEC, "publishers": []})
        self.meters = Meters()
        self.event_api.fresh = EMPTY
        self.start()
        for _ in range(3):
            assert self.memory.reconcile(self.memory.read(*NAME)).pace is Pace.SETTLED
        self.kube.writes.clear()

    def start(self):
        """Begin to operate, with nothing in memory."""
        self.memory = Memory(self.world, told=lambda name, last: self.meters.last_event(*name, last))

    def publish(self, *, ago=timedelta(), services=("nova",)):
        """Have an event stored that was generated some time ago."""
        before, at = self.event_api.fresh, self.time - ago
        told = tuple(ServiceFreshness(name, at) for name in services)
        last = max(filter(None, (before.last, at)))
        self.event_api.fresh = Freshness(last, before.oldest or at, (before.number or 0) + 1, 7.6, told)

    def minute(self):
        self.wait(minutes=1)
        if self.memory.is_unwell(NAME):
            assert self.memory.reconcile(self.memory.read(*NAME)).pace is Pace.SETTLED

    @property
    def ingest(self):
        return self.body["status"].get("ingest")

    @property
    def last(self):
        lines = self.meters.text().decode().splitlines()
        return next((float(line.rpartition(" ")[2]) for line in lines if line.startswith(FIGURE)), None)


@pytest.fixture
def world():
    return Written()


def test_that_nobody_has_published_yet_is_written_once(world):
    for _ in range(30):
        world.minute()
    assert world.ingest == {"published": False}
    assert len(world.kube.writes) == 1
    assert world.last is None


def test_the_first_event_is_told_within_a_minute(world):
    world.minute()
    world.publish()
    at = world.time
    world.minute()
    assert world.ingest == {
        "published": True,
        "lastEventTime": "2030-01-01T00:01:00Z",
        "eventsPerMinute": 8,
        "services": [{"name": "nova", "lastEventTime": "2030-01-01T00:01:00Z"}],
    }
    assert world.body["status"]["retention"] == {"oldestEventTime": "2030-01-01T00:01:00Z"}
    assert world.last == at.timestamp()


def test_while_events_come_the_status_is_written_every_few_minutes_and_the_figure_is_exact(world):
    for _ in range(60):
        world.publish()
        world.minute()
        assert world.last == (world.time - timedelta(minutes=1)).timestamp()
        said = ingest.moment(world.ingest["lastEventTime"])
        assert world.time - said <= timedelta(minutes=6)
    assert 8 <= len(world.kube.writes) <= 13


def test_nothing_is_written_when_events_come_no_more_nor_by_an_operator_that_begins_anew(world):
    world.publish()
    world.minute()
    world.wait(minutes=3)
    world.publish()
    world.kube.writes.clear()
    for _ in range(30):
        world.minute()
    world.start()
    world.memory.reconcile(world.memory.read(*NAME))
    for _ in range(30):
        world.minute()
    assert world.kube.writes == []


def test_events_that_come_late_were_stored_when_they_came(world):
    world.publish(ago=timedelta(days=2))
    world.minute()
    assert world.ingest["lastEventTime"] == "2029-12-30T00:00:00Z"
    world.publish(ago=timedelta(days=3))
    world.minute()
    assert world.ingest["lastEventTime"] == "2030-01-01T00:02:00Z"
    assert world.last == world.time.timestamp()


def test_what_has_been_kept_elsewhere_and_is_caught_up_with_in_order_is_stored_now(world):
    world.publish(ago=timedelta(hours=3))
    world.minute()
    for _ in range(10):
        world.publish(ago=timedelta(hours=2))
        world.minute()
        assert world.last == world.time.timestamp()


def test_what_was_stored_once_is_not_forgotten_when_it_has_expired(world):
    world.publish()
    world.minute()
    said, last = world.ingest, world.last
    world.event_api.fresh = EMPTY
    world.start()
    world.memory.reconcile(world.memory.read(*NAME))
    for _ in range(10):
        world.minute()
    assert (world.ingest, world.last) == (said, last)


def test_an_api_that_does_not_tell_is_well_and_nothing_is_said(world):
    world.event_api.fresh = None
    for _ in range(5):
        world.minute()
    assert (world.ingest, world.kube.writes, world.last) == (None, [], None)


def test_the_oldest_event_is_told_by_the_hour_and_leaves_what_else_is_said(world):
    world.publish()
    world.minute()
    world.body["status"]["retention"]["archivedThrough"] = "2029-12-01"
    for minutes in (30, 58, 61):
        world.event_api.fresh = dataclasses.replace(
            world.event_api.fresh, oldest=world.time.replace(hour=0, minute=0) + timedelta(minutes=1 + minutes)
        )
        world.memory.reconcile(world.memory.read(*NAME))
        world.minute()
    assert world.body["status"]["retention"] == {
        "oldestEventTime": "2030-01-01T01:02:00Z",
        "archivedThrough": "2029-12-01",
    }


def test_names_that_publishers_make_up_do_not_fill_the_status(world):
    made_up = [f"service-{number:02}" for number in range(30)]
    world.publish(services=(*made_up, "", "a b", "x" * 200, "\n", "ünder", "nova"))
    world.minute()
    names = [one["name"] for one in world.ingest["services"]]
    assert len(names) == ingest.MOST_SERVICES
    assert all(ingest.NAME.fullmatch(name) for name in names)


def test_the_figure_of_a_status_is_that_of_the_operator_before_and_never_goes_back(world):
    world.publish()
    world.minute()
    figures, namespace_and_name = Meters(), NAME
    figures.tell(*namespace_and_name, world.body["status"])
    text = f"{FIGURE} {world.last}"
    assert text.split(maxsplit=1)[0] in figures.text().decode()
    figures.last_event(*NAME, world.time + timedelta(hours=1))
    figures.tell(*NAME, world.body["status"])
    world.meters = figures
    assert world.last == (world.time + timedelta(hours=1)).timestamp()
    figures.forget(*NAME)
    assert world.last is None
