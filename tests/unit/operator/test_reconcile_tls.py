"""Reconciles of a Panko with certificates, an Ingress and a route."""

import base64
import datetime as dt
import json

import pytest
from cryptography import x509

from fakes.memory_world import SPEC, MemoryWorld
from panko_operator.certificates import own
from panko_operator.controller.result import Pace
from panko_operator.world.values import Proof
from servers.authority import Authority

HOST = "panko.openstack.svc.cluster.local"
URL = f"https://{HOST}:8777"
GIVEN = {**SPEC, "tls": {"secretName": "web"}}
ISSUED = {**SPEC, "tls": {"issuerRef": {"name": "cloud"}}}
ROUTE = {"parentRefs": [{"name": "public"}], "hostnames": ["events.example.net"]}


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path)


@pytest.fixture
def cloud(authority):
    """Make a world at the time of the certificates, with one in the Secret `web`."""

    def make(spec=GIVEN, *names):
        memory = MemoryWorld(spec)
        memory.time = dt.datetime.now(dt.UTC)
        put(memory, authority, *(names or (HOST,)))
        return memory

    return make


def put(memory, authority, *names, secret="web", **others):
    """Write a certificate into a Secret, as somebody who renews it does."""
    certificate, key = (path.read_text() for path in authority.sign(*names))
    data = {"tls.crt": certificate, "tls.key": key, "ca.crt": authority.ca.read_text(), **others}
    memory.kube.put_secret(memory.namespace, secret, **{name: text for name, text in data.items() if text})


def condition(memory, type_="CertificateReady"):
    found = memory.condition(type_)
    return found["status"], found["reason"]


def mounted(memory, deployment):
    """Return the Secrets that a Deployment's pods mount under the name `tls`."""
    spec = memory.kube.objects["Deployment", memory.namespace, deployment]["spec"]["template"]["spec"]
    return [volume["secret"]["secretName"] for volume in spec["volumes"] if volume["name"] == "tls"]


def stored(memory, name, key):
    return base64.b64decode(memory.secret(name)[key]).decode()


def conf(memory):
    (name,) = [name for name in memory.kube.names("Secret") if name.startswith("panko-config-")]
    return stored(memory, name, "panko.conf")


def test_without_tls_nothing_is_asked_for_and_nothing_is_mounted():
    memory = MemoryWorld()
    assert memory.reconcile().pace is Pace.SETTLED
    assert condition(memory) == ("True", "Unencrypted")
    assert not mounted(memory, "panko-api") + mounted(memory, "panko-haproxy")
    assert "tls_" not in conf(memory)
    assert "certificate" not in memory.body["status"]


def test_clients_see_the_given_certificate_and_haproxy_sees_one_of_the_operators(cloud):
    memory = cloud()
    assert memory.reconcile().pace is Pace.SETTLED
    (shown,), (own_one,) = mounted(memory, "panko-haproxy"), mounted(memory, "panko-api")
    assert stored(memory, shown, "tls.crt") == stored(memory, "web", "tls.crt")
    assert memory.kube.objects["Secret", memory.namespace, shown]["immutable"] is True
    assert stored(memory, own_one, "tls.key") != stored(memory, shown, "tls.key")
    assert memory.secret(own_one).keys() == {"tls.crt", "tls.key"}
    (config_map,) = [name for name in memory.kube.names("ConfigMap") if name.startswith("panko-haproxy-")]
    data = memory.kube.objects["ConfigMap", memory.namespace, config_map]["data"]
    signer = x509.load_pem_x509_certificate(data["pods-ca.crt"].encode())
    x509.load_pem_x509_certificate(stored(memory, own_one, "tls.crt").encode()).verify_directly_issued_by(signer)
    assert "tls_certificate_file = /etc/panko-tls/tls.crt" in conf(memory)


def test_the_catalogue_and_the_query_are_https_and_the_authority_is_the_secrets(cloud, authority):
    memory = cloud()
    memory.reconcile()
    assert {one["url"] for one in memory.body["status"]["endpoints"]} == {URL}
    assert memory.event_api.asked == [URL]
    assert memory.event_api.proofs == [Proof(authority.ca.read_text(), HOST)]


def test_without_an_authority_the_systems_are_trusted(cloud, authority):
    memory = cloud()
    put(memory, authority, HOST, **{"ca.crt": ""})
    memory.reconcile()
    assert memory.event_api.proofs == [Proof("", HOST)]


