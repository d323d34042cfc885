"""What a collector takes from RabbitMQ, holds, acknowledges and gives back."""

import dataclasses
import threading

import pytest

from fakes.memory_rabbitmq import MemoryChannel, MemorySession
from panko.collector.broker.address import Address, Host
from panko.collector.broker.dead_letters import ANSWER_SECONDS, DeadLetters, NotConfirmedError
from panko.collector.broker.link import BATCH_BYTES, FEWER_SECONDS, GRACE_SECONDS, HELD_BYTES, Link, Way
from panko.collector.desk import Desk, Outcome
from panko.collector.health import STUCK_SECONDS, Health
from panko.collector.letters import Letter, Reason, Refusal
from panko.collector.meters import Meters
from panko.collector.patience import Clock
from panko.collector.settings import Settings

SETTINGS = Settings(
    transport_urls=["rabbit://one"],
    exchanges=["nova"],
    queues=["event.sample"],
    telemetry_secret="",
    event_definitions=None,
    drop_unmatched=False,
    store_raw=[],
    batch_size=2,
    batch_seconds=0.0,
    dead_letter_queue="dead",
    max_raw_bytes=1000,
)
ADDRESS = Address(
    (Host("one", 5672, "u", "p"),), "/", None, "AMQPLAIN", 60, durable=True, auto_delete=False, queue_arguments={}
)


class Scene:
    """A link at a RabbitMQ in memory; a test takes batches from the desk, and gives them back."""

    def __init__(self, *bodies, **changed):
        self.now = 0.0
        self.clock = Clock(threading.Event(), now=lambda: self.now)
        self.meters, self.desk = Meters(), Desk()
        self.health = Health(self.meters, clock=lambda: self.now)
        self.session = MemorySession(bodies)
        way = Way(ADDRESS, lambda _host, _progress: self.session)
        settings = dataclasses.replace(SETTINGS, **changed)
        self.link = Link(way, settings, self.desk, clock=self.clock, health=self.health, meters=self.meters)
        self.rounds, self.failures = [], []

    def run(self, *rounds):
        """Have the link serve, and each of these happen in turn while it waits for messages; then the clock stops."""
        self.rounds = list(rounds)
        self.session.on_wait = self._round
        self.link.run(self.health.progress("connection"))
        assert not self.failures  # which the link has taken for some of RabbitMQ's

    def _round(self):
        try:
            if self.rounds:
                self.rounds.pop(0)()
                return
        except Exception as error:  # noqa: BLE001 - the test fails with it
            self.failures.append(error)
        self.clock.stopping.set()
        self.now += GRACE_SECONDS

    def taken(self):
        batch = self.desk.take(0)
        assert batch is not None
        return batch


def nothing():
    pass


def test_what_is_stored_is_acknowledged_and_nothing_else():
    scene = Scene(b"a", b"b", b"c", b"d")
    scene.run(nothing, nothing, lambda: scene.desk.give(Outcome(scene.taken())), nothing)
    assert scene.session.acknowledged == [b"a", b"b"]
    assert scene.session.waiting == [b"c", b"d"]


def test_a_later_batch_does_not_acknowledge_an_earlier_one_that_was_not_stored():
    scene = Scene(b"a", b"b", b"c", b"d")

    def both_are_done_with():
        first, second = scene.taken(), scene.taken()
        scene.desk.give(Outcome(first, is_stored=False))
        scene.desk.give(Outcome(second))

    scene.run(nothing, nothing, both_are_done_with, nothing)
    assert scene.session.acknowledged == []
    assert scene.session.waiting == [b"a", b"b", b"c", b"d"]
    assert len(scene.session.prefetches) == 2  # they come again by another channel


def refused(batch):
    return Outcome(batch, [Refusal(letter, Reason.REFUSED, "It is refused.") for letter in batch.letters])


def test_the_loop_tells_of_progress_between_dead_letters():
    scene, pauses = Scene(*[b"x"] * 20, batch_size=20), []
    bury = scene.session.bury

    def slowly(refusals, goes_on):
        def after_some_seconds():
            scene.now += 0.2 * STUCK_SECONDS
            went_on = goes_on()
            pauses.append(scene.health.stuck())
            return went_on

        return bury(refusals, after_some_seconds)

    scene.session.bury = slowly
    scene.run(nothing, nothing, lambda: scene.desk.give(refused(scene.taken())), nothing)
    assert len(scene.session.buried) == len(scene.session.acknowledged) == 20
    assert pauses == [[]] * 21
    assert b'dead_letters_total{reason="refused"} 20.0' in scene.meters.page()


