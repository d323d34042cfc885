"""Reconciles of a Panko with publishers: what each of them is given."""

import base64
import datetime as dt

import pytest
import yaml

from fakes.fleet import Fleet
from fakes.memory_world import SPEC, MemoryWorld
from panko_operator.controller.result import Pace
from servers.authority import Authority

HOST = "panko.openstack.svc.cluster.local"
BINDING = "panko-binding-ceilometer"
INGRESS = {"host": "events.example.org", "tlsSecretName": "events-tls"}


@pytest.fixture
def memory():
    """A world whose Panko is ready."""
    memory = MemoryWorld()
    assert memory.reconcile().pace is Pace.SETTLED
    return memory


@pytest.fixture
def encrypted(tmp_path):
    """Make a world whose certificate is a private authority's."""

    def make(**spec):
        memory, authority = MemoryWorld({**SPEC, "tls": {"secretName": "web"}, **spec}), Authority(tmp_path)
        memory.time = dt.datetime.now(dt.UTC)
        certificate, key = (path.read_text() for path in authority.sign(HOST, "*.example.org"))
        data = {"tls.crt": certificate, "tls.key": key, "ca.crt": authority.ca.read_text()}
        memory.kube.put_secret(memory.namespace, "web", **data)
        memory.reconcile()
        return memory

    return make


def bound(memory, name=BINDING):
    """Return what a binding says."""
    return {key: base64.b64decode(value).decode() for key, value in memory.secret(name).items()}


def line(memory, key="event_pipeline.yaml"):
    """Return the one publisher of the one sink."""
    (sink,) = yaml.safe_load(bound(memory)[key])["sinks"]
    (found,) = sink["publishers"]
    return found


def condition(memory):
    found = memory.condition("BindingReady")
    return found["status"], found["reason"]


def test_a_publisher_is_given_what_it_needs_as_tools_expect_it(memory):
    found = bound(memory)
    account = bound(memory, "panko-publisher-ceilometer")
    assert set(found) == {"type", "provider", "host", "port", "uri", "username", "password", "event_pipeline.yaml"}
    assert (found["type"], found["host"], found["port"]) == ("panko", HOST, "8777")
    assert found["uri"] == f"http://{HOST}:8777/v2/events"
    assert (found["username"], found["password"]) == ("ceilometer", account["password"])
    assert memory.kube.objects["Secret", "openstack", BINDING]["type"] == "servicebinding.io/panko"
    assert condition(memory) == ("True", "Bound")


def test_the_status_names_it_where_tools_look_for_it(memory):
    memory.edit(publishers=[{"name": "nova"}, {"name": "ceilometer"}])
    memory.reconcile()
    status = memory.body["status"]
    assert status["binding"] == {"name": "panko-binding-nova"}
    assert status["bindings"] == [
        {"publisher": "nova", "name": "panko-binding-nova"},
        {"publisher": "ceilometer", "name": BINDING},
    ]


def test_it_goes_with_the_publisher(memory):
    memory.edit(publishers=[])
    assert memory.reconcile().pace is Pace.SETTLED
    assert BINDING not in memory.kube.names("Secret")
    assert not {"binding", "bindings"} & set(memory.body["status"])
    assert condition(memory) == ("True", "NoPublishers")


def test_a_second_pass_writes_nothing(memory):
    memory.kube.writes.clear()
    memory.reconcile()
    assert memory.kube.writes == []


@pytest.mark.parametrize("key", ["password", "uri", "event_pipeline.yaml"])
def test_what_somebody_changes_about_it_is_put_right(memory, key):
    before = dict(memory.secret(BINDING))
    memory.secret(BINDING)[key] = base64.b64encode(b"another").decode()
    memory.reconcile()
    assert memory.secret(BINDING) == before


def test_what_somebody_deletes_comes_back(memory):
    before = memory.kube.objects.pop(("Secret", "openstack", BINDING))["data"]
    memory.reconcile()
    assert memory.secret(BINDING) == before
    assert "DriftCorrected" in memory.kube.reasons("Normal")


def test_a_given_password_is_carried_and_followed(memory):
    memory.kube.put_secret("openstack", "mq", secret="p@ss/w:rd?#%41")
    memory.edit(publishers=[{"name": "mq", "passwordSecretRef": {"name": "mq", "key": "secret"}}])
    memory.reconcile()
    assert bound(memory, "panko-binding-mq")["password"] == "p@ss/w:rd?#%41"
    assert "//mq:p%40ss%2Fw%3Ard%3F%23%2541@" in bound(memory, "panko-binding-mq")["event_pipeline.yaml"]
    memory.kube.put_secret("openstack", "mq", secret="another")
    memory.reconcile()
    assert bound(memory, "panko-binding-mq")["password"] == "another"


def test_a_publisher_without_its_secret_is_named_with_what_to_do(memory):
    memory.edit(publishers=[{"name": "mq", "passwordSecretRef": {"name": "mine", "key": "password"}}])
    memory.reconcile()
    assert memory.condition("InputReady")["message"] == (
        "Secret mine does not exist; create it in openstack with password, for publisher mq."
    )
    assert condition(memory) == ("Unknown", "Waiting")


