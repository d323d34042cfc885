"""Two operators on a real kube-apiserver: one acts, and the other follows it within twenty seconds of its death."""

import time

import pytest

from servers.panko_operator import Operator

BOUND_SECONDS = 20


@pytest.fixture
def two(kube_apiserver, namespace, tmp_path):
    found = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        found.append(Operator(kube_apiserver, namespace, tmp_path / name, POD_NAME=name))
        found[-1].start()
        found[0].until(found[0].lease_holder)
    yield found
    for operator in found:
        operator.stop()


def seconds_until(operator, met):
    since = time.monotonic()
    operator.until(met)
    return time.monotonic() - since


def test_a_standby_acts_within_twenty_seconds_of_the_leaders_death(two):
    leader, standby = two
    assert leader.lease_holder().startswith("first_")
    leader.process.kill()
    leader.process.wait()
    standby.create_panko()  # nobody has seen it
    seconds = seconds_until(standby, lambda: standby.ready()["reason"])
    print(f"fail-over: the other operator had acted {seconds:.1f} s after the kill")
    assert seconds < BOUND_SECONDS
    assert standby.lease_holder().startswith("second_")


def test_a_standby_acts_at_once_when_the_leader_is_told_to_stop(two):
    leader, standby = two
    leader.stop()
    standby.create_panko()
    assert seconds_until(standby, lambda: standby.ready()["reason"]) < 5