def test_without_haproxy_the_pods_show_the_given_certificate(cloud):
    memory = cloud({**GIVEN, "haproxy": {"enabled": False}})
    memory.reconcile()
    (shown,) = mounted(memory, "panko-api")
    assert stored(memory, shown, "tls.crt") == stored(memory, "web", "tls.crt")
    assert not [name for name in memory.kube.names("Secret") if name.startswith("panko-tls-pods")]


def test_a_renewed_certificate_is_another_secret_and_the_old_one_goes_when_no_pod_has_it(cloud, authority):
    memory = cloud()
    memory.reconcile()
    (before,), (pods_before,) = mounted(memory, "panko-haproxy"), mounted(memory, "panko-api")
    memory.kube.auto = False
    put(memory, authority, HOST)
    memory.reconcile()
    (after,), (pods_after,) = mounted(memory, "panko-haproxy"), mounted(memory, "panko-api")
    assert before != after
    assert pods_before == pods_after  # they are not replaced for it
    assert {before, after} <= memory.kube.names("Secret")
    memory.kube.come_up(memory.kube.objects["Deployment", memory.namespace, "panko-haproxy"])
    memory.reconcile()
    assert before not in memory.kube.names("Secret")
    assert "CertificateChanged" in memory.kube.reasons("Normal")


def test_the_status_says_when_it_expires_and_forgets_it_with_tls(cloud):
    memory = cloud()
    memory.reconcile()
    until = dt.datetime.fromisoformat(memory.body["status"]["certificate"]["notAfter"])
    assert dt.timedelta(hours=23) < until - memory.time <= dt.timedelta(days=1)
    memory.edit(tls=None)
    memory.body["spec"].pop("tls")
    memory.reconcile()
    assert "certificate" not in memory.body["status"]
    assert not [name for name in memory.kube.names("Secret") if name.startswith("panko-tls")]


def test_the_copy_does_not_tell_by_its_name_what_is_in_it(cloud, authority):
    first, second = cloud(), cloud()
    for key in ("tls.crt", "tls.key"):
        second.secret("web")[key] = first.secret("web")[key]
    second.world.new_secret()  # another key of digests
    first.reconcile()
    second.reconcile()
    assert mounted(first, "panko-haproxy") != mounted(second, "panko-haproxy")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"tls.crt": "nonsense"}, "Key tls.crt of Secret web holds no certificates in PEM"),
        ({"tls.key": "nonsense"}, "Key tls.key of Secret web holds no private key in PEM"),
        ({"ca.crt": "nonsense"}, "Key ca.crt of Secret web holds no certificates in PEM"),
    ],
    ids=["certificate", "key", "authority"],
)
def test_what_cannot_be_used_is_told_before_anything_is_rolled_out(cloud, authority, changed, said):
    memory = cloud()
    memory.reconcile()
    before = mounted(memory, "panko-haproxy")
    put(memory, authority, HOST, **changed)
    memory.reconcile()
    assert condition(memory) == ("False", "CertificateUnusable")
    assert memory.condition("CertificateReady")["message"].startswith(said)
    assert mounted(memory, "panko-haproxy") == before


def test_an_expired_certificate_is_told(cloud):
    memory = cloud()
    memory.wait(days=2)
    memory.reconcile()
    assert condition(memory) == ("False", "CertificateUnusable")
    assert "has expired" in memory.condition("Ready")["message"]
    assert memory.kube.names("Deployment") == set()


def test_a_certificate_without_the_name_that_the_catalogue_has_is_told(cloud):
    memory = cloud(GIVEN, "events.example.org")
    memory.reconcile()
    message = memory.condition("CertificateReady")["message"]
    assert f"does not name {HOST}, the host of the catalogue's public and internal and admin URL" in message
    assert "spec.keystone.endpoints.public and spec.keystone.endpoints.internal" in message


def test_a_certificate_of_a_public_name_does_where_all_endpoints_are_written(cloud, authority):
    url = "https://events.example.org:8777"
    keystone = {**SPEC["keystone"], "endpoints": dict.fromkeys(("public", "internal", "admin"), url)}
    memory = cloud({**GIVEN, "keystone": keystone}, "*.example.org")
    assert memory.reconcile().pace is Pace.SETTLED
    assert memory.event_api.asked == [URL]
    assert memory.event_api.proofs == [Proof(authority.ca.read_text(), "panko.example.org")]


