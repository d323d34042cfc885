"""Print how the operator does with many Pankos: until all are Ready, at rest, and after a restart.

`PYTHONPATH=tests .venv/bin/python -m bench.scale --pankos 50`. A real etcd, API server, controller manager and
scheduler; kwok as the kubelet of a node that is not there; a real MariaDB; a Keystone and an event API that answer.
Figures, never a verdict.
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parents[1] / "cluster"))  # its modules know each other by their bare names

import binaries
import paths

from bench.processes import Watched, shares
from panko_operator.database import marks
from panko_operator.database.marks import SCHEMA
from servers.database_server import free_port, program
from servers.kube_apiserver import KubeAPIServer, apiserver_binary
from servers.mariadb import MariaDB
from servers.panko_operator import PANKOS
from servers.quick_openstack import QuickOpenStack

NODE = "nowhere"
KEYSTONE_ADMIN = {
    "OS_USERNAME": "admin",
    "OS_PASSWORD": "admin",
    "OS_PROJECT_NAME": "admin",
    "OS_USER_DOMAIN_NAME": "Default",
    "OS_PROJECT_DOMAIN_NAME": "Default",
}
RESOLVER = Path(__file__).with_name("resolver")
STAGES = Path(__file__).with_name("stages.yaml")
CONTROLLERS = "deployment-controller,replicaset-controller,job-controller,cronjob-controller,disruption-controller"
POLICY = {
    "apiVersion": "audit.k8s.io/v1",
    "kind": "Policy",
    "omitStages": ["RequestReceived", "ResponseStarted"],
    "rules": [{"level": "Metadata"}],
}
ALL = "/apis/panko.openstack.org/v1beta1/pankos"
_SECONDS = 5
"""How often the Pankos are counted: to list them all takes the API server a second with a thousand."""


class AuditedAPIServer(KubeAPIServer):
    """An API server that writes down who asked."""

    def __init__(self) -> None:
        super().__init__()
        self._audit = self.folder / "audit.log"

    def _run(self, *command: str) -> None:
        policy = self.folder / "policy.json"
        policy.write_text(json.dumps(POLICY))
        whole = f"--audit-log-maxsize={2**16}"  # MiB: one file, from one mark to the next
        audit = (f"--audit-log-path={self._audit}", f"--audit-policy-file={policy}", whole)
        super()._run(*command, *(audit if command[0].endswith("kube-apiserver") else ()))

    def mark(self) -> int:
        """Return where the log ends now."""
        return self._audit.stat().st_size

    def asked(self, since: int) -> Counter[str]:
        """Count the requests since a mark that are the operator's, which alone is written in Python; by verb."""
        with self._audit.open("rb") as log:
            log.seek(since)
            entries = [json.loads(line) for line in log if line.endswith(b"\n")]
        ours = [one for one in entries if not one.get("userAgent", "").startswith(("kube-", "kwok"))]
        return Counter(one["verb"] for one in ours)


