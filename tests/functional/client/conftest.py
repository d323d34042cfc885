"""A Panko that the operator looks after, on a real API server and database, and the plug-in as people run it."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from live.plugin import Plugin
from panko_operator.database import marks
from rendering import programs
from servers.kubelet import Kubelet
from servers.panko_operator import PANKOS, Operator
from servers.quick_openstack import QuickOpenStack

RESOLVER = Path(__file__).parents[2] / "bench" / "resolver"
CACHED = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "panko" / "bin" / "kubectl"


class Room:
    """A namespace with an operator, and what its Pankos need."""

    def __init__(self, server, namespace, folder, *, database, cloud):
        self.server, self.namespace, self.database, self.cloud = server, namespace, database, cloud
        path = f"{RESOLVER}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
        self.operator = Operator(server, namespace, folder, PYTHONPATH=path)
        self.operator_began = datetime.now(UTC)

    def begin(self):
        admin = {"OS_USERNAME": "admin", "OS_PASSWORD": "the-clouds-own-admin", "OS_PROJECT_NAME": "admin"}
        domains = {"OS_USER_DOMAIN_NAME": "Default", "OS_PROJECT_DOMAIN_NAME": "Default"}
        self.operator.create_secret("keystone-admin", admin | domains)
        login = {"username": self.database.admin_username, "password": self.database.admin_password}
        self.operator.create_secret("database-admin", login)
        self.operator.start()

    def make(self, name="panko", **spec):
        """Make a Panko on a database whose tables are there already: the Jobs do nothing here."""
        database = f"{self.namespace}-{name}".replace("-", "_")
        self.database.execute(f"CREATE DATABASE {database}")
        for table in sorted(marks.SCHEMA - {marks.TABLE}):
            self.database.execute(f"CREATE TABLE {database}.{table} (id INTEGER)")
        given = {
            "service": {"port": self.cloud.event_port},
            "database": {
                "host": self.database.host,
                "port": self.database.port,
                "name": database,
                "adopt": True,
                "adminSecretRef": {"name": "database-admin"},
            },
            "keystone": {
                "authURL": self.cloud.url,
                "adminSecretRef": {"name": "keystone-admin"},
                "region": f"{self.namespace}-{name}",
            },
            "publishers": [{"name": "ceilometer"}, {"name": "nova", "eventTypes": ["compute.instance.*"]}],
            **spec,
        }
        body = {
            "apiVersion": "panko.openstack.org/v1beta1",
            "kind": "Panko",
            "metadata": {"name": name},
            "spec": given,
        }
        self.server.request("post", PANKOS.format(self.namespace), body=body)

    def live(self, name="panko"):
        return self.server.request("get", f"{PANKOS.format(self.namespace)}/{name}")

    def patch(self, path, body):
        self.server.request("patch", path, body=body, content_type="application/merge-patch+json")

    def edit(self, name="panko", **spec):
        self.patch(f"{PANKOS.format(self.namespace)}/{name}", {"spec": spec})


@pytest.fixture(scope="session")
def room(kube_apiserver, mariadb, tmp_path_factory):
    namespace = kube_apiserver.new_namespace()
    with QuickOpenStack() as cloud, Kubelet(kube_apiserver, namespace):
        room = Room(kube_apiserver, namespace, tmp_path_factory.mktemp("operator"), database=mariadb, cloud=cloud)
        room.begin()
        yield room
        room.operator.stop()


@pytest.fixture(scope="session")
def plugin(room, tmp_path_factory):
    kubectl = CACHED if CACHED.exists() else programs.kubectl()
    folder = tmp_path_factory.mktemp("bin")
    return Plugin(folder, kubectl, kubeconfig=room.server.kubeconfig, namespace=room.namespace)


@pytest.fixture(scope="session")
def panko(room, plugin):
    """A Panko that is Ready."""
    room.make()
    answer = plugin("status", "panko", "--wait", "90s")
    assert answer.code == 0, f"{answer}\n{room.operator.log.read_text()[-3000:]}"
    return room.live()