def test_a_secret_that_is_not_there_is_told(cloud):
    memory = cloud({**SPEC, "tls": {"secretName": "missing"}})
    memory.reconcile()
    assert condition(memory) == ("False", "SecretMissing")
    assert "create it in openstack with tls.crt and tls.key" in memory.condition("CertificateReady")["message"]


def test_the_operators_own_certificate_is_renewed_without_another_authority(cloud, authority):
    memory = cloud()
    memory.reconcile()
    authority_before = memory.kube.names("ConfigMap")
    (before,) = mounted(memory, "panko-api")
    memory.wait(days=(own.LASTS - own.RENEWED_BEFORE).days + 1)
    memory.world.kube.objects["Secret", memory.namespace, "web"]["data"] |= valid_at(memory.time)
    memory.reconcile()
    (after,) = mounted(memory, "panko-api")
    assert before != after
    assert memory.kube.names("ConfigMap") == authority_before


def valid_at(time):
    """Return the data of a Secret with a certificate of another time."""
    made = own.renewed({}, HOST, time)
    keys = ("tls.crt", "tls.key", "ca.crt")
    return {key: base64.b64encode(made[key].encode()).decode() for key in keys}


def test_without_cert_manager_somebody_is_told(cloud):
    memory = cloud(ISSUED)
    memory.kube.absent = {"Certificate"}
    memory.reconcile()
    assert condition(memory) == ("False", "KindMissing")
    assert "needs cert-manager, which this cluster does not have" in memory.condition("Ready")["message"]
    assert memory.kube.names("Deployment") == set()


def test_cert_manager_is_asked_and_waited_for(cloud, authority):
    memory = cloud(ISSUED)
    memory.reconcile()
    request = memory.kube.objects["Certificate", memory.namespace, "panko-api"]
    assert request["spec"]["secretName"] == "panko-tls"
    assert request["spec"]["issuerRef"] == {"name": "cloud", "kind": "Issuer", "group": "cert-manager.io"}
    assert set(request["spec"]["dnsNames"]) == {"panko", "panko.openstack", "panko.openstack.svc", HOST}
    assert condition(memory) == ("Unknown", "CertificateIssuing")
    request["status"] = {"conditions": [{"type": "Ready", "status": "False", "message": "issuer cloud not found."}]}
    memory.reconcile()
    message = memory.condition("CertificateReady")["message"]
    assert message.startswith("cert-manager has not made Secret panko-tls yet: issuer cloud not found; `kubectl")
    issue(memory, authority)
    assert memory.reconcile().pace is Pace.SETTLED
    assert stored(memory, *mounted(memory, "panko-haproxy"), "tls.crt") == stored(memory, "panko-tls", "tls.crt")


def issue(memory, authority):
    """Do what cert-manager does."""
    put(memory, authority, HOST, secret="panko-tls")
    live = memory.kube.objects["Secret", memory.namespace, "panko-tls"]
    live["metadata"]["annotations"] = {"cert-manager.io/certificate-name": "panko-api"}


def test_a_certificate_is_used_while_another_is_made(cloud, authority):
    memory = cloud(ISSUED)
    issue(memory, authority)
    memory.reconcile()
    request = memory.kube.objects["Certificate", memory.namespace, "panko-api"]
    request["status"] = {"conditions": [{"type": "Ready", "status": "False", "message": "Renewing certificate"}]}
    assert memory.reconcile().pace is Pace.SETTLED


def test_cert_manager_is_not_let_write_over_somebodys_secret(cloud, authority):
    memory = cloud(ISSUED)
    put(memory, authority, HOST, secret="panko-tls")
    memory.reconcile()
    assert condition(memory) == ("False", "ChildNotOurs")
    assert memory.kube.names("Certificate") == set()


def test_the_request_goes_when_the_certificate_is_provided_instead(cloud, authority):
    memory = cloud(ISSUED)
    issue(memory, authority)
    memory.reconcile()
    memory.edit(tls={"secretName": "web"})
    assert memory.reconcile().pace is Pace.SETTLED
    assert memory.kube.names("Certificate") == set()


