"""Who reaches whom: the NetworkPolicies of a whole pass, on a network that enforces them."""

import itertools

import pytest

from fakes.memory_network import Host, MemoryNetwork
from fakes.memory_world import SPEC, MemoryWorld
from panko_operator.children.parts.destinations import Destination

HTTP, API_FIGURES, HAPROXY_FIGURES, DNS = 8777, 9777, 8405, 53
OPERATOR = Host("10.0.9.1", "panko-system", {"app.kubernetes.io/name": "panko-operator", "pod-template-hash": "1"})
TENANT = Host("10.0.9.2", "tenant", {"app": "anything"})
NEIGHBOUR = Host("10.0.9.3", "openstack", {"app": "anything"})
PROMETHEUS = Host("10.0.9.4", "monitoring", {"app": "prometheus"})
OUTSIDE = Host("192.0.2.7")
COREDNS = Host("10.0.9.5", "kube-system", {"k8s-app": "kube-dns"})
MARIADB = Host("10.0.9.6", "openstack", {"app": "mariadb"})
KEYSTONE = Host("10.0.9.7", "identity", {"app": "keystone"})
MEMCACHED = Host("10.0.9.8", "openstack", {"app": "memcached"})
INTERNET = Host("198.51.100.1")
MONITORING = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}


class Cluster:
    """The pods that a pass asks for, and the network between them and others."""

    def __init__(self, **spec):
        self.memory = MemoryWorld({**SPEC, **spec})
        self.memory.reconcile()

    @property
    def network(self):
        return MemoryNetwork(live for (kind, *_), live in self.memory.kube.objects.items() if kind == "NetworkPolicy")

    def pod(self, component):
        """Return a pod of a component, with the labels that its template gives it."""
        return Host("10.0.8.1", "openstack", self.templates[component]["metadata"]["labels"])

    @property
    def templates(self):
        """The pod templates, by the component that they say to be."""
        found = {}
        for live in self.memory.kube.objects.values():
            spec = live.get("spec", {})
            template = spec.get("jobTemplate", {}).get("spec", spec).get("template")
            if template:
                found[template["metadata"]["labels"]["app.kubernetes.io/component"]] = template
        return found

    def reach(self, source, target, port, protocol="TCP"):
        ends = [self.pod(one) if isinstance(one, str) else one for one in (source, target)]
        return self.network.reaches(*ends, port, protocol)


@pytest.fixture(scope="module")
def cluster():
    return Cluster(
        database={"host": "mariadb", "adminSecretRef": {"name": "database-admin"}},
        keystone={"authURL": "http://keystone.identity.svc:5000/v3", "adminSecretRef": {"name": "keystone-admin"}},
        memcached={"servers": ["memcached.openstack.svc.cluster.local:11211"]},
    )


COMPONENTS = {"api", "haproxy", "dbsync", "expirer"}
CLIENTS = (OPERATOR, TENANT, NEIGHBOUR, PROMETHEUS, OUTSIDE)
# Every way in that there is to be: target, port, sources.
IN = {
    ("haproxy", HTTP): {*CLIENTS},
    ("haproxy", HAPROXY_FIGURES): {OPERATOR, TENANT, NEIGHBOUR, PROMETHEUS},
    ("api", HTTP): set(),
    ("api", API_FIGURES): {OPERATOR, TENANT, NEIGHBOUR, PROMETHEUS},
    ("dbsync", HTTP): set(),
    ("expirer", HTTP): set(),
}
# Every way out: source -> what it reaches.
SERVERS = {
    "database": (MARIADB, 3306),
    "keystone": (KEYSTONE, 5000),
    "memcached": (MEMCACHED, 11211),
    "another port of the database": (MARIADB, 22),
    "a tenant's pod": (TENANT, 8080),
    "the internet": (INTERNET, 8080),
    "the node's metadata": (Host("169.254.169.254"), 80),
    "the API server": (Host("10.0.0.1"), 6443),
}
OUT = {
    "api": {"database", "keystone", "memcached"},
    "haproxy": set(),
    "dbsync": {"database"},
    "expirer": {"database"},
}


@pytest.mark.parametrize("target", IN, ids=str)
@pytest.mark.parametrize("source", CLIENTS, ids=lambda one: one.namespace or "outside")
def test_a_pod_is_reached_by_whom_it_is_for_and_nobody_else(cluster, source, target):
    assert cluster.reach(source, *target) is (source in IN[target])


def test_among_a_pankos_own_pods_haproxy_alone_reaches_the_api(cluster):
    pairs = itertools.product(COMPONENTS, repeat=2)
    assert {pair for pair in pairs if cluster.reach(*pair, HTTP)} == {("haproxy", "api")}


