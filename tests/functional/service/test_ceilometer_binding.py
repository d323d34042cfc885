"""Stock ceilometer with the `event_pipeline.yaml` that the operator renders, over TLS, to a real API."""

import collections
import json
import time
from pathlib import Path

import bcrypt
import httpx
import pytest
import yaml

from panko.filters import EventFilter, Everything, Page
from panko.storage.sql import ConnectionSettings, connect
from panko.storage.sql.schema import migrate
from panko_operator.children.binding import event_pipeline
from panko_operator.children.binding.address import Address
from servers.authority import Authority
from servers.ceilometer_agent import CeilometerAgent

NOTIFICATIONS = [
    json.loads(path.read_text()) for path in sorted((Path(__file__).parents[2] / "notifications").glob("*.json"))
]
PASSWORD = "p@ss/w:rd?#%41 [ü]"
PROJECT = "6fced11d2bd841e6847a8387cdde8d51"
WITHIN_SECONDS = 120
CONFIGURATION = """[api]
auth_strategy = noauth
workers = 1
htpasswd_file = {folder}/htpasswd
tls_certificate_file = {certificate}
tls_key_file = {key}
[database]
connection = {url}
"""


@pytest.fixture
def new_database(mariadb):
    """Make a database with tables; return its URL and what reads its events."""
    stores = []

    def make():
        url = mariadb.new_database()
        migrate.upgrade(url)
        store = connect(url, ConnectionSettings(pool_size=1))
        stores.append(store)
        return url, lambda: store.get_events(EventFilter(Everything()), Page(10_000))

    yield make
    for store in stores:
        store.dispose()


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path)


@pytest.fixture
def serve(start_api, authority, tmp_path):
    """Start an API that a private authority's certificate proves, with the lines of htpasswd."""

    def start(url, *lines):
        hashed = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
        accounts = {line.partition(" ")[0] for line in lines}
        text = [*(f"{name}:{hashed}" for name in sorted(accounts)), *(line for line in lines if " " in line)]
        (tmp_path / "htpasswd").write_text("\n".join(text) + "\n")
        certificate, key = authority.sign("panko", "127.0.0.1")
        configuration = CONFIGURATION.format(folder=tmp_path, certificate=certificate, key=key, url=url)
        return start_api(configuration, ca=authority.ca)

    return start


@pytest.fixture
def render(authority):
    """Write the operator's file for an account, with what it mounts somewhere else."""

    def write(api, username, *, password=PASSWORD, event_types=()):
        address = Address(api.url, authority.ca.read_text())
        text = event_pipeline.text(address, username=username, password=password, event_types=event_types)
        return yaml.safe_load(text.replace(event_pipeline.FOLDER, str(authority.ca.parent)))

    return write


@pytest.fixture
def start_agent(rabbitmq):
    """Start an agent with several pipelines beside one another."""
    agents = []

    def start(pipelines, **about):
        agent = CeilometerAgent(transport_url=rabbitmq.url, pipeline=together(pipelines), **about)
        agents.append(agent)
        agent.start()
        return agent

    yield start
    for agent in agents:
        agent.remove()


def together(pipelines):
    """Return one pipeline with the sources and sinks of several, under names of their own."""
    found = {"sources": [], "sinks": []}
    for number, pipeline in enumerate(pipelines):
        (source,), (sink,) = pipeline["sources"], pipeline["sinks"]
        found["sources"].append({**source, "name": f"source_{number}", "sinks": [f"sink_{number}"]})
        found["sinks"].append({**sink, "name": f"sink_{number}"})
    return found


def direct():
    return {"sources": [{"events": ["*"]}], "sinks": [{"publishers": ["panko://"]}]}


def wait_for(holds, agent):
    deadline = time.monotonic() + WITHIN_SECONDS
    while not holds():
        assert time.monotonic() < deadline, agent.output[-8000:]
        time.sleep(0.2)


def of_type(events, prefix):
    return [event for event in events if event.event_type.startswith(prefix)]


