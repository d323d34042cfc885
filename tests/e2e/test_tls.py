"""TLS on a real cluster: clients speak it, a certificate is renewed under load, and an Ingress leads to the Service."""

import pytest

from e2e.area import Area
from e2e.certificates import SECRET, Certificates
from e2e.load import load
from live.openstack import OpenStack
from live.resource import Panko
from live.waiting import until

PUBLIC = "events.example.org"


@pytest.fixture(scope="module")
def area(secured_area: Area) -> Area:
    return secured_area


@pytest.fixture(scope="module")
def panko(secured: Panko) -> Panko:
    return secured


@pytest.fixture(scope="module")
def client(area: Area, certificates: Certificates) -> OpenStack:
    return certificates.trusted(area.client)


def test_the_catalogue_leads_to_https_and_the_command_line_lists_events(panko: Panko, client: OpenStack) -> None:
    endpoints = {one["interface"]: one["url"] for one in panko.live()["status"]["endpoints"]}
    assert set(endpoints.values()) == {panko.url}
    assert panko.url.startswith("https://")
    assert "21 of 21 events published" in client.publish(panko.publisher_url(), "--recent")
    assert client.cli("event", "list", "--filter", "all_tenants=True")


def test_a_certificate_is_renewed_without_a_failed_request(
    area: Area, panko: Panko, client: OpenStack, certificates: Certificates
) -> None:
    before = _mounted(area)
    with load(panko, client) as ledger:
        certificates.give(SECRET)
        until(lambda: _mounted(area) != before, "another certificate in the pods", seconds=60, explain=panko.told)
        panko.wait_ready(seconds=180)
        until(lambda: not area.cluster.get("secret", before, area.namespace), "the old copy gone", seconds=60)
    ledger.check(panko)


def _mounted(area: Area) -> str:
    """Return the Secret with what clients see, as the pods of HAProxy mount it."""
    live = area.cluster.get("deployment", "panko-haproxy", area.namespace) or {}
    volumes = live["spec"]["template"]["spec"]["volumes"]
    return str(next(volume["secret"]["secretName"] for volume in volumes if volume["name"] == "tls"))


def test_a_certificate_that_cannot_be_used_is_told_and_reaches_no_pod(
    area: Area, panko: Panko, client: OpenStack, certificates: Certificates
) -> None:
    before = _mounted(area)
    certificates.spoil(SECRET)
    said = panko.wait_condition("CertificateReady", status="False", saying="does not fit")
    assert said["reason"] == "CertificateUnusable"
    assert _mounted(area) == before
    assert client.cli("event", "list", "--filter", "all_tenants=True")
    certificates.give(SECRET)
    panko.wait_ready(seconds=180)


def test_without_cert_manager_the_panko_says_so(area: Area, panko: Panko) -> None:
    if "certificates.cert-manager.io" in area.cluster.kubectl("get", "crd", "--output=name"):
        pytest.skip("this cluster has cert-manager")
    panko.patch({"tls": {"secretName": None, "issuerRef": {"name": "nobody"}}})
    said = panko.wait_condition("CertificateReady", status="False", saying="needs cert-manager")
    assert said["reason"] == "KindMissing"
    panko.patch({"tls": {"secretName": SECRET, "issuerRef": None}})
    panko.wait_ready(seconds=180)


def test_an_ingress_leads_to_the_service_and_is_the_public_endpoint(area: Area, panko: Panko) -> None:
    panko.patch({"ingress": {"host": PUBLIC, "tlsSecretName": SECRET}})
    until(lambda: area.cluster.get("ingress", "panko", area.namespace), "the Ingress", seconds=60, explain=panko.told)
    until(lambda: f"https://{PUBLIC}" in _urls(panko), "the public endpoint", seconds=90, explain=panko.told)
    panko.wait_ready()
    panko.patch({"ingress": None})
    until(lambda: not area.cluster.get("ingress", "panko", area.namespace), "no Ingress", seconds=90)
    panko.wait_ready()


def _urls(panko: Panko) -> set[str]:
    return {one["url"] for one in panko.live()["status"]["endpoints"]}