class Cluster:
    """Everything but the operator."""

    def __init__(
        self, server: AuditedAPIServer, database: MariaDB, cloud: QuickOpenStack, *, shared_by: int, replicas: int
    ) -> None:
        self.server, self.database, self.cloud = server, database, cloud
        self.namespace = server.new_namespace()
        self._shared_by, self._replicas = shared_by, replicas
        self._client = server.client()

    def request(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        """Send a request by one client: to make one takes longer than a Panko does."""
        plain = {"serializer": lambda _client, answer: answer}
        return self._client.request(method, path, body=body, **plain, **options)

    @contextlib.contextmanager
    def controllers(self) -> Iterator[None]:
        """Run what makes pods of workloads and lets them be ready."""
        kubernetes, config = apiserver_binary().parent, f"--kubeconfig={self.server.kubeconfig}"
        kwok = binaries.build(binaries.KWOK, paths.from_environment(os.environ)) / "kwok"
        alone = ("--leader-elect=false", "--bind-address=127.0.0.1", f"--cert-dir={self.server.folder}")
        speed = ("--kube-api-qps=300", "--kube-api-burst=600")
        manager = (f"--controllers={CONTROLLERS}", "--concurrent-deployment-syncs=10", "--concurrent-job-syncs=10")
        commands = (
            (kubernetes / "kube-controller-manager", config, *alone, *speed, *manager, f"--secure-port={free_port()}"),
            (kubernetes / "kube-scheduler", config, *alone, *speed, f"--secure-port={free_port()}"),
            (
                kwok,
                config,
                "--manage-all-nodes=true",
                f"--config={STAGES}",
                f"--server-address=127.0.0.1:{free_port()}",
            ),
        )
        self._make_node()
        # Or kwok asks for a kind of watch that an old etcd does not have, and waits after each refusal.
        environment = {**os.environ, "KUBE_FEATURE_WatchListClient": "false"}
        with (self.server.folder / "controllers.log").open("ab") as log:
            running = [
                subprocess.Popen(
                    [program("setpriv"), "--pdeathsig", "KILL", *map(str, command)],
                    stdout=log,
                    stderr=log,
                    env=environment,
                )
                for command in commands
            ]
            try:
                yield
            finally:
                for process in running:
                    process.kill()
                    process.wait(timeout=30)

    def _make_node(self) -> None:
        room = {"cpu": "100000", "memory": "1000000Gi", "pods": "100000"}
        body = {
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {"name": NODE, "annotations": {"kwok.x-k8s.io/node": "fake"}},
            "status": {"allocatable": room, "capacity": room},
        }
        self.request("post", "/api/v1/nodes", body=body)
        # The API server taints what is new, and the controller that would take the taint away wants a kubelet's lease.
        untainted = {"spec": {"taints": []}}
        self.request("patch", f"/api/v1/nodes/{NODE}", body=untainted, content_type="application/merge-patch+json")

    def namespace_of(self, number: int) -> str:
        """Return where a Panko is."""
        return f"cloud-{number // self._shared_by}"

    def prepare(self, number: int) -> None:
        """Make the database of one Panko, with the tables that nobody makes later: the Jobs do nothing here.

        The first of a namespace comes with the namespace and the administrators' logins.
        """
        if number % self._shared_by == 0:
            self._make_namespace(self.namespace_of(number))
        self.database.execute(f"CREATE DATABASE p{number}")
        for table in sorted(SCHEMA - {marks.TABLE}):
            self.database.execute(f"CREATE TABLE p{number}.{table} (id INTEGER) ENGINE MEMORY")

    def _make_namespace(self, name: str) -> None:
        self.request("post", "/api/v1/namespaces", body={"kind": "Namespace", "metadata": {"name": name}})
        login = {"username": self.database.admin_username, "password": self.database.admin_password}
        for secret, data in (("keystone-admin", KEYSTONE_ADMIN), ("database-admin", login)):
            body = {"kind": "Secret", "metadata": {"name": secret}, "stringData": data}
            self.request("post", f"/api/v1/namespaces/{name}/secrets", body=body)

    def make(self, number: int) -> None:
        """Make one Panko, whose database was prepared."""
        name = f"p{number}"
        spec = {
            "replicas": self._replicas,
            "haproxy": {"replicas": self._replicas},
            "service": {"port": self.cloud.event_port},
            "database": {
                "host": self.database.host,
                "port": self.database.port,
                "name": name,
                "adopt": True,
                "adminSecretRef": {"name": "database-admin"},
            },
            # One Panko of a region is in the catalogue; the others are kept out of it.
            "keystone": {"authURL": self.cloud.url, "adminSecretRef": {"name": "keystone-admin"}, "publish": False},
        }
        body = {"apiVersion": "panko.openstack.org/v1beta1", "kind": "Panko", "metadata": {"name": name}, "spec": spec}
        self.request("post", PANKOS.format(self.namespace_of(number)), body=body)

    def unready(self) -> Counter[str]:
        """Count the Pankos that are not Ready, by what they wait for."""
        found = self.request("get", ALL)["items"]
        ready = [
            next((c for c in one.get("status", {}).get("conditions", ()) if c["type"] == "Ready"), {}) for one in found
        ]
        return Counter(one.get("reason", "new") for one in ready if one.get("status") != "True")

    def versions(self) -> dict[tuple[str, str], str]:
        """Return the version of every object that the operator writes: two equal answers mean that nothing was."""
        kinds = ("/api/v1/secrets", "/api/v1/configmaps", "/api/v1/services")
        apps = ("/apis/apps/v1/deployments", "/apis/batch/v1/jobs", "/apis/batch/v1/cronjobs")
        found = {}
        for path in (*kinds, *apps, ALL):
            for one in self.request("get", path)["items"]:
                found[path, one["metadata"]["uid"]] = one["metadata"]["resourceVersion"]
        return found


def main() -> int:
    """Measure and print."""
    options = _parse()
    with contextlib.ExitStack() as stack:
        server, database = AuditedAPIServer(), MariaDB()
        stack.callback(server.stop)
        server.start()
        stack.callback(database.remove)
        database.start()
        cloud = stack.enter_context(QuickOpenStack())
        cluster = Cluster(server, database, cloud, shared_by=options.shared_by, replicas=options.replicas)
        stack.enter_context(cluster.controllers())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="panko-scale-")))
        _measure(cluster, folder, options)
    return 0