def test_the_haproxy_of_another_panko_does_not_reach_the_api(cluster):
    other = Host("10.0.8.9", "openstack", {**cluster.pod("haproxy").labels, "app.kubernetes.io/instance": "other"})
    assert not cluster.reach(other, "api", HTTP)


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("source", OUT)
def test_a_pod_reaches_what_it_needs_and_nothing_else(cluster, source, server):
    assert cluster.reach(source, *SERVERS[server]) is (server in OUT[source])


@pytest.mark.parametrize("source", OUT)
@pytest.mark.parametrize("port", [53, 5353])
@pytest.mark.parametrize("protocol", ["UDP", "TCP"])
def test_every_pod_asks_dns(cluster, source, port, protocol):
    for resolver in (COREDNS, Host("169.254.20.10"), INTERNET):
        assert cluster.reach(source, resolver, port, protocol)


def test_every_pod_that_is_made_has_a_policy_and_each_of_its_ports_was_decided(cluster):
    assert cluster.templates.keys() == COMPONENTS
    ports = {
        (component, port["containerPort"])
        for component, template in cluster.templates.items()
        for container in template["spec"]["containers"]
        for port in container.get("ports", ())
    }
    assert ports == {(component, port) for component, port in IN if component not in {"dbsync", "expirer"}}
    for component in COMPONENTS:
        assert not cluster.reach(TENANT, component, 22)


def test_without_haproxy_clients_reach_the_api_itself():
    cluster = Cluster(haproxy={"enabled": False})
    assert all(cluster.reach(client, "api", HTTP) for client in CLIENTS)
    assert "panko-haproxy" not in cluster.memory.kube.names("NetworkPolicy")


@pytest.mark.parametrize("enabled", [True, False], ids=["haproxy", "no haproxy"])
def test_whom_the_spec_names_may_come_and_the_operator_always(enabled):
    entry = "haproxy" if enabled else "api"
    cluster = Cluster(haproxy={"enabled": enabled}, networkPolicy={"allowFrom": [MONITORING]})
    assert {one for one in CLIENTS if cluster.reach(one, entry, HTTP)} == {OPERATOR, PROMETHEUS}
    figures = {one for one in CLIENTS if cluster.reach(one, "api", API_FIGURES)}
    assert figures == {PROMETHEUS}
    impostor = Host("10.0.9.9", "tenant", OPERATOR.labels)
    assert not cluster.reach(impostor, entry, HTTP)


def test_addresses_may_be_named():
    block = {"ipBlock": {"cidr": "192.0.2.0/24", "except": ["192.0.2.128/25"]}}
    cluster = Cluster(networkPolicy={"allowFrom": [block]})
    assert cluster.reach(OUTSIDE, "haproxy", HTTP)
    assert not cluster.reach(Host("192.0.2.200"), "haproxy", HTTP)


def test_what_is_empty_in_a_selector_is_not_sent_for_the_api_server_drops_it():
    empty = {"namespaceSelector": {"matchLabels": {}, "matchExpressions": []}, "podSelector": {}}
    exists = {"podSelector": {"matchExpressions": [{"key": "app", "operator": "Exists", "values": []}]}}
    block = {"ipBlock": {"cidr": "192.0.2.0/24", "except": []}}
    cluster = Cluster(networkPolicy={"allowFrom": [empty, exists, block]})
    policy = cluster.memory.kube.objects["NetworkPolicy", "openstack", "panko-haproxy"]
    assert policy["spec"]["ingress"][0]["from"] == [
        {"namespaceSelector": {}, "podSelector": {}},
        {"podSelector": {"matchExpressions": [{"key": "app", "operator": "Exists"}]}},
        {"ipBlock": {"cidr": "192.0.2.0/24"}},
    ]


def test_pods_may_reach_what_the_spec_names_besides():
    assert not Cluster().reach("api", Host("198.51.100.1"), 15012)
    cluster = Cluster(networkPolicy={"allowTo": [{"ipBlock": {"cidr": "198.51.100.1/32"}}]})
    assert all(cluster.reach(component, Host("198.51.100.1"), 15012) for component in COMPONENTS)


def database_at(host, **fields):
    return Cluster(database={"host": host, "adminSecretRef": {"name": "database-admin"}, **fields})


def test_an_address_opens_itself_and_not_its_neighbours():
    for host, other in (("192.0.2.9", "192.0.2.10"), ("2001:db8::9", "2001:db8::a")):
        cluster = database_at(host)
        assert cluster.reach("dbsync", Host(host), 3306)
        assert not cluster.reach("dbsync", Host(other), 3306)
        # The address may be a Service's: then it is a pod that the packet comes to.
        assert cluster.reach("dbsync", MARIADB, 3306)
        assert not cluster.reach("dbsync", MARIADB, 22)


