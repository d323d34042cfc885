"""A real kube-apiserver for tests: fixture `kube_apiserver`. Nothing runs pods; a test plays the kubelet.

etcd and kube-apiserver listen on loopback with a random token. The binary is the cluster's own (`make cluster-up`
builds it); without one this is an error, never a skipped test.
"""

import contextlib
import itertools
import json
import os
import secrets
import shutil
import ssl
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from panko_operator.kube import KubeAPI, connect
from servers import freezing
from servers.database_server import free_port, program

REPOSITORY = Path(__file__).parents[2]
CRD = REPOSITORY / "deploy" / "crds" / "panko.openstack.org_pankos.yaml"
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
READY_WITHIN_SECONDS = 60


class KubeAPIServer:
    """etcd and kube-apiserver, with the Panko CRD and as many namespaces as are asked for."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="panko-kube-"))
        self.kubeconfig = self.folder / "kubeconfig"
        self._port, self._etcd_port = free_port(), free_port()
        self._token = secrets.token_hex(16)
        self._processes: list[subprocess.Popen[bytes]] = []
        self._namespaces = itertools.count(1)

    def start(self) -> None:
        """Start both and return when the CRD is served."""
        self._write_credentials()
        client, peer = f"http://127.0.0.1:{self._etcd_port}", f"http://127.0.0.1:{free_port()}"
        self._run(
            program("etcd"),
            f"--data-dir={self.folder}/etcd",
            f"--listen-client-urls={client}",
            f"--advertise-client-urls={client}",
            f"--listen-peer-urls={peer}",
            f"--initial-advertise-peer-urls={peer}",
            f"--initial-cluster=default={peer}",
            "--unsafe-no-fsync",
        )
        self._run(
            str(apiserver_binary()),
            f"--etcd-servers={client}",
            "--bind-address=127.0.0.1",
            "--advertise-address=127.0.0.1",
            "--endpoint-reconciler-type=none",
            f"--secure-port={self._port}",
            f"--cert-dir={self.folder}",
            "--service-cluster-ip-range=10.97.0.0/16",
            "--authorization-mode=RBAC",
            "--disable-admission-plugins=ServiceAccount",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={self.folder}/service-account.key",
            f"--service-account-signing-key-file={self.folder}/service-account.key",
            f"--token-auth-file={self.folder}/tokens.csv",
        )
        self._wait_for("/readyz")
        self._write_kubeconfig()
        self._install_crd()

    def stop(self) -> None:
        """End both and delete their data."""
        for process in reversed(self._processes):
            process.kill()
            process.wait(timeout=READY_WITHIN_SECONDS)
        shutil.rmtree(self.folder, ignore_errors=True)

    def freeze(self) -> None:
        """Make the API server accept connections and answer nothing."""
        freezing.freeze([self._processes[-1].pid])

    def thaw(self) -> None:
        """Let it go on."""
        freezing.thaw([self._processes[-1].pid])

    def client(self) -> Any:
        """Return a new dynamic client of the administrator."""
        return connect(str(self.kubeconfig))

    def kube(self, **arguments: Any) -> KubeAPI:
        """Return a new boundary of the administrator."""
        return KubeAPI(self.client(), **arguments)

    def new_namespace(self) -> str:
        """Create a namespace of its own for a test."""
        name = f"test-{next(self._namespaces)}"
        body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
        self.client().request("post", "/api/v1/namespaces", body=body)
        return name

    def request(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        """Send one request as the administrator and return the answer as plain data."""
        return self.client().request(method, path, body=body, serializer=lambda _client, answer: answer, **options)

    @contextlib.contextmanager
    def kind(self, group: str, kind: str, plural: str, *, version: str = "v1") -> Iterator[None]:
        """Have a kind of somebody's, as an add-on of a cluster brings it; any spec and status is taken."""
        any_object = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
        schema = {"type": "object", "properties": {"spec": any_object, "status": any_object}}
        served = {"name": version, "served": True, "storage": True, "subresources": {"status": {}}}
        body = {
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {
                "name": f"{plural}.{group}",
                # The API server lets nobody define kinds of Kubernetes' own groups without it.
                "annotations": {"api-approved.kubernetes.io": "unapproved, for a test"},
            },
            "spec": {
                "group": group,
                "scope": "Namespaced",
                "names": {"kind": kind, "plural": plural, "singular": kind.lower()},
                "versions": [{**served, "schema": {"openAPIV3Schema": schema}}],
            },
        }
        self.request("post", DEFINITIONS, body=body)
        try:
            # It answers before it tells that it does.
            self._wait_for(f"/apis/{group}/{version}/{plural}")
            self._wait_until(lambda: self._tells_of(f"/apis/{group}/{version}", plural), f"{plural} are not told of")
            yield
        finally:
            self.request("delete", f"{DEFINITIONS}/{plural}.{group}")
            path = f"/apis/{group}/{version}"
            self._wait_until(lambda: not self._answers(path), f"{path} is served still")

    def _tells_of(self, path: str, plural: str) -> bool:
        return self._answers(path) and plural in {one["name"] for one in json.loads(self.text(path))["resources"]}

    def _wait_until(self, met: Callable[[], bool], otherwise: str) -> None:
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while not met():
            if time.monotonic() > deadline:
                raise RuntimeError(otherwise)
            time.sleep(0.1)

    def _run(self, *command: str) -> None:
        with (self.folder / "log").open("ab") as log:
            argv = [program("setpriv"), "--pdeathsig", "KILL", *command]
            self._processes.append(subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log))

    def _write_credentials(self) -> None:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (self.folder / "service-account.key").write_bytes(pem)
        (self.folder / "tokens.csv").write_text(f'{self._token},admin,admin,"system:masters"\n')

    def _write_kubeconfig(self) -> None:
        cluster = {
            "server": f"https://127.0.0.1:{self._port}",
            "certificate-authority": str(self.folder / "apiserver.crt"),
        }
        document = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "test", "cluster": cluster}],
            "users": [{"name": "admin", "user": {"token": self._token}}],
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": "admin"}}],
            "current-context": "test",
        }
        self.kubeconfig.write_text(yaml.safe_dump(document))

    def _install_crd(self) -> None:
        self.request("post", DEFINITIONS, body=yaml.safe_load(CRD.read_text()))
        self._wait_for("/apis/panko.openstack.org/v1beta1/pankos")

    def _wait_for(self, path: str) -> None:
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while not self._answers(path):
            if any(process.poll() is not None for process in self._processes) or time.monotonic() > deadline:
                raise RuntimeError(f"kube-apiserver did not start:\n{(self.folder / 'log').read_text()[-4000:]}")
            time.sleep(0.1)

    def _answers(self, path: str) -> bool:
        if not (self.folder / "apiserver.crt").exists():
            return False
        try:
            self.text(path)
        except (urllib.error.URLError, OSError):
            return False
        return True

    def text(self, path: str) -> str:
        """Return what the administrator is answered, as text."""
        request = urllib.request.Request(f"https://127.0.0.1:{self._port}{path}")
        request.add_header("Authorization", f"Bearer {self._token}")
        context = ssl.create_default_context(cafile=self.folder / "apiserver.crt")
        with urllib.request.urlopen(request, context=context, timeout=5) as answer:
            return str(answer.read().decode())


def apiserver_binary() -> Path:
    """Return the newest kube-apiserver that the cluster's bring-up has built."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "panko" / "bin"
    built = sorted(cache.glob("kubernetes-*/kube-apiserver"))
    if not built:
        raise FileNotFoundError(f"no kube-apiserver under {cache}; run `make cluster-up` once to build it")
    return built[-1]


@pytest.fixture(scope="session")
def kube_apiserver() -> Iterator[KubeAPIServer]:
    server = KubeAPIServer()
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def namespace(kube_apiserver: KubeAPIServer) -> str:
    return kube_apiserver.new_namespace()
