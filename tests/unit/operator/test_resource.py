"""The typed Panko: its names, addresses and what it reads."""

import dataclasses
import re
from datetime import timedelta

import pytest

from fakes import crd
from panko_operator.resource import Panko
from panko_operator.world.values import DatabaseAddress

LONGEST_NAME = "p" + 42 * "a" + "9"


@pytest.mark.parametrize("sample", sorted(path.stem for path in crd.SAMPLES.glob("*.yaml")))
def test_every_sample_can_be_read(sample):
    body = crd.sample(sample)
    assert Panko.from_body(crd.live(body)).name == body["metadata"]["name"]


def test_names_of_children_fit_at_the_longest_name(make_panko):
    panko = make_panko(name=LONGEST_NAME)
    labels = [panko.service_name, panko.api_pods_name, panko.dbsync_name("01234567")]
    labels.append(panko.contract_name("01234567"))
    assert len(panko.name) == 44
    assert len(panko.expirer_name) <= 52  # CronJob
    assert all(len(name) <= 63 for name in labels)  # Services, and the label of a Job's pods
    assert all(len(value) <= 63 for value in panko.labels("expirer").values())


def test_account_names_fit_mysql_and_tell_namespaces_and_clusters_apart(make_panko):
    here, there = make_panko(), make_panko(namespace="elsewhere")
    places = [(here, "one"), (there, "one"), (here, "another")]
    roles = ("schema", "api", "expirer")
    names = [panko.account_username(role, cluster) for panko, cluster in places for role in roles]
    assert len(set(names)) == 9
    assert all(re.fullmatch(r"[a-z0-9-]{1,32}", name) for name in names)


@pytest.mark.parametrize(
    ("database", "expected"),
    [
        ({}, DatabaseAddress("mysql", "mariadb.openstack.svc", 3306, "panko_openstack_panko")),
        (
            {"engine": "postgresql"},
            DatabaseAddress("postgresql", "mariadb.openstack.svc", 5432, "panko_openstack_panko"),
        ),
        ({"port": 3307, "name": "events"}, DatabaseAddress("mysql", "mariadb.openstack.svc", 3307, "events")),
    ],
)
def test_database_listens_on_the_engines_port_unless_one_is_written(make_panko, database, expected):
    assert make_panko({"database": database}).database_address() == expected


def test_endpoints_are_the_services_unless_written(make_panko):
    panko = make_panko({"keystone": {"endpoints": {"public": "https://events.example.org"}}})
    assert {endpoint.interface: endpoint.url for endpoint in panko.endpoints("cluster.local")} == {
        "public": "https://events.example.org",
        "internal": "http://panko.openstack.svc.cluster.local:8777",
        "admin": "http://panko.openstack.svc.cluster.local:8777",
    }


def test_every_secret_of_the_user_is_watched(make_panko):
    assert make_panko(sample="ha").referenced_secrets() == {"galera-root", "keystone-admin", "ceilometer-publisher"}
    assert make_panko(sample="external-account").referenced_secrets() == {"panko-db-account", "keystone-admin"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("720h", timedelta(days=30)),
        ("36h30m", timedelta(hours=36, minutes=30)),
        ("90m30s", timedelta(minutes=90, seconds=30)),
        ("0", timedelta(0)),
    ],
)
def test_time_to_live_is_read_as_kubernetes_writes_durations(make_panko, text, expected):
    assert make_panko({"retention": {"timeToLive": text}}).spec.retention.time_to_live == expected


def test_scale_selector_finds_the_apis_pods(panko):
    wanted = dict(term.split("=") for term in panko.scale_selector.split(","))
    assert wanted == panko.selector("api")
    assert wanted.items() <= panko.labels("api").items()


def test_the_service_user_is_one_for_each_panko_unless_it_is_named(make_panko):
    names = {make_panko(name=name, namespace=namespace).service_user for name in "ab" for namespace in "cd"}
    assert names == {"panko-c-a", "panko-c-b", "panko-d-a", "panko-d-b"}
    assert make_panko({"keystone": {"serviceUser": "panko"}}).service_user == "panko"


def test_the_name_of_the_service_user_always_fits(make_panko):
    assert len(make_panko(name="n" * 44, namespace="s" * 63).service_user) <= 255


@pytest.mark.parametrize(
    ("namespace", "name", "expected"),
    [
        ("openstack", "panko", "panko_openstack_panko"),
        ("a-b", "c", "panko_a-b_c"),
        ("a", "b-c", "panko_a_b-c"),
    ],
)
def test_the_database_of_a_panko_is_its_own(make_panko, namespace, name, expected):
    assert dataclasses.replace(make_panko({}), namespace=namespace, name=name).database_name == expected


def test_a_long_name_of_a_database_is_cut_and_stays_its_own(make_panko):
    names = {
        dataclasses.replace(make_panko({}), namespace="n" * 63, name=f"panko-{last}").database_name for last in "ab"
    }
    assert len(names) == 2
    assert {len(name) for name in names} == {63}
