"""From the message bus to the database: RabbitMQ, ceilometer's notification agent, and both ways into Panko."""

import collections
import json
import time
from pathlib import Path

import bcrypt
import pytest

from panko.filters import EventFilter, Everything, Page
from panko.storage.sql import ConnectionSettings, connect
from panko.storage.sql.schema import migrate
from servers.authority import Authority
from servers.ceilometer_agent import CeilometerAgent
from servers.tls_front import tls_front

NOTIFICATIONS = [
    json.loads(path.read_text()) for path in sorted((Path(__file__).parents[2] / "notifications").glob("*.json"))
]
WITHIN_SECONDS = 60


class Database:
    """A database of events, looked into from outside of the API."""

    def __init__(self, url):
        migrate.upgrade(url)
        self.url = url
        self.store = connect(url, ConnectionSettings(pool_size=1))

    def events(self):
        return self.store.get_events(EventFilter(Everything()), Page(10_000))


@pytest.fixture
def written(mariadb):
    """The database that `panko://` writes."""
    database = Database(mariadb.new_database())
    yield database
    database.store.dispose()


@pytest.fixture
def posted(mariadb):
    """The database of the API that `https://` posts to."""
    database = Database(mariadb.new_database())
    yield database
    database.store.dispose()


@pytest.fixture
def write_api(start_api, posted, tmp_path):
    """An API behind TLS; returns the publisher line for it."""
    account = f"ceilometer:{bcrypt.hashpw(b's3cret', bcrypt.gensalt(4)).decode()}\n"
    (tmp_path / "htpasswd").write_text(account)
    api = start_api(
        f"[api]\nauth_strategy = noauth\nworkers = 1\nhtpasswd_file = {tmp_path}/htpasswd\n"
        f"[database]\nconnection = {posted.url}\n"
    )
    authority = Authority(tmp_path)
    with tls_front(api.port, authority, tmp_path) as port:
        yield f"https://ceilometer:s3cret@127.0.0.1:{port}/v2/events?verify_ssl={authority.ca}&timeout=20"


@pytest.fixture
def agent(rabbitmq, written, write_api):
    """An agent that is not started yet.

    `panko://` comes first, so that what it refuses is not posted either; the older line writes the same database.
    """
    server = CeilometerAgent(
        transport_url=rabbitmq.url,
        publishers=["panko://", "direct://?dispatcher=panko", write_api],
        panko_conf=f"[database]\nconnection = {written.url}\n",
    )
    yield server
    server.remove()


def wait_for(holds, agent):
    deadline = time.monotonic() + WITHIN_SECONDS
    while not holds():
        assert time.monotonic() < deadline, agent.output[-8000:]
        time.sleep(0.1)


def wait_for_events(count, agent, *databases):
    wait_for(lambda: all(len(database.events()) >= count for database in databases), agent)


def types(events):
    return collections.Counter(event["event_type"] if isinstance(event, dict) else event.event_type for event in events)


def test_what_services_notify_arrives_once_by_both_publishers_and_is_the_same(agent, written, posted):
    agent.start()
    agent.notify(NOTIFICATIONS)
    wait_for_events(len(NOTIFICATIONS), agent, written, posted)
    assert types(written.events()) == types(NOTIFICATIONS)
    assert written.events() == posted.events()
    assert all(event.raw["payload"] and event.traits for event in written.events())
    assert not [word for word in ("dropped", "Unable to load publisher", "Traceback") if word in agent.output]


def test_neither_an_outage_of_the_database_nor_a_killed_agent_loses_or_doubles_an_event(
    agent, written, posted, mariadb
):
    agent.start()
    agent.notify(NOTIFICATIONS[:3])
    wait_for_events(3, agent, written, posted)
    mariadb.stop()
    agent.notify(NOTIFICATIONS[3:])
    wait_for(lambda: "Events are not stored yet" in agent.output, agent)
    agent.kill()
    mariadb.start()
    agent.start()
    wait_for_events(len(NOTIFICATIONS), agent, written, posted)
    assert types(written.events()) == types(NOTIFICATIONS)
    assert written.events() == posted.events()
