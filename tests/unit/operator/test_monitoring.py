"""The operator's figures: what a pass leaves in them, and the port that tells them."""

import asyncio
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from fakes.memory_world import MemoryWorld
from panko_operator.__main__ import one_pass
from panko_operator.memory import Memory
from panko_operator.monitoring import Meters, serve
from panko_operator.resource import ROTATE_ANNOTATION
from panko_operator.watching import Key, Sightings
from servers.database_server import free_port

KEY = Key("openstack", "panko")


@pytest.fixture
def meters():
    return Meters()


@pytest.fixture
def memory():
    return MemoryWorld()


def forgetful(memory):
    return Memory(memory.world, lasts=timedelta())


def value(meters, name, /, **labels):
    return meters.registry.get_sample_value(f"panko_operator_{name}", labels)


def condition(meters, type_, status):
    return value(meters, "condition", namespace="openstack", name="panko", condition=type_, status=status)


def test_a_pass_is_counted_by_what_it_came_to(memory, meters):
    one_pass(forgetful(memory), meters, KEY, sightings=Sightings())
    assert value(meters, "pass_duration_seconds_count", result="settled") == 1
    assert condition(meters, "Ready", "True") == 1
    assert condition(meters, "Ready", "False") == 0


def test_a_step_that_fails_is_counted_with_its_reason(memory, meters):
    memory.database.outage = True
    one_pass(forgetful(memory), meters, KEY, sightings=Sightings())
    assert value(meters, "pass_duration_seconds_count", result="failed") == 1
    assert value(meters, "step_failures_total", condition="DBReady", reason="DatabaseUnreachable") == 1
    assert condition(meters, "DBReady", "False") == 1


def test_a_pass_that_breaks_off_is_an_error(memory, meters):
    memory.kube.patch_status = lambda *_: 1 // 0
    with pytest.raises(ZeroDivisionError):
        one_pass(forgetful(memory), meters, KEY, sightings=Sightings())
    assert value(meters, "pass_duration_seconds_count", result="error") == 1


def drift(meters):
    return value(meters, "drift_corrections_total", namespace="openstack", name="panko", kind="Deployment")


def test_drift_is_what_is_written_without_a_change_of_the_spec(memory, meters):
    one_pass(forgetful(memory), meters, KEY, sightings=Sightings())
    memory.edit(replicas=3)
    one_pass(forgetful(memory), meters, KEY, sightings=Sightings())
    assert drift(meters) is None
    memory.kube.objects["Deployment", "openstack", "panko-api"]["spec"]["replicas"] = 7
    one_pass(forgetful(memory), meters, KEY, sightings=Sightings())
    assert drift(meters) == 1


def test_a_rotation_is_counted_once_and_is_no_drift(memory, meters):
    def go_on():
        one_pass(forgetful(memory), meters, KEY, sightings=Sightings())

    def since():
        return value(meters, "credential_since_seconds", namespace="openstack", name="panko", role="api")

    go_on()
    before = since()
    memory.wait(hours=1)
    memory.body["metadata"]["annotations"] = {ROTATE_ANNOTATION: "all"}
    for _ in range(4):
        go_on()
        memory.wait(minutes=10)
    for kind in ("database", "keystone", "publishers"):
        assert value(meters, "rotations_total", namespace="openstack", name="panko", kind=kind) == 1
    assert since() - before == 3600
    assert memory.condition("CredentialsCurrent")["reason"] == "Current"
    assert [sample for family in meters.registry.collect() if "drift" in family.name for sample in family.samples] == []


def test_nothing_is_told_of_a_panko_that_is_gone(memory, meters):
    one_pass(forgetful(memory), meters, KEY, sightings=Sightings())
    del memory.kube.objects["Panko", "openstack", "panko"]
    assert one_pass(forgetful(memory), meters, KEY, sightings=Sightings()) is None
    assert condition(meters, "Ready", "True") is None
    assert value(meters, "pass_duration_seconds_count", result="gone") == 1


def test_the_time_until_a_certificate_expires_is_told_while_there_is_one(meters):
    until = datetime.now(UTC) + timedelta(hours=1)
    labels = {"namespace": "openstack", "name": "panko"}
    meters.tell(*labels.values(), {"certificate": {"notAfter": until.strftime("%Y-%m-%dT%H:%M:%SZ")}})
    assert 3500 < value(meters, "certificate_expires_seconds", **labels) <= 3600
    meters.tell(*labels.values(), {})
    assert value(meters, "certificate_expires_seconds", **labels) is None


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
def test_the_port_tells_the_figures(meters, host):
    port = free_port()
    meters.follow(queue=lambda: 3, leads=lambda: True, silence=lambda: 1.5)

    async def ask():
        runner = await serve(meters, host=host, port=port)
        try:
            async with httpx.AsyncClient() as client:
                return await client.get(f"http://{host}:{port}/metrics")
        finally:
            await runner.cleanup()

    answer = asyncio.run(ask())
    assert answer.headers["Content-Type"].startswith("text/plain")
    lines = answer.text.splitlines()
    for line in ("queue_depth 3.0", "leader 1.0", "api_server_silence_seconds 1.5"):
        assert f"panko_operator_{line}" in lines
