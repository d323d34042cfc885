"""`panko-api://` in a real cloud: ceilometer's agent logs in at Keystone, and finds the API in the catalogue."""

import collections
import json
import time
from pathlib import Path

import pytest

from panko.filters import EventFilter, Everything, Page
from panko.storage.sql import ConnectionSettings, connect
from servers.ceilometer_agent import CeilometerAgent

NOTIFICATIONS = [
    json.loads(path.read_text()) for path in sorted((Path(__file__).parents[2] / "notifications").glob("*.json"))
]
WITHIN_SECONDS = 120
CREDENTIALS = """
[service_credentials]
auth_type = password
auth_url = {keystone.url}
username = ceilometer
password = ceilometer-s3cret
project_name = service
user_domain_name = Default
project_domain_name = Default
region_name = {region}
interface = internal
"""


@pytest.fixture
def stored(cloud):
    """A function that returns the events in the database."""
    store = connect(cloud.database, ConnectionSettings(pool_size=1))
    yield lambda: store.get_events(EventFilter(Everything()), Page(10_000))
    store.dispose()


@pytest.fixture
def agent(cloud, rabbitmq):
    server = CeilometerAgent(
        transport_url=rabbitmq.url,
        publishers=["panko-api://?max_pause=1&timeout=10"],
        options=CREDENTIALS.format(keystone=cloud.keystone, region=cloud.region),
    )
    yield server
    server.remove()


def until(holds, agent):
    deadline = time.monotonic() + WITHIN_SECONDS
    while not holds():
        assert time.monotonic() < deadline, agent.output[-8000:]
        time.sleep(0.1)


def types(events):
    return collections.Counter(event["event_type"] if isinstance(event, dict) else event.event_type for event in events)


def test_what_services_notify_arrives_once_through_the_catalogue_whatever_dies(cloud, agent, stored, mariadb):
    agent.start()
    agent.notify(NOTIFICATIONS[:3])
    until(lambda: len(stored()) == 3, agent)
    cloud.api.kill()
    agent.notify(NOTIFICATIONS[3:8])
    until(lambda: "Events are not stored yet" in agent.output, agent)
    agent.kill()
    cloud.start()
    agent.start()
    until(lambda: len(stored()) == 8, agent)
    cloud.keystone.stop()  # the login of before holds on, and what is asked anew waits
    agent.notify(NOTIFICATIONS[8:12])
    cloud.keystone.start()
    mariadb.stop()
    agent.notify(NOTIFICATIONS[12:])
    mariadb.start()
    until(lambda: len(stored()) >= len(NOTIFICATIONS), agent)
    assert types(stored()) == types(NOTIFICATIONS)
    assert all(event.raw["payload"] and event.traits for event in stored())
    (writer,) = {name for (name,) in mariadb.execute(f"SELECT writer FROM {cloud.database.rpartition('/')[2]}.event")}
    assert writer.startswith("user:")
    assert not [word for word in ("dropped", "Unable to load publisher", "Traceback") if word in agent.output]
