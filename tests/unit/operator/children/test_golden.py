"""Every child of the smallest Panko, as it is applied. `make golden` regenerates the files."""

import base64
import copy
import dataclasses

import pytest
import yaml

from panko_operator.children import (
    api,
    autoscaler,
    certificate,
    config,
    credentials,
    dbsync,
    disruption,
    expirer,
    haproxy,
    ingress,
    network_policy,
    service,
)
from panko_operator.children.binding import secret as binding
from panko_operator.children.binding.address import Address
from panko_operator.children.binding.secret import Addresses
from panko_operator.children.collector import config as collector_config
from panko_operator.children.collector import deployment as collector_deployment
from panko_operator.children.collector import scaling
from panko_operator.children.collector.transport import Transport, destinations
from panko_operator.children.monitoring import dashboard, pod_monitor, prometheus_rule, service_monitor
from panko_operator.resource.spec.publisher import Publisher
from panko_operator.resource.spec.workloads.api import Autoscaling
from panko_operator.world import OperatorPods
from panko_operator.world.values import Login

PANKO_IMAGE = "registry.example.org/panko:11.0.0"
HAPROXY_IMAGE = "registry.example.org/haproxy:3.2"
OPERATOR = OperatorPods("panko-system", {"app.kubernetes.io/name": "panko-operator"})


def scaled(panko):
    """The Panko with another number of pods than the smallest has."""
    return dataclasses.replace(panko, spec=dataclasses.replace(panko.spec, autoscaling=Autoscaling(2, 8, 80)))


CHILDREN = {
    "api-deployment": lambda panko: api.deployment(
        panko, image=PANKO_IMAGE, config_name="panko-config-01234567", replicas=2
    ),
    "api-pods-service": api.headless_service,
    "api-disruption": disruption.api,
    "api-autoscaler": lambda panko: autoscaler.autoscaler(scaled(panko)),
    "dbsync": lambda panko: dbsync.job(panko, PANKO_IMAGE),
    "expirer": lambda panko: expirer.cron_job(panko, image=PANKO_IMAGE),
    "haproxy-config": lambda panko: haproxy.config_map(panko, "cluster.local"),
    "haproxy-deployment": lambda panko: haproxy.deployment(
        panko, image=HAPROXY_IMAGE, config_name="panko-haproxy-01234567"
    ),
    "haproxy-disruption": disruption.haproxy,
    "api-network": lambda panko: network_policy.api(
        panko,
        operator=OPERATOR,
        cluster_domain="cluster.local",
        keystone_urls=[panko.spec.keystone.auth_url],
        direct=False,
    ),
    "dbsync-network": lambda panko: network_policy.dbsync(panko, "cluster.local"),
    "expirer-network": lambda panko: network_policy.expirer(panko, "cluster.local"),
    "haproxy-network": lambda panko: network_policy.haproxy(panko, OPERATOR),
    "service": service.service,
    "service-monitor": service_monitor.service_monitor,
    "prometheus-rule": lambda panko: prometheus_rule.prometheus_rule(panko, "https://docs.example.org/alerts"),
    "dashboard": dashboard.dashboard,
    "binding": lambda panko: binding.secret(
        panko,
        Publisher("ceilometer", None, (), ()),
        password="pass-word",
        addresses=Addresses(Address(panko.service_url("cluster.local"))),
    ),
    "keys": lambda panko: credentials.secret(
        panko, panko.keys_name, {"configHashKey": "hash key", "memcacheSecretKey": "memcache key"}
    ),
}


ENCRYPTED = {
    "tls": {"issuerRef": {"name": "cloud"}},
    "ingress": {"className": "nginx", "host": "events.example.org", "tlsSecretName": "events-tls"},
    "gateway": {"parentRefs": [{"name": "public", "namespace": "gateways"}], "hostnames": ["events.example.net"]},
}
ENCRYPTED_CHILDREN = {
    "tls-api-deployment": lambda panko: api.deployment(
        panko, image=PANKO_IMAGE, config_name="panko-config-01234567", replicas=2, tls_name="panko-tls-pods-01234567"
    ),
    "tls-haproxy-config": lambda panko: haproxy.config_map(panko, "cluster.local", pods_authority="authority\n"),
    "tls-haproxy-deployment": lambda panko: haproxy.deployment(
        panko, image=HAPROXY_IMAGE, config_name="panko-haproxy-01234567", tls_name="panko-tls-01234567"
    ),
    "tls-service": service.service,
    "tls-certificate": lambda panko: certificate.request(panko, panko.spec.tls.issuer, "cluster.local"),
    "tls-copy": lambda panko: certificate.shown(panko, {"tls.crt": "certificate", "tls.key": "key"}, "hash key"),
    "tls-binding": lambda panko: binding.secret(
        panko,
        Publisher("nova", None, ("compute.instance.*", "keypair.create.end"), ()),
        password="p@ss/w:rd?#%41",
        addresses=Addresses(
            Address(panko.service_url("cluster.local"), "authority\n"), Address("https://events.example.org/event")
        ),
    ),
    "ingress": ingress.ingress,
    "route": ingress.route,
}


