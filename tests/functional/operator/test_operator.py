"""The whole operator as a process, against a real kube-apiserver: what it watches, and that it holds still."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
from kubernetes.dynamic.exceptions import NotFoundError

from fakes.memory_world import KEYSTONE_ADMIN, SPEC
from panko_operator.kube import PANKO_API
from servers.database_server import free_port

PANKOS = "/apis/panko.openstack.org/v1beta1/namespaces/{}/pankos"
BOUND_SECONDS = 60


class Operator:
    """`python -m panko_operator` for one namespace."""

    def __init__(self, server, namespace, folder):
        self.server, self.namespace = server, namespace
        self.port = free_port()
        self.log = folder / "operator.log"
        self.process = None

    def start(self):
        environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            "KUBECONFIG": str(self.server.kubeconfig),
            "PANKO_IMAGE": "panko:test",
            "HAPROXY_IMAGE": "haproxy:test",
            "POD_NAME": "operator",
            "POD_NAMESPACE": self.namespace,
            "WATCH_NAMESPACE": self.namespace,
            "HEALTH_PORT": str(self.port),
            "METRICS_PORT": str(free_port()),
        }
        with self.log.open("ab") as log:
            argv = ["setpriv", "--pdeathsig", "KILL", sys.executable, "-m", "panko_operator"]
            self.process = subprocess.Popen(argv, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.until(self.healthy)

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=BOUND_SECONDS)

    def healthy(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def until(self, met):
        deadline = time.monotonic() + BOUND_SECONDS
        while not met():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.1)

    def create_panko(self):
        body = {"apiVersion": PANKO_API, "kind": "Panko", "metadata": {"name": "panko"}, "spec": SPEC}
        self.server.request("post", PANKOS.format(self.namespace), body=body)

    def create_secret(self, name, data):
        body = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": data}
        self.server.request("post", f"/api/v1/namespaces/{self.namespace}/secrets", body=body)

    def panko(self):
        return next(iter(self.server.request("get", PANKOS.format(self.namespace))["items"]), None)

    def ready(self):
        conditions = self.panko().get("status", {}).get("conditions", [])
        return next((one for one in conditions if one["type"] == "Ready"), {"message": "", "reason": ""})

    def lease_holder(self):
        """Return who holds the lease, "" when it is free and None before anybody has asked for it."""
        path = f"/apis/coordination.k8s.io/v1/namespaces/{self.namespace}/leases/panko-operator"
        try:
            return self.server.request("get", path)["spec"]["holderIdentity"]
        except NotFoundError:
            return None


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
