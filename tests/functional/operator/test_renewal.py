"""Certificates that are renewed under load: real HAProxy and API processes, replaced as a rollout replaces them."""

import contextlib
import http.client
import json
import ssl
import threading
import time
import uuid
from datetime import UTC, datetime

import pytest

from fakes import crd
from ledger.events import event
from panko.storage.sql.schema import migrate
from panko_operator.certificates import own
from panko_operator.children.text import haproxy_config
from panko_operator.resource import Panko
from servers import haproxy as real
from servers.authority import Authority
from servers.database_server import free_port
from servers.panko_api import PankoApi

HOST = "panko-api-pods.openstack.svc.cluster.local"
IDENTITY = {"X-Roles": "admin", "X-User-Id": "u", "X-Project-Id": "p", "Content-Type": "application/json"}
CONFIGURATION = """[api]
auth_strategy = noauth
force_noauth = true
host = {host}
workers = 1
drain_file = {folder}/draining
tls_certificate_file = {folder}/tls.crt
tls_key_file = {folder}/tls.key
[database]
connection = {url}
"""


class Cloud:
    """HAProxys and API pods of one Panko. `proxy` is where the Service leads."""

    def __init__(self, folder, authority, stack):
        self.folder, self.authority, self.stack = folder, authority, stack
        self.url = f"sqlite:///{folder}/panko.sqlite"
        migrate.upgrade(self.url)
        self.port, self.pods, self.proxy = free_port(), [], None
        self.own = own.renewed({}, HOST, datetime.now(UTC))
        spec = {"tls": {"secretName": "web"}}
        body = crd.sample("minimal")
        self.config = haproxy_config.render(
            Panko.from_body(crd.live({**body, "spec": {**body["spec"], **spec}})), "cluster.local"
        )

    def start_pod(self, host):
        """Start a pod with the operator's certificate of now; DNS tells of it."""
        folder = self.folder / host
        folder.mkdir()
        for name in ("tls.crt", "tls.key"):
            (folder / name).write_text(self.own[name])
        configuration = CONFIGURATION.format(host=host, folder=folder, url=self.url)
        (folder / "ca.crt").write_text(self.own["ca.crt"])
        api = PankoApi(configuration, ca=folder / "ca.crt", name=HOST, host=host, port=self.port)
        self.stack.callback(api.remove)
        api.start()
        api.host = host
        self.pods.append(api)
        return api

    def stop_pod(self, api):
        """Stop a pod as Kubernetes does: it drains, then it is told to end, and then DNS forgets it."""
        (self.folder / api.host / "draining").touch()
        self.proxy.wait_until(NOLB=1)
        time.sleep(1)
        api.terminate()
        assert api.wait() == 0
        self.pods.remove(api)

    def start_proxy(self, name):
        """Start a HAProxy with the certificate of now; the Service leads there when it knows its pods."""
        folder = self.folder / name
        folder.mkdir()
        certificate, key = self.authority.sign("events.example.org", "127.0.0.1")
        (folder / "tls.crt").write_bytes(certificate.read_bytes())
        (folder / "tls.crt.key").write_bytes(key.read_bytes())
        (folder / "pods-ca.crt").write_text(self.own["ca.crt"])
        trust = ssl.create_default_context(cafile=self.authority.ca)
        proxy = self.stack.enter_context(real.running(self.config, self.pods, folder, trust=trust))
        proxy.wait_until(UP=len(self.pods))
        former, self.proxy = self.proxy, proxy
        return former


class Load:
    """Clients that write without a pause, each by a connection for every request or by one for many."""

    def __init__(self, cloud, clients=4):
        self.cloud, self.answers, self.failures = cloud, 0, []
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._write, args=(one % 2 == 0,)) for one in range(clients)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def wait(self, answers=40):
        """Wait until so many more requests were answered."""
        wanted = self.answers + answers
        real.wait_for(lambda: self.answers >= wanted, "clients are not answered", lambda: str(self.failures[:3]))

    def _write(self, keeps):
        while not self._ended.is_set():
            proxy = self.cloud.proxy
            connection = http.client.HTTPSConnection("127.0.0.1", proxy.port, timeout=30, context=proxy.trust)
            with contextlib.closing(connection):
                while self._is_answered(connection) and keeps and proxy is self.cloud.proxy:
                    if self._ended.is_set():
                        return

    def _is_answered(self, connection):
        """Write an event; tell whether the connection can be used again."""
        try:
            connection.request("POST", "/v2/events", body=json.dumps([event(str(uuid.uuid4()), 1)]), headers=IDENTITY)
            answer = connection.getresponse()
            said = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.failures.append(repr(error))
            return False
        if answer.status != 201:
            self.failures.append((answer.status, said))
        self.answers += 1
        return answer.getheader("Connection") != "close"


@pytest.fixture
def cloud(tmp_path):
    (tmp_path / "authority").mkdir()
    with contextlib.ExitStack() as stack:
        cloud = Cloud(tmp_path, Authority(tmp_path / "authority"), stack)
        for host in ("127.0.0.2", "127.0.0.3"):
            cloud.start_pod(host)
        cloud.start_proxy("first")
        yield cloud


def test_no_request_is_lost_while_the_certificate_of_clients_is_renewed(cloud):
    with Load(cloud) as load:
        load.wait()
        former = cloud.start_proxy("second")
        load.wait()
        former.stop_softly()
        load.wait()
    assert load.failures == []


def test_no_request_is_lost_while_the_certificate_of_pods_is_renewed(cloud):
    with Load(cloud) as load:
        load.wait()
        cloud.own = own.renewed({key: cloud.own[key] for key in ("ca.crt", "ca.key")}, HOST, datetime.now(UTC))
        for old, new in zip(list(cloud.pods), ("127.0.0.4", "127.0.0.5"), strict=True):
            cloud.start_pod(new)
            cloud.proxy.wait_until(UP=3)
            cloud.stop_pod(old)
            load.wait()
    assert load.failures == []
