"""The proxy in front of a Galera cluster: the HAProxy of docs/galera.md, with this machine's addresses."""

import contextlib
import http.server
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from servers.database_server import free_port, program
from servers.galera import Galera, GaleraNode
from servers.haproxy import listens, serving, wait_for

PAGE = Path(__file__).resolve().parents[2] / "docs" / "galera.md"


@dataclass(frozen=True, slots=True)
class GaleraProxy:
    """One address for the cluster; all connections go to one node."""

    cluster: Galera
    port: int
    log: Path

    def url(self, database: str) -> str:
        """Return the URL of a database for the administrator."""
        node = self.cluster.nodes[0]
        return f"{node.scheme}://{node.admin_username}:{node.admin_password}@127.0.0.1:{self.port}/{database}"

    def writer(self) -> GaleraNode:
        """Return the node that new connections reach; raise ConnectionError when there is none."""
        ((port,),) = self.cluster.nodes[0].ask("SELECT @@port", port=self.port)
        return next(node for node in self.cluster.nodes if node.port == port)

    def leave(self, node: GaleraNode) -> None:
        """Return when new connections reach another node."""

        def has_left() -> bool:
            with contextlib.suppress(ConnectionError):
                return self.writer() is not node
            return False

        wait_for(has_left, f"the proxy does not leave galera-{node.number}; see {self.log}")


@contextlib.contextmanager
def running(cluster: Galera, directory: Path) -> Iterator[GaleraProxy]:
    """Run HAProxy and, beside each node, the program that it asks."""
    port = free_port()
    with contextlib.ExitStack() as stack:
        agents = [stack.enter_context(agent(node)) for node in cluster.nodes]
        file, log = directory / "galera.cfg", directory / "galera-proxy.log"
        file.write_text(localised(shown(), port, list(zip(cluster.nodes, agents, strict=True))))
        output = stack.enter_context(log.open("w"))
        command = ["setpriv", "--pdeathsig", "KILL", program("haproxy"), "-db", "-f", str(file)]
        process = stack.enter_context(subprocess.Popen(command, stdout=output, stderr=output))
        stack.callback(process.kill)
        wait_for(lambda: listens(port), "HAProxy does not listen")
        yield GaleraProxy(cluster, port, log)


def shown() -> str:
    """Return the configuration that the documentation shows."""
    (block,) = re.findall(r"```haproxy\n(.*?)```", PAGE.read_text(), flags=re.DOTALL)
    return block


def localised(config: str, port: int, nodes: list[tuple[GaleraNode, int]]) -> str:
    """Exchange addresses and ports, and nothing else."""
    exchanges = [("bind :3306", f"bind 127.0.0.1:{port}"), (" port 9200 ", " ")]
    for node, agent_port in nodes:
        exchanges.append((f"192.0.2.{node.number}:3306", f"127.0.0.1:{node.port} port {agent_port}"))
    for theirs, ours in exchanges:
        assert config.count(theirs) == 1, theirs
        config = config.replace(theirs, ours)
    return config


@contextlib.contextmanager
def agent(node: GaleraNode) -> Iterator[int]:
    """Answer for a node: 200 while it is a part of the cluster that serves."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200 if node.is_ready() else 503)
            self.end_headers()

        def log_message(self, *_):
            """Say nothing."""

    with _Server(("127.0.0.1", 0), Handler) as server, serving(server):
        yield server.server_address[1]


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """Say nothing of a HAProxy that did not wait for the answer."""
