"""The whole operator as a process, against a real kube-apiserver: what it watches, and that it holds still."""

import pytest

from fakes.memory_world import KEYSTONE_ADMIN, SPEC
from servers.panko_operator import PANKOS, Operator


@pytest.fixture
def operator(kube_apiserver, namespace, tmp_path):
    operator = Operator(kube_apiserver, namespace, tmp_path)
    operator.start()
    yield operator
    operator.stop()


def test_a_secret_that_appears_is_noticed_at_once(operator):
    operator.create_panko()
    operator.until(lambda: operator.ready()["message"].startswith("Secret keystone-admin does not exist"))
    operator.create_secret("keystone-admin", KEYSTONE_ADMIN)
    operator.until(lambda: operator.ready()["message"].startswith("Secret database-admin does not exist"))


def test_kopf_leaves_neither_annotation_nor_finalizer(operator):
    operator.create_panko()
    operator.until(lambda: operator.ready()["reason"])
    metadata = operator.panko()["metadata"]
    assert metadata["finalizers"] == ["panko.openstack.org/finalizer"]
    assert "annotations" not in metadata


def test_a_deleted_panko_goes(operator):
    operator.create_panko()
    operator.until(lambda: operator.ready()["reason"])
    operator.server.request("delete", PANKOS.format(operator.namespace) + "/panko")
    operator.until(lambda: operator.panko() is None)


def test_a_panko_that_cannot_go_on_is_not_written_again(operator):
    operator.create_panko()
    operator.until(lambda: operator.ready()["reason"])
    before = operator.panko()["metadata"]["resourceVersion"]
    operator.create_secret("unrelated", {})
    operator.create_secret("database-admin", {"username": "root", "password": "x"})  # referenced: wakes a pass
    lines = operator.log.read_text().count("\n")
    operator.until(lambda: operator.lease_holder() and operator.log.read_text().count("\n") >= lines)
    assert operator.panko()["metadata"]["resourceVersion"] == before


def test_it_ends_soon_on_sigterm_and_frees_the_lease(operator):
    operator.until(operator.lease_holder)
    assert operator.stop() == 0
    assert operator.lease_holder() == ""


def test_no_secret_is_ever_logged(operator):
    operator.create_secret("keystone-admin", {**KEYSTONE_ADMIN, "OS_PASSWORD": "hunter2-keystone"})
    operator.create_secret("database-admin", {"username": "root", "password": "hunter2-database"})
    operator.create_panko()
    operator.until(lambda: operator.ready()["reason"] == "DatabaseUnreachable")
    assert "hunter2" not in operator.log.read_text()


def test_a_kind_that_an_add_on_brings_later_is_used_and_watched_from_then_on(kube_apiserver, namespace, tmp_path):
    operator = Operator(kube_apiserver, namespace, tmp_path, WATCH_NAMESPACE="")
    operator.start()
    try:
        operator.create_panko(SPEC | {"tls": {"issuerRef": {"name": "cloud"}}})
        operator.until(lambda: condition(operator)["reason"] == "KindMissing")
        assert "Unresolved resources" not in operator.log.read_text()
        with kube_apiserver.kind("cert-manager.io", "Certificate", "certificates"):
            # What the API server knows is believed for a minute, and a Panko in trouble is tried again each minute.
            operator.until(lambda: condition(operator)["reason"] == "CertificateIssuing", seconds=180)
            operator.until(lambda: watched(kube_apiserver, "certificates"))
            path = f"/apis/cert-manager.io/v1/namespaces/{namespace}/certificates"
            before = uids(kube_apiserver, path)
            kube_apiserver.request("delete", f"{path}/panko-api")
            operator.until(lambda: uids(kube_apiserver, path) not in (before, []))
    finally:
        operator.stop()


def condition(operator):
    found = operator.panko().get("status", {}).get("conditions", [])
    return next((one for one in found if one["type"] == "CertificateReady"), {"reason": ""})


def uids(server, path):
    return [live["metadata"]["uid"] for live in server.request("get", path)["items"]]


def watched(server, plural):
    """Tell whether anybody watches a kind, as the API server counts it."""
    text = server.text("/metrics")
    return any(
        f'resource="{plural}"' in line and 'verb="WATCH"' in line and not line.endswith(" 0")
        for line in text.splitlines()
        if line.startswith("apiserver_longrunning_requests")
    )
