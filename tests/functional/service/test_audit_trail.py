"""Who did what with which outcome: a service's audit middleware, RabbitMQ, ceilometer's agent, Panko."""

import time

import pytest

from panko.filters import EventFilter, Everything, Page
from panko.storage.sql import ConnectionSettings, connect
from panko.storage.sql.schema import migrate
from servers.ceilometer_agent import CeilometerAgent

WITHIN_SECONDS = 60
MAP = """[DEFAULT]
target_endpoint_type = None
[path_keywords]
servers = server
[service_endpoints]
compute = service/compute
"""
CATALOG = """[{"type": "compute", "name": "nova", "endpoints": [{"id": "e1", "region": "r",
"adminURL": "http://nova:8774/v2.1", "internalURL": "http://nova:8774/v2.1", "publicURL": "http://nova:8774/v2.1"}]}]"""

# Runs where a service would: its paste pipeline is made of the filter that docs/audit.md names, and of an application
# that refuses a deletion.
SERVICE = """
import json, sys
import oslo_messaging
import webob
from keystonemiddleware import audit

url, exchange, topic = sys.argv[1:]
given = json.load(sys.stdin)
oslo_messaging.set_transport_defaults(exchange)
with open("api_audit_map.conf", "w") as file:
    file.write(given["map"])

def application(environ, start_response):
    start_response("403 Forbidden" if environ["REQUEST_METHOD"] == "DELETE" else "200 OK", [])
    return [b""]

make = audit.filter_factory(
    {}, audit_map_file="api_audit_map.conf", service_name="nova", ignore_req_list="GET",
    transport_url=url, driver="messagingv2", topics=topic,
)
service = make(application)
for method, path in given["requests"]:
    request = webob.Request.blank(path, base_url="http://nova:8774", method=method, headers=given["headers"])
    request.remote_addr = "203.0.113.7"
    request.get_response(service)
service._notifier._notifier.transport.cleanup()
"""
# What the auth_token middleware in front of it has found out about the caller.
CALLER = {
    "X-Identity-Status": "Confirmed",
    "X-User-Id": "alice-id",
    "X-User-Name": "alice",
    "X-Project-Id": "project-id",
    "X-Roles": "member",
    "X-Auth-Token": "gAAAA-secret-token",
    "X-Service-Catalog": CATALOG.replace("\n", ""),
}


@pytest.fixture
def store(mariadb):
    url = mariadb.new_database()
    migrate.upgrade(url)
    store = connect(url, ConnectionSettings(pool_size=1))
    store.url = url
    yield store
    store.dispose()


@pytest.fixture
def agent(rabbitmq, store):
    server = CeilometerAgent(
        transport_url=rabbitmq.url,
        publishers=["panko://"],
        panko_conf=f"[database]\nconnection = {store.url}\n",
    )
    server.start()
    yield server
    server.remove()


def wait_for_events(count, agent, store):
    deadline = time.monotonic() + WITHIN_SECONDS
    while len(found := store.get_events(EventFilter(Everything()), Page(100))) < count:
        assert time.monotonic() < deadline, agent.output[-8000:]
        time.sleep(0.1)
    return found


def test_what_a_service_audits_is_an_event_with_initiator_action_target_and_outcome(agent, store):
    requests = [("GET", "/v2.1/servers"), ("POST", "/v2.1/servers"), ("DELETE", "/v2.1/servers/s1")]
    agent.run(SERVICE, {"map": MAP, "requests": requests, "headers": CALLER})
    events = wait_for_events(4, agent, store)
    assert sorted(event.event_type for event in events) == ["audit.http.request"] * 2 + ["audit.http.response"] * 2
    traits = [{trait.name: trait.value for trait in event.traits} for event in events]
    for each in traits:
        assert (each["user_id"], each["project_id"]) == ("alice-id", "project-id")
        assert (each["initiator_id"], each["initiator_name"]) == ("alice-id", "alice")
        assert each["initiator_host_address"] == "203.0.113.7"
        assert each["target_name"] == "nova"
    outcomes = {
        (each["action"], each["requestPath"]): (each["outcome"], each["reason_code"])
        for each in traits
        if "reason_code" in each
    }
    assert outcomes == {
        ("create", "/v2.1/servers"): ("success", "200"),
        ("delete", "/v2.1/servers/s1"): ("failure", "403"),
    }
    assert {each["outcome"] for each in traits if "reason_code" not in each} == {"pending"}
    ids = [each["id"] for each in traits]
    assert all(ids.count(each) == 2 for each in ids)  # a request and its response have one
    assert "secret-token" not in "".join(str(event.raw) for event in events)