def named(event):
    return [(trait.name, trait.value) for trait in event.traits]


def types(events):
    return collections.Counter(event["event_type"] if isinstance(event, dict) else event.event_type for event in events)


def test_what_services_notify_arrives_once_and_is_the_same_as_written_directly(
    new_database, serve, render, start_agent
):
    (url, posted), (other_url, written) = new_database(), new_database()
    api = serve(url, "ceilometer")
    pipelines = [direct(), render(api, "ceilometer")]
    agent = start_agent(pipelines, panko_conf=f"[database]\nconnection = {other_url}\n")
    agent.notify(NOTIFICATIONS)
    wait_for(lambda: len(posted()) >= len(NOTIFICATIONS) and len(written()) >= len(NOTIFICATIONS), agent)
    assert types(posted()) == types(NOTIFICATIONS)
    assert posted() == written()
    assert not [word for word in ("Status Code", "Unable to load publisher", "Traceback") if word in agent.output]


def test_each_account_stores_what_it_may_and_what_is_refused_says_why(new_database, serve, render, start_agent):
    (url, posted), (other_url, written) = new_database(), new_database()
    api = serve(
        url,
        "nova event_types=compute.instance.*",
        "images event_types=image.*",
        f"project projects={PROJECT}",
    )
    pipelines = [
        direct(),
        render(api, "nova", password="wrong"),
        render(api, "nova", event_types=("compute.instance.*",)),
        render(api, "images"),  # more than it may
        render(api, "project"),
    ]
    agent = start_agent(pipelines, panko_conf=f"[database]\nconnection = {other_url}\n")
    agent.notify(NOTIFICATIONS)
    wait_for(lambda: len(written()) >= len(NOTIFICATIONS), agent)
    computes, images = (of_type(written(), prefix) for prefix in ("compute.instance.", "image."))
    projects = [event for event in written() if ("project_id", PROJECT) in named(event)]
    assert computes
    assert images
    assert projects
    refused = 2 * len(NOTIFICATIONS) - len(images) - len(projects)
    wait_for(lambda: agent.output.count("] Status Code: 403") >= refused, agent)
    wait_for(lambda: agent.output.count("] Status Code: 401") >= len(NOTIFICATIONS), agent)
    assert posted() == [event for event in written() if event in computes + images + projects]
    audit = [line for line in api.output.splitlines() if "panko.audit" in line]
    assert not [line for line in audit if "publisher:nova" in line and "refused 0" not in line]
    answer = httpx.post(f"{api.url}/v2/events", json=[], auth=("nova", "wrong"), verify=False)
    assert answer.status_code == 401
    assert answer.json()["error_message"]["faultstring"] == "The name or the password is wrong."


def test_an_api_that_cannot_be_reached_loses_nothing_with_the_settings_that_the_page_asks_for(
    new_database, serve, render, start_agent
):
    url, posted = new_database()
    api = serve(url, "ceilometer")
    agent = start_agent([render(api, "ceilometer")])
    api.kill()
    agent.notify(NOTIFICATIONS)
    wait_for(lambda: "Connection refused" in agent.output, agent)
    api.start()
    wait_for(lambda: len(posted()) >= len(NOTIFICATIONS), agent)
    assert types(posted()) == types(NOTIFICATIONS)


def test_what_an_api_without_its_database_answers_is_lost_as_the_page_says(
    new_database, serve, render, start_agent, mariadb
):
    url, posted = new_database()
    api = serve(url, "ceilometer")
    agent = start_agent([render(api, "ceilometer")])
    mariadb.stop()
    agent.notify(NOTIFICATIONS[:1])
    wait_for(lambda: "Status Code: 503" in agent.output, agent)
    mariadb.start()
    agent.notify(NOTIFICATIONS[1:])
    wait_for(lambda: len(posted()) >= len(NOTIFICATIONS) - 1, agent)
    assert types(posted()) == types(NOTIFICATIONS[1:])