def test_there_is_none_before_every_pod_accepts_the_password(memory):
    memory.edit(publishers=[])
    memory.reconcile()
    fleet = Fleet(memory)
    fleet.roll()
    memory.edit(publishers=[{"name": "ceilometer"}])
    memory.reconcile()
    fleet.roll()
    memory.reconcile()
    assert condition(memory) == ("Unknown", "PodsOfBefore")
    assert BINDING not in memory.kube.names("Secret")
    assert "binding" not in memory.body["status"]
    fleet.roll()
    memory.reconcile()
    assert condition(memory) == ("True", "Bound")
    assert memory.body["status"]["binding"] == {"name": BINDING}


def test_somebody_elses_secret_of_that_name_is_left_alone_and_holds_up_no_other_publisher(memory):
    memory.kube.put_secret("openstack", "panko-binding-nova", password="theirs")
    memory.edit(publishers=[{"name": "nova"}, {"name": "cinder"}])
    memory.reconcile()
    assert bound(memory, "panko-binding-nova") == {"password": "theirs"}
    assert bound(memory, "panko-binding-cinder")["username"] == "cinder"
    assert condition(memory) == ("False", "ChildNotOurs")
    assert "panko-binding-nova" in memory.condition("BindingReady")["message"]


def test_a_private_authority_is_in_it_and_in_the_pipeline(encrypted):
    memory = encrypted()
    assert bound(memory)["uri"] == f"https://{HOST}:8777/v2/events"
    assert bound(memory)["ca.crt"] == bound(memory, "web")["ca.crt"]
    assert line(memory).endswith("&verify_ssl=/etc/ceilometer/panko/ca.crt")


def test_an_authority_that_every_host_knows_is_not(encrypted):
    memory = encrypted()
    del memory.secret("web")["ca.crt"]
    memory.reconcile()
    assert "ca.crt" not in bound(memory)
    assert line(memory).startswith("https://")
    assert "verify_ssl" not in line(memory)


def test_it_follows_when_tls_is_turned_on_and_the_port_changes(memory, encrypted):
    memory.edit(service={**memory.body["spec"]["service"], "port": 9999})
    memory.reconcile()
    assert bound(memory)["port"] == "9999"
    encrypted_one = encrypted()
    encrypted_one.edit(tls=None)
    encrypted_one.body["spec"].pop("tls")
    encrypted_one.reconcile()
    assert bound(encrypted_one)["uri"] == f"http://{HOST}:8777/v2/events"
    assert "ca.crt" not in bound(encrypted_one)


def test_from_outside_the_public_url_is_beside_the_internal_one(encrypted):
    memory = encrypted(ingress=INGRESS)
    assert bound(memory)["host"] == HOST
    assert bound(memory)["public-uri"] == "https://events.example.org/v2/events"
    assert "@events.example.org/v2/events?" in line(memory, "public-event_pipeline.yaml")
    # The Ingress shows a certificate of its own, which the operator does not know.
    assert "verify_ssl" not in line(memory, "public-event_pipeline.yaml")
    memory.edit(ingress={**memory.body["spec"]["ingress"], "host": "other.example.org"})
    memory.reconcile()
    assert bound(memory)["public-uri"] == "https://other.example.org/v2/events"


def test_a_load_balancer_that_shows_the_same_certificate_is_known_by_the_same_authority(encrypted):
    url = "https://events.example.org:8777"
    memory = encrypted(keystone={**SPEC["keystone"], "endpoints": {"public": url}})
    assert line(memory, "public-event_pipeline.yaml").endswith("&verify_ssl=/etc/ceilometer/panko/ca.crt")


def test_a_confined_publisher_is_sent_what_it_may_store_and_nothing_else(memory):
    memory.edit(publishers=[{"name": "ceilometer", "eventTypes": ["compute.instance.*", "keypair.create.end"]}])
    memory.reconcile()
    (source,) = yaml.safe_load(bound(memory)["event_pipeline.yaml"])["sources"]
    assert source["events"] == ["compute.instance.*", "keypair.create.end"]


def test_an_address_of_ipv6_keeps_its_brackets_in_the_url(memory):
    endpoints = {"internal": "http://[fd00::1]:8777"}
    memory.edit(keystone={**memory.body["spec"]["keystone"], "endpoints": endpoints})
    memory.reconcile()
    assert (bound(memory)["host"], bound(memory)["port"]) == ("fd00::1", "8777")
    assert "@[fd00::1]:8777/v2/events?" in line(memory)


def test_a_password_that_comes_after_the_configuration_waits_for_the_next_one(memory):
    before, query = bound(memory)["password"], memory.event_api.query

    def query_meanwhile(*given, **named):
        data = memory.kube.objects["Secret", "openstack", "panko-publisher-ceilometer"]["data"]
        data["previous-password"] = data["password"]
        data["password"] = base64.b64encode(b"by hand").decode()
        memory.event_api.query = query
        return query(*given, **named)

    memory.event_api.query = query_meanwhile
    memory.reconcile()
    assert bound(memory)["password"] == before, "no pod knows the other one yet"
    memory.reconcile()
    assert bound(memory)["password"] == "by hand"
