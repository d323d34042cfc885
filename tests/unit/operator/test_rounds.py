"""Rounds: everybody is asked within the period, few at once, nobody before the gate opens."""

import asyncio
import random
import threading
import time

from panko_operator.watching import Key, Rounds
from panko_operator.watching.rounds import AT_ONCE, SECONDS

BOUND_SECONDS = 20


class Fleet:
    """Pankos that take some time to answer; those in `sick` are unwell."""

    def __init__(self, count, *, takes=0.0, sick=()):
        self.names = [("openstack", f"panko-{number}") for number in range(count)]
        self.takes, self.sick = takes, sick
        self.asked, self.woken = [], []
        self.at_once = self.most = 0
        self.lock = threading.Lock()

    def is_unwell(self, key):
        with self.lock:
            self.at_once += 1
            self.most = max(self.most, self.at_once)
        time.sleep(self.takes)
        with self.lock:
            self.at_once -= 1
            self.asked.append(key)
        if key.name == "broken":
            raise RuntimeError(key)
        return key.name in self.sick

    def go(self, until, *, period=0.2, opened=True):
        """Go round until something holds."""

        async def main():
            gate = asyncio.Event()
            if opened:
                gate.set()
            rounds = Rounds(lambda: self.names, self.is_unwell, self.woken.append, spread=random.random)
            task = asyncio.create_task(rounds.run(gate=gate, period=period, tick=0.01))
            async with asyncio.timeout(BOUND_SECONDS):
                while not until():  # noqa: ASYNC110 -- it is threads that are waited for
                    await asyncio.sleep(0.01)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

        asyncio.run(main())
        return self


def test_everybody_is_asked_again_and_again():
    fleet = Fleet(3)
    fleet.go(lambda: all(fleet.asked.count(Key(*name)) > 2 for name in fleet.names))
    assert fleet.woken == []


def test_one_that_is_unwell_is_woken():
    fleet = Fleet(3, sick=["panko-1"])
    assert set(fleet.go(lambda: fleet.woken).woken) == {Key("openstack", "panko-1")}


def test_a_thousand_are_asked_a_few_at_once():
    fleet = Fleet(1000, takes=0.001)
    fleet.go(lambda: len(set(fleet.asked)) == 1000, period=2)
    assert fleet.most <= AT_ONCE


def test_one_that_hangs_holds_up_nobody_and_is_not_asked_twice():
    fleet, free = Fleet(2), threading.Event()
    ask = fleet.is_unwell

    def hang(key):
        if key.name == "panko-0":
            free.wait(BOUND_SECONDS)
        return ask(key)

    fleet.is_unwell = hang
    fleet.go(lambda: fleet.asked.count(Key("openstack", "panko-1")) > 3, period=0.05)
    free.set()
    assert fleet.asked.count(Key("openstack", "panko-0")) <= 1


def test_a_mistake_ends_nothing():
    fleet = Fleet(1)
    fleet.names.append(("openstack", "broken"))
    fleet.go(lambda: fleet.asked.count(Key("openstack", "broken")) > 1 and len(fleet.asked) > 3)
    assert fleet.woken == []


def test_a_standby_asks_nobody():
    started = time.monotonic()
    assert Fleet(3).go(lambda: time.monotonic() - started > 0.5, period=0.01, opened=False).asked == []


def test_the_first_round_is_spread_over_the_whole_period():
    fleet, started, at = Fleet(200), time.monotonic(), []
    ask = fleet.is_unwell

    def note(key):
        at.append(time.monotonic() - started)
        return ask(key)

    fleet.is_unwell = note
    fleet.go(lambda: len(set(fleet.asked)) == 200, period=1)
    assert sum(moment < 0.5 for moment in at[:200]) < 150


def test_it_is_about_a_minute_at_most():
    assert SECONDS * (3 / 4 + 1 / 2) < 65