def _measure(cluster: Cluster, folder: Path, options: argparse.Namespace) -> None:
    operator = _operator(cluster, folder)
    for number in range(options.pankos):
        cluster.prepare(number)
    operator.start()
    began = time.monotonic()
    for number in range(options.pankos):
        cluster.make(number)
    print(f"{options.pankos} Pankos made: {time.monotonic() - began:.0f} s", flush=True)
    _wait(lambda: not cluster.unready(), seconds=options.patience, told=lambda: str(dict(cluster.unready())))
    _print(operator, f"all Ready {time.monotonic() - began:.0f} s after the first was made")
    print("  seconds of processor time of each program:", shares(), flush=True)
    _rest(cluster, operator, minutes=options.minutes)
    operator.stop()
    for phase in (_restart, _edit):
        phase(cluster, operator, options)
        operator.stop()


def _rest(cluster: Cluster, operator: Watched, *, minutes: float) -> None:
    time.sleep(min(60, minutes * 60))  # for what the last rollout has set off
    passes, writes, cpu, mark = operator.passes(), operator.writes(), operator.cpu_seconds(), cluster.server.mark()
    time.sleep(minutes * 60)
    asked = cluster.server.asked(mark)
    done, written, used = operator.passes() - passes, operator.writes() - writes, operator.cpu_seconds() - cpu
    told = f"{done} passes, {written.total()} writes {dict(written)}, {used:.1f} s of processor time"
    _print(operator, f"at rest for {minutes:g} min: {told}")
    print(f"  requests a second: {asked.total() / (minutes * 60):.2f} ({dict(asked)}, renewals of the Lease included)")


def _restart(cluster: Cluster, operator: Watched, options: argparse.Namespace) -> None:
    before, began = cluster.versions(), time.monotonic()
    operator.start()
    _wait(
        lambda: operator.passes() >= options.pankos,
        seconds=options.patience,
        told=lambda: f"{operator.passes()} passes",
        every=10,  # with a thousand it takes the operator a second to tell its figures
    )
    seconds = time.monotonic() - began
    after = cluster.versions()
    changed = Counter(path for (path, uid), version in before.items() if after.get((path, uid)) != version)
    written = f"writes {dict(operator.writes())}, changed: {dict(changed)}"
    _print(operator, f"restarted: all looked at in {seconds:.0f} s, {written}")


def _edit(cluster: Cluster, operator: Watched, options: argparse.Namespace) -> None:
    """Change one Panko, of which a list tells late, while the operator starts among all of them."""
    began, last = time.monotonic(), options.pankos - 1
    operator.start()
    path = f"{PANKOS.format(cluster.namespace_of(last))}/p{last}"
    edit = {"spec": {"suspend": True}}
    wanted = cluster.request("patch", path, body=edit, content_type="application/merge-patch+json")["metadata"]
    _wait(
        lambda: cluster.request("get", path)["status"]["observedGeneration"] == wanted["generation"],
        seconds=options.patience,
        told=lambda: f"{operator.passes()} passes",
        every=0.2,
    )
    looked = operator.passes()
    _print(operator, f"restarted: an edit was acted upon after {time.monotonic() - began:.0f} s, {looked} looked at")


def _operator(cluster: Cluster, folder: Path) -> Watched:
    own = {
        "METRICS_PORT": str(free_port()),
        "PYTHONPATH": str(RESOLVER),
        "CLUSTER_DOMAIN": "cluster.local",
        "WATCH_NAMESPACE": "",
    }
    return Watched(cluster.server, cluster.namespace, folder, **own)


def _print(operator: Watched, text: str) -> None:
    print(
        f"{text}; {operator.memory_mib():.0f} MiB, {operator.cpu_seconds():.0f} s of processor time so far", flush=True
    )


def _wait(met: Callable[[], Any], *, seconds: float, told: Callable[[], str], every: float = _SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not met():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds:g} s: {told()}")
        time.sleep(every)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Print figures of the operator with many Pankos.")
    parser.add_argument("--pankos", type=int, default=1000, help="how many to make")
    parser.add_argument("--shared-by", type=int, default=10, help="how many share a namespace")
    parser.add_argument("--replicas", type=int, default=1, help="pods of the API and of HAProxy that each has")
    parser.add_argument("--minutes", type=float, default=5, help="how long to count at rest")
    parser.add_argument("--patience", type=float, default=1800, help="the most seconds to wait for all of them")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
