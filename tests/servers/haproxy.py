"""A real HAProxy on loopback, told what the operator tells it, in front of small servers that tests steer."""

import collections
import contextlib
import dataclasses
import http.client
import http.server
import json
import os
import re
import signal
import socket
import socketserver
import ssl
import struct
import subprocess
import threading
import time
from pathlib import Path

from servers.database_server import free_port, program

PATIENCE_SECONDS = 10


def check(config, directory):
    """Let HAProxy read a configuration; return its exit code and everything that it says."""
    file = Path(directory) / "haproxy.cfg"
    file.write_text(config)
    command = [program("haproxy"), "-c", "-f", file]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    return done.returncode, done.stdout + done.stderr


@dataclasses.dataclass
class Proxy:
    """A running HAProxy."""

    port: int
    metrics_port: int
    trust: ssl.SSLContext | None = None  # by which a client knows one that speaks TLS
    process: subprocess.Popen | None = None

    def request(self, method, path, *, port=None, body=None, headers=None):
        """Send a request; return the answer's status, headers and body."""
        connection = self._connection(port or self.port)
        with contextlib.closing(connection):
            connection.request(method, path, body=body, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()

    def _connection(self, port):
        if self.trust is None or port == self.metrics_port:
            return http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
        return http.client.HTTPSConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS, context=self.trust)

    def raw(self, text):
        """Send bytes as they are; return the status, headers and body of what is answered until HAProxy hangs up."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=2 * PATIENCE_SECONDS) as connection:
            connection.sendall(text)
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            return answer.status, answer.headers, answer.read()

    def stop_softly(self):
        """Have it end as in a pod: connections in use are finished first."""
        self.process.send_signal(signal.SIGUSR1)
        self.process.wait(timeout=3 * PATIENCE_SECONDS)

    def states(self):
        """Count the slots of the backend by what HAProxy thinks of them: UP, DOWN, NOLB (draining), MAINT (empty)."""
        _, _, text = self.request("GET", "/metrics", port=self.metrics_port)
        found = re.findall(r'haproxy_server_status{proxy="api",server="\S+",state="(\w+)"} 1', text.decode())
        return collections.Counter(found)

    def wait_until(self, **states):
        """Wait until so many slots are in these states."""
        wait_for(lambda: states.items() <= self.states().items(), f"the pods never are {states}, but", self.states)


@contextlib.contextmanager
def running(config, pods, directory, *, trust=None):
    """Run HAProxy with the operator's configuration; only ports, folders and the name server are exchanged.

    `pods` is the list that DNS answers from. It may change. What TLS takes is in the directory; `trust` is a client's.
    """
    proxy = Proxy(free_port(), free_port(), trust)
    with contextlib.ExitStack() as stack:
        dns = stack.enter_context(dns_server(pods))
        file = Path(directory) / "running.cfg"
        file.write_text(in_folder(localised(config, proxy, pods, dns), directory))
        log = stack.enter_context((Path(directory) / "haproxy.log").open("w"))
        command = ["setpriv", "--pdeathsig", "KILL", program("haproxy"), "-db", "-f", file]
        process = stack.enter_context(subprocess.Popen(command, stdout=log, stderr=log))
        stack.callback(process.kill)
        proxy.process = process
        wait_for(lambda: listens(proxy.metrics_port) and listens(proxy.port), "HAProxy does not listen")
        yield proxy


@contextlib.contextmanager
def started_as(command, config, *, addresses, directory):
    """Run HAProxy by the pod's own command in a pod with these addresses; yield its ports."""
    ports = free_port(), free_port()
    file = Path(directory) / "haproxy.cfg"
    for ours, theirs in zip((8777, 8405), ports, strict=True):
        config = config.replace(f'}}:{ours}" v4v6', f'}}:{theirs}" v4v6')
    file.write_text(config)
    *shell, script = command
    script = re.sub(r"-W -db -f \S+", f"-db -f {file}", script)  # a worker without a master, which ends with the test
    environment = {"PATH": os.environ["PATH"], "POD_IPS": addresses}
    words = ["setpriv", "--pdeathsig", "KILL", *shell, script]
    with (
        (Path(directory) / "haproxy.log").open("w") as log,
        subprocess.Popen(words, env=environment, stdout=log, stderr=log) as process,
    ):
        try:
            wait_for(lambda: all(map(listens, ports)), "HAProxy does not listen")
            yield ports
        finally:
            process.kill()