def test_a_name_outside_of_the_cluster_opens_its_port_anywhere():
    cluster = database_at("db.example.org", engine="postgresql")
    assert cluster.reach("api", INTERNET, 5432)
    assert not cluster.reach("api", INTERNET, 3306)
    assert not cluster.reach("api", TENANT, 8080)


def test_keystone_behind_a_gateway_of_the_cluster_is_reached():
    url = "https://keystone.example.org/v3"
    cluster = Cluster(keystone={"authURL": url, "adminSecretRef": {"name": "keystone-admin"}})
    gateway = Host("10.0.7.9", "gateways", {"app": "gateway"})
    assert cluster.reach("api", INTERNET, 443)
    assert cluster.reach("api", gateway, 8443)
    assert not cluster.reach("dbsync", gateway, 8443)


def test_keystone_behind_a_service_of_a_namespace_opens_no_other_namespace():
    url = "http://keystone.identity.svc/v3"
    cluster = Cluster(keystone={"authURL": url, "adminSecretRef": {"name": "keystone-admin"}})
    assert cluster.reach("api", KEYSTONE, 8080)
    assert not cluster.reach("api", TENANT, 8080)


def test_keystone_is_reached_also_where_the_catalogue_has_it():
    memory = MemoryWorld()
    memory.keystone.identity_url = "http://keystone-internal.example.org:35357/v3"
    memory.reconcile()
    policy = memory.kube.objects["NetworkPolicy", "openstack", "panko-api"]
    ports = {port["port"] for rule in policy["spec"]["egress"] for port in rule.get("ports", ())}
    assert {5000, 35357} <= ports


@pytest.mark.parametrize(
    ("host", "namespace"),
    [
        ("mariadb", "own"),
        ("mariadb.data", None),
        ("mariadb.data.svc", "data"),
        ("mariadb-0.mariadb.data.svc.cluster.local.", "data"),
        ("MariaDB.Data.SVC", "data"),
        ("db.eu.example.org", None),
        ("fd00::1", None),
        ("192.0.2.1", None),
    ],
)
def test_names_of_services_tell_their_namespace(host, namespace):
    assert Destination(host, 3306).namespace("own", "cluster.local") == namespace


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://keystone.example.org/v3", ("keystone.example.org", 443)),
        ("http://keystone", ("keystone", 80)),
        ("http://[fd00::1]:5000/v3", ("fd00::1", 5000)),
    ],
)
def test_urls_tell_their_port(url, expected):
    assert Destination.of_url(url) == Destination(*expected)


def test_servers_tell_their_port():
    assert Destination.of_server("[fd00::1]:11211") == Destination("fd00::1", 11211)


def test_no_policies_when_they_are_turned_off_even_while_a_step_fails():
    memory = MemoryWorld()
    memory.reconcile()
    assert memory.kube.names("NetworkPolicy") == {"panko-api", "panko-haproxy", "panko-dbsync", "panko-expirer"}
    # Such as when the policies are what keeps the API from Keystone.
    memory.event_api.fault = "it does not answer"
    memory.edit(networkPolicy={**memory.body["spec"]["networkPolicy"], "enabled": False})
    memory.reconcile()
    assert memory.kube.names("NetworkPolicy") == set()


def test_policies_can_be_turned_off_while_keystone_is_away():
    memory = MemoryWorld()
    memory.reconcile()
    memory.keystone.outage = True
    memory.edit(networkPolicy={**memory.body["spec"]["networkPolicy"], "enabled": False})
    memory.reconcile()
    assert "panko-api" not in memory.kube.names("NetworkPolicy")


def test_the_api_is_closed_to_clients_only_when_the_service_leads_to_haproxy():
    cluster = Cluster(haproxy={"enabled": False})
    memory = cluster.memory
    memory.kube.auto = False  # HAProxy does not come up yet
    memory.edit(haproxy={**memory.body["spec"]["haproxy"], "enabled": True})
    memory.reconcile()
    assert cluster.reach(TENANT, "api", HTTP)
    for (kind, *_), live in memory.kube.objects.items():
        if kind == "Deployment":
            memory.kube.come_up(live)
    memory.reconcile()  # moves the Service; connections on their way still go to the API
    assert cluster.reach(TENANT, "api", HTTP)
    memory.reconcile()
    assert not cluster.reach(TENANT, "api", HTTP)
    assert cluster.reach("haproxy", "api", HTTP)


def test_a_panko_that_begins_is_confined_from_its_first_pod():
    memory = MemoryWorld()
    memory.kube.auto = False
    memory.reconcile()
    assert memory.kube.names("NetworkPolicy") == {"panko-dbsync", "panko-haproxy"}
    first = [(verb, kind) for verb, kind, *_ in memory.kube.writes if kind in ("NetworkPolicy", "Job", "Deployment")]
    assert first == [("apply", kind) for kind in ("NetworkPolicy", "Job", "NetworkPolicy", "Deployment")]
