"""`panko-api://` as ceilometer makes it: by its entry point, with ceilometer's configuration and events."""

import collections
import json
import os
import subprocess
import time
from pathlib import Path

import pytest

from servers.ceilometer_agent import CeilometerAgent, program
from servers.local_event_api import LocalEventApi, fault

NOTIFICATIONS = [
    json.loads(path.read_text()) for path in sorted((Path(__file__).parents[2] / "notifications").glob("*.json"))
]
WITHIN_SECONDS = 120

# Runs where ceilometer is: hands the events that it reads over as a pipeline's sink does.
PUBLISH = """
import datetime, json, sys
from ceilometer import publisher, service
from ceilometer.event import models

line, conf = sys.argv[1:]
conf = service.prepare_service(["program", "--config-file", conf], [])
made = publisher.get_publisher(conf, line, "ceilometer.event.publisher")
for message_id in json.load(sys.stdin):
    traits = [models.Trait("size", models.Trait.INT_TYPE, 5)]
    made.publish_events([models.Event(message_id, "a", datetime.datetime(2026, 11, 22, 12), traits, {})])
"""
CEILOMETER = """
[notification]
ack_on_event_error = false
[{section}]
auth_type = none
endpoint = {url}
"""


@pytest.fixture
def api(tmp_path):
    with LocalEventApi(tmp_path) as server:
        yield server


@pytest.fixture
def publish(tmp_path):
    def run(line, configuration, *ids):
        (tmp_path / "ceilometer.conf").write_text(configuration)
        done = subprocess.run(
            [program("python"), "-c", PUBLISH, line, tmp_path / "ceilometer.conf"],
            env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONWARNINGS": "ignore"},
            input=json.dumps(ids),
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    return run


def test_an_event_of_ceilometer_is_posted_with_its_own_credentials_until_it_is_stored(api, publish):
    api.answers += [fault("503 Service Unavailable"), fault("403 Forbidden")]
    configuration = CEILOMETER.format(section="service_credentials", url=api.url)
    told = publish("panko-api://?max_pause=0.1", configuration, "a", "b")
    assert api.ids() == ["a", "b"]
    assert [event.traits[0].value for event in api.events()] == [5, 5]
    assert set(api.tokens) == {"notused"}  # what keystoneauth sends without a login
    assert "Events are not stored yet" in told
    assert "Events are stored again" in told


def test_another_section_may_have_the_login(api, publish):
    publish("panko-api://?auth_section=panko", CEILOMETER.format(section="panko", url=api.url), "a")
    assert api.ids() == ["a"]


def until(holds, agent):
    deadline = time.monotonic() + WITHIN_SECONDS
    while not holds():
        assert time.monotonic() < deadline, agent.output[-8000:]
        time.sleep(0.1)


@pytest.mark.parametrize("kept", ["in the message bus", "on disk"])
def test_neither_an_outage_of_the_api_nor_a_killed_agent_loses_or_doubles_what_ceilometer_sends(
    api, rabbitmq, tmp_path, kept
):
    folder = f"&path={tmp_path}/queue" if kept == "on disk" else ""
    agent = CeilometerAgent(
        transport_url=rabbitmq.url,
        publishers=[f"panko-api://?max_pause=1{folder}"],
        options=f"[service_credentials]\nauth_type = none\nendpoint = {api.url}\n",
    )
    try:
        agent.start()
        agent.notify(NOTIFICATIONS[:3])
        until(lambda: len(api.events()) == 3, agent)
        api.stop()
        agent.notify(NOTIFICATIONS[3:12])
        until(lambda: "Events are not stored yet" in agent.output, agent)
        agent.kill()
        agent.start()
        agent.notify(NOTIFICATIONS[12:])
        until(lambda: agent.output.count("Events are not stored yet") > 1, agent)
        api.start()
        until(lambda: len(api.events()) >= len(NOTIFICATIONS), agent)
    finally:
        output = agent.output
        agent.remove()
    sent = collections.Counter(one["event_type"] for one in NOTIFICATIONS)
    assert collections.Counter(one.event_type for one in api.events()) == sent
    assert all(one.raw["payload"] and one.traits for one in api.events())
    assert not [word for word in ("dropped", "Unable to load publisher", "Traceback") if word in output]