def test_dead_letters_that_are_not_there_in_time_on_a_stop_are_not_acknowledged():
    scene = Scene(b"a", b"b")

    def bury(_refusals, goes_on):
        while goes_on():
            scene.now += 1
        return False

    scene.session.bury = bury

    def stop():
        scene.desk.give(refused(scene.taken()))
        scene.clock.stopping.set()

    scene.run(nothing, nothing, stop)
    assert scene.now == GRACE_SECONDS
    assert scene.session.acknowledged == []
    assert scene.session.waiting == [b"a", b"b"]


def test_a_batch_is_handed_over_when_it_is_large_however_few_messages_it_has():
    scene, taken = Scene(*[b"x" * (BATCH_BYTES // 4)] * 12, batch_size=1000), []
    scene.run(nothing, nothing, lambda: taken.append(scene.taken()), lambda: taken.append(scene.taken()))
    assert [len(batch.letters) for batch in taken] == [4, 4]


def test_messages_that_are_too_large_to_be_held_go_back_and_fewer_come():
    body = b"x" * 500_000
    scene, held = Scene(*[body] * 2000, batch_size=1000), []
    scene.run(*[lambda: held.append(scene.desk.outstanding_bytes)] * 20)  # nobody stores
    assert scene.session.prefetches[0] == 2000
    assert scene.session.prefetches[-1] * len(body) <= HELD_BYTES
    assert 2 <= len(scene.session.prefetches) <= 3  # nothing goes in a circle
    assert max(held[2:]) <= HELD_BYTES
    assert len(scene.session.waiting) == 2000


def test_large_messages_are_all_stored_and_as_many_come_as_before_after_some_time():
    scene = Scene(*[b"x" * 500_000] * 500, batch_size=1000)

    def work():
        scene.now += 1
        while (batch := scene.desk.take(0)) is not None:
            scene.desk.give(Outcome(batch))

    scene.run(*[work] * 100)
    assert len(scene.session.acknowledged) == 500
    assert scene.session.prefetches[-1] < 2000
    scene.clock.stopping.clear()
    scene.now += FEWER_SECONDS
    scene.run(nothing, nothing)
    assert scene.session.prefetches[-1] == 2000


def test_one_message_that_is_larger_than_everything_is_handed_over_all_the_same():
    body = bytes(HELD_BYTES + 1)
    scene = Scene(body)
    scene.run(*[nothing] * 5, lambda: scene.desk.give(Outcome(scene.taken())), nothing)
    assert scene.session.acknowledged == [body]


REFUSALS = [Refusal(Letter(tag, "a.info", b""), Reason.INVALID, "It is bad.") for tag in range(1, 101)]


@pytest.mark.parametrize("at_once", [1, 40, 100])
def test_dead_letters_are_all_sent_before_the_first_is_waited_for(at_once):
    channel, sent = MemoryChannel(at_once=at_once), []

    def drain():
        sent.append(len(channel.published))
        channel.drain()

    assert DeadLetters(channel, channel.publish, drain).put(REFUSALS, lambda: True)
    assert channel.published == REFUSALS
    assert sent == [100] * -(-100 // at_once)


def test_a_dead_letter_that_is_not_confirmed_is_no_success():
    now = [0.0]
    channel = MemoryChannel(at_once=100, silent=1)

    def drain():
        now[0] += 1
        channel.drain()

    subject = DeadLetters(channel, channel.publish, drain, now=lambda: now[0])
    with pytest.raises(NotConfirmedError):
        subject.put(REFUSALS, lambda: True)
    assert ANSWER_SECONDS <= now[0] <= ANSWER_SECONDS + 2
    assert not DeadLetters(channel, channel.publish, drain).put(REFUSALS, lambda: False)


def test_a_dead_letter_that_rabbitmq_refuses_is_no_success():
    channel = MemoryChannel(at_once=100)
    subject = DeadLetters(channel, channel.publish, lambda: (channel.refuse(3), channel.drain()))
    with pytest.raises(NotConfirmedError):
        subject.put(REFUSALS, lambda: True)