def answers(family, port):
    """Tell whether somebody accepts connections on the loopback address of a family."""
    address = "::1" if family == socket.AF_INET6 else "127.0.0.1"
    with socket.socket(family) as probe:
        return probe.connect_ex((address, port)) == 0


def localised(config, proxy, pods, dns_port):
    """Return the configuration with this machine's ports and name server."""
    for ours, theirs in (
        ('bind "${EVERY_ADDRESS}:8777"', f"bind 127.0.0.1:{proxy.port}"),
        ('bind "${EVERY_ADDRESS}:8405"', f"bind 127.0.0.1:{proxy.metrics_port}"),
        ("parse-resolv-conf", f"nameserver dns 127.0.0.1:{dns_port}"),
        (".svc.cluster.local:8777", f".svc.cluster.local:{pods[0].port if pods else 8777}"),
    ):
        assert config.count(ours) == 1, ours
        config = config.replace(ours, theirs)
    return config


def in_folder(config, directory):
    """Return the configuration with the folders of a pod being one on this machine."""
    return config.replace("/etc/panko-tls/", f"{directory}/").replace("/usr/local/etc/haproxy/", f"{directory}/")


def wait_for(holds, complaint, details=str):
    """Look until something holds, for a bounded time."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"{complaint} {details()}"
        time.sleep(0.02)


def listens(port):
    """Tell whether somebody accepts connections."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def dns_server(pods):
    """Answer every question with the addresses of the pods, as the cluster's DNS does for a headless Service."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            query, client = self.request
            client.sendto(answer(query, [pod.host for pod in pods]), self.client_address)

    with socketserver.ThreadingUDPServer(("127.0.0.1", 0), Handler) as server, serving(server):
        yield server.server_address[1]


def answer(query, addresses):
    """Write a DNS answer (RFC 1035): the question and its A records, or NXDOMAIN when there are none."""
    question = query[12 : query.index(b"\0", 12) + 5]
    header = query[:2] + struct.pack("!5H", 0x8580 if addresses else 0x8583, 1, len(addresses), 0, 0)
    records = (b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 5, 4) + socket.inet_aton(address) for address in addresses)
    return header + question + b"".join(records)


@contextlib.contextmanager
def serving(server):
    """Serve in a thread."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()


class Pod:
    """An API pod as HAProxy sees one. It can drain, and break off before it answers."""

    def __init__(self, host, port):
        self.host, self.port = host, port
        self.draining = self.breaking = self.silent = False
        self.wrong = set()  # values of Authorization that are answered with 401
        self.seen = []


@contextlib.contextmanager
def pods(*hosts, tls=None):
    """Run pods, each on an address of loopback and all on one port; with `tls`, a context, they speak it."""
    port = free_port()
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(pod(host, port, tls=tls)) for host in hosts]


@contextlib.contextmanager
def pod(host, port, *, tls=None):
    """Run one pod."""
    this = Pod(host, port)
    handler = type("Handler", (_Handler,), {"pod": this})
    with _Server((host, port), handler) as server, serving(server):
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        yield this


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """Say nothing of a HAProxy that has left in the middle."""


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = PATIENCE_SECONDS
    pod = None

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/healthcheck":
            self.reply(404 if self.pod.draining else 200, b"")
            return
        self.pod.seen.append((self.command, self.headers, len(body)))
        if self.pod.breaking:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        if self.pod.silent:
            time.sleep(PATIENCE_SECONDS)
            return
        if self.headers.get("Authorization") in self.pod.wrong:
            self.reply(401, b"")
            return
        self.reply(200, json.dumps({"pod": self.pod.host}).encode())

    do_GET = do_POST = do_DELETE = answer  # noqa: N815 - the names are http.server's

    def reply(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""
