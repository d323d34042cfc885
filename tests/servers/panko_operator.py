"""The operator as a process for tests, against a real kube-apiserver: `python -m panko_operator` for one namespace."""

import os
import signal
import subprocess
import sys
import time
import urllib.request

from kubernetes.dynamic.exceptions import NotFoundError

from fakes.memory_world import SPEC
from panko_operator.kube import PANKO_API
from servers.database_server import free_port

PANKOS = "/apis/panko.openstack.org/v1beta1/namespaces/{}/pankos"
BOUND_SECONDS = 60


class Operator:
    """One operator. `settings` are further variables of its environment."""

    def __init__(self, server, namespace, folder, **settings):
        self.settings = settings
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
            "COLLECTOR_IMAGE": "panko-collector:test",
            "POD_NAME": "operator",
            "POD_NAMESPACE": self.namespace,
            "WATCH_NAMESPACE": self.namespace,
            "HEALTH_PORT": str(self.port),
            "METRICS_PORT": str(free_port()),
            **self.settings,
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

    def until(self, met, *, seconds=BOUND_SECONDS):
        deadline = time.monotonic() + seconds
        while not met():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.1)

    def create_panko(self, spec=SPEC):
        body = {"apiVersion": PANKO_API, "kind": "Panko", "metadata": {"name": "panko"}, "spec": spec}
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