ARCHIVES = {
    "s3": {
        "endpoint": "https://objects.example.org:9000",
        "bucket": "cloud-events",
        "prefix": "cloud-1/events",
        "secretRef": {"name": "archive"},
        "caSecretRef": {"name": "objects-ca"},
    },
    "persistentVolumeClaim": {"claimName": "panko-archive", "path": "cloud-1/events"},
}


@pytest.mark.parametrize("kind", ARCHIVES)
def test_expirer_that_archives_is_as_reviewed(kind, make_panko, golden):
    panko = make_panko({"retention": {"archive": {kind: ARCHIVES[kind]}}})
    golden(f"expirer-{kind.lower()}.yaml", readable(expirer.cron_job(panko, image=PANKO_IMAGE)))


@pytest.mark.parametrize("child", ENCRYPTED_CHILDREN)
def test_child_of_an_encrypted_panko_is_as_reviewed(child, make_panko, golden):
    golden(f"{child}.yaml", readable(ENCRYPTED_CHILDREN[child](make_panko(ENCRYPTED))))


COLLECTED = {
    "transportURLSecretRefs": [{"name": "rabbit"}, {"name": "rabbit-cells"}],
    "exchanges": ["nova", "cinder"],
    "sampleTopics": ["event"],
    "telemetrySecretRef": {"name": "telemetry"},
    "definitionsConfigMapRef": {"name": "definitions"},
    "autoscaling": {"maxReplicas": 4},
}
URLS = ("rabbit://a:p$ss@one:5672,a:p$ss@two:5672/", "rabbit://b:word@[fd00::1]:5671/cell1?ssl=1")
TRANSPORTS = tuple(map(Transport.parse, URLS))
COLLECTOR_CHILDREN = {
    "collector-config": lambda panko: collector_config.secret(
        panko,
        panko.spec.collector,
        collector_config.Given(URLS, "signing-secret", "- event_type: compute.*\n  traits: {}\n"),
        login=Login("panko-collector-0a1b2c3d", "p@ss/word"),
        hash_key="hash key",
    ),
    "collector-deployment": lambda panko: collector_deployment.deployment(
        panko,
        panko.spec.collector,
        image="registry.example.org/panko-collector:11.0.0",
        config_name="panko-collector-01234567",
        account="panko-collector-0a1b2c3d",
        replicas=1,
    ),
    "collector-network": lambda panko: network_policy.collector(panko, "cluster.local", destinations(TRANSPORTS)),
    "collector-disruption": lambda panko: disruption.collector(panko, most=4),
    "collector-monitor": pod_monitor.collector,
}
COLLECTOR_SCALING = ("queues", "login", "second-login", "scaler")


@pytest.mark.parametrize("child", COLLECTOR_CHILDREN)
def test_child_of_the_collector_is_as_reviewed(child, make_panko, golden):
    golden(f"{child}.yaml", readable(COLLECTOR_CHILDREN[child](make_panko({"collector": COLLECTED}))))


@pytest.mark.parametrize("child", COLLECTOR_SCALING)
def test_what_scales_the_collector_is_as_reviewed(child, make_panko, golden):
    panko = make_panko({"collector": COLLECTED})
    built = scaling.children(panko, panko.spec.collector, panko.spec.collector.autoscaling, TRANSPORTS)
    golden(f"collector-{child}.yaml", readable(built[COLLECTOR_SCALING.index(child)]))


@pytest.mark.parametrize("child", CHILDREN)
def test_child_is_as_reviewed(child, panko, golden):
    golden(f"{child}.yaml", readable(CHILDREN[child](panko)))


def test_config_secret_is_as_reviewed(make_panko, inputs, golden):
    confined = {"name": "ceilometer", "eventTypes": ["compute.*"], "projects": ["2f6e"]}
    panko = make_panko({"memcached": {"servers": ["memcached.openstack.svc:11211"]}, "publishers": [confined]})
    golden("config.yaml", readable(config.secret(panko, inputs)))


class Dumper(yaml.SafeDumper):
    """Writes text of several lines as it reads."""


Dumper.ignore_aliases = lambda *_: True
Dumper.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None),
)


def readable(manifest):
    """Write YAML in the order of the manifest, a Secret's data decoded."""
    shown = copy.deepcopy(manifest)
    if shown["kind"] == "Secret":
        shown["data"] = {key: base64.b64decode(value).decode() for key, value in shown["data"].items()}
    return yaml.dump(shown, Dumper=Dumper, sort_keys=False, width=120)