@pytest.mark.parametrize(
    ("fields", "url"),
    [
        ({"ingress": {"host": "events.example.org"}}, "http://events.example.org"),
        ({"ingress": {"host": "events.example.org", "tlsSecretName": "t"}}, "https://events.example.org"),
        ({"gateway": ROUTE}, "https://events.example.net"),
        ({"gateway": {"parentRefs": [{"name": "public"}]}}, "http://panko.openstack.svc.cluster.local:8777"),
        ({"gateway": ROUTE, "ingress": {"host": "events.example.org"}}, "http://events.example.org"),
    ],
)
def test_the_public_endpoint_is_where_the_api_is_outside(fields, url):
    memory = MemoryWorld({**SPEC, **fields})
    assert memory.reconcile().pace is Pace.SETTLED
    urls = {one["interface"]: one["url"] for one in memory.body["status"]["endpoints"]}
    inside = "http://panko.openstack.svc.cluster.local:8777"
    assert urls == {"public": url, "internal": inside, "admin": inside}


def test_a_public_endpoint_that_is_written_wins():
    keystone = {**SPEC["keystone"], "endpoints": {"public": "https://cloud.example.org/events"}}
    memory = MemoryWorld({**SPEC, "keystone": keystone, "ingress": {"host": "events.example.org"}})
    memory.reconcile()
    assert "https://cloud.example.org/events" in {one["url"] for one in memory.body["status"]["endpoints"]}


def test_an_ingress_and_a_route_go_when_they_are_not_wanted_any_more():
    memory = MemoryWorld({**SPEC, "ingress": {"host": "events.example.org"}, "gateway": ROUTE})
    memory.reconcile()
    assert memory.kube.names("Ingress") == memory.kube.names("HTTPRoute") == {"panko"}
    for field in ("ingress", "gateway"):
        memory.body["spec"].pop(field)
    memory.edit()
    memory.reconcile()
    assert memory.kube.names("Ingress") == memory.kube.names("HTTPRoute") == set()


def test_without_the_gateway_api_somebody_is_told():
    memory = MemoryWorld({**SPEC, "gateway": ROUTE})
    memory.kube.absent = {"HTTPRoute"}
    memory.reconcile()
    assert condition(memory, "ExposeServiceReady") == ("False", "KindMissing")
    assert "spec.gateway needs the Gateway API" in memory.condition("Ready")["message"]
    assert "panko" in memory.kube.names("Service")


def test_names_of_the_ingress_are_asked_for_too(cloud):
    memory = cloud({**ISSUED, "ingress": {"host": "events.example.org"}, "gateway": ROUTE})
    memory.reconcile()
    names = memory.kube.objects["Certificate", memory.namespace, "panko-api"]["spec"]["dnsNames"]
    assert names[-2:] == ["events.example.org", "events.example.net"]


@pytest.mark.parametrize("deployment", ["panko-api", "panko-haproxy"])
@pytest.mark.parametrize("haproxy", [True, False])
def test_what_runs_is_kept_running_with_the_certificate_that_it_has(cloud, authority, haproxy, deployment):
    memory = cloud({**GIVEN, "haproxy": {"enabled": haproxy}})
    memory.reconcile()
    if deployment not in memory.kube.names("Deployment"):
        return
    before = mounted(memory, deployment)
    put(memory, authority, HOST, **{"tls.key": "nonsense"})
    live = memory.kube.objects["Deployment", memory.namespace, deployment]["spec"]
    live["replicas"] = 7
    memory.reconcile()
    assert condition(memory) == ("False", "CertificateUnusable")
    assert memory.kube.objects["Deployment", memory.namespace, deployment]["spec"]["replicas"] == 2
    assert mounted(memory, deployment) == before


def test_nothing_runs_by_a_certificate_that_was_never_there(cloud, authority):
    memory = cloud()
    put(memory, authority, HOST, **{"tls.key": "nonsense"})
    memory.reconcile()
    assert memory.kube.names("Deployment") == set()
    assert memory.condition("ExposeServiceReady")["message"] == "Waits for CertificateReady."


def test_no_key_is_in_what_is_no_secret(cloud):
    memory = cloud()
    memory.reconcile()
    keys = [stored(memory, name, key) for name in memory.kube.names("Secret") for key in ("tls.key", "ca.key")
            if key in memory.secret(name)]  # fmt: skip
    assert len(set(keys)) == 3
    others = [live for (kind, _, _), live in memory.kube.objects.items() if kind != "Secret"]
    text = json.dumps([others, memory.kube.events])
    assert not [key for key in keys if key.splitlines()[1] in text]
