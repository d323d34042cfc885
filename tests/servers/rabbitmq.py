"""A real RabbitMQ for tests: fixture `rabbitmq`."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from servers import logged
from servers.database_server import free_port

READY_WITHIN_SECONDS = 60
# Debian's /usr/sbin/rabbitmq-server changes to its own account and folders; this is what it calls.
PROGRAM = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
GREETING = b"AMQP\x00\x00\x09\x01"

CONFIGURATION = """
listeners.tcp.1 = {host}:{port}
default_user = {username}
default_pass = {password}
log.console = true
log.file = false
"""


class RabbitMQ:
    """One broker on loopback, with its own name server, node name, folder and ports."""

    def __init__(self) -> None:
        self.host = "127.0.0.1"
        self.port = free_port()
        self.username = "openstack"
        self.password = "rabbit-s3cret"
        self.folder = Path(tempfile.mkdtemp(prefix="panko-rabbitmq-"))
        self._ports = {"ERL_EPMD_PORT": str(free_port()), "RABBITMQ_DIST_PORT": str(free_port())}
        self._processes: list[subprocess.Popen[bytes]] = []
        (self.folder / "rabbitmq.conf").write_text(
            CONFIGURATION.format(host=self.host, port=self.port, username=self.username, password=self.password)
        )

    @property
    def url(self) -> str:
        """What `transport_url` of an OpenStack service takes."""
        return f"rabbit://{self.username}:{self.password}@{self.host}:{self.port}/"

    def start(self) -> None:
        """Start the broker and return when it answers."""
        if not PROGRAM.exists():
            raise FileNotFoundError("RabbitMQ is not installed; on Debian: apt-get install rabbitmq-server")
        # A name server of our own, and first: RabbitMQ would start one that stays behind.
        names = self._spawn("epmd", "-address", self.host)
        self._wait_for(names, lambda: listens(self.host, int(self._ports["ERL_EPMD_PORT"])))
        self._start_broker()

    def restart(self) -> None:
        """Kill the broker, start it again with what was durable, and return when it answers."""
        broker = self._processes.pop()
        broker.kill()
        broker.wait(timeout=READY_WITHIN_SECONDS)
        self._start_broker()

    def remove(self) -> None:
        """Kill the broker and delete its data."""
        for process in reversed(self._processes):
            process.kill()
            process.wait(timeout=READY_WITHIN_SECONDS)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start_broker(self) -> None:
        broker = self._spawn(str(PROGRAM))
        self._wait_for(broker, self._answers)

    def _wait_for(self, process: subprocess.Popen[bytes], holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while not holds():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"RabbitMQ did not start:\n{(self.folder / 'log').read_text()[-4000:]}")
            time.sleep(0.05)

    def _spawn(self, *command: str) -> subprocess.Popen[bytes]:
        process = logged.start(command, self.folder, environment=self._environment())
        self._processes.append(process)
        return process

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "RABBITMQ_NODENAME": "panko@localhost",
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "data"),
            "RABBITMQ_LOG_BASE": str(self.folder / "logs"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "plugins"),
            "RABBITMQ_PID_FILE": str(self.folder / "pid"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "RUNNING_UNDER_SYSTEMD": "true",  # the script becomes the broker, and dies with the tests
            **self._ports,
        }

    def _answers(self) -> bool:
        try:
            with socket.create_connection((self.host, self.port), timeout=2) as connection:
                connection.sendall(GREETING)
                return connection.recv(1) == b"\x01"  # a frame with the method Connection.Start
        except OSError:
            return False


def listens(host: str, port: int) -> bool:
    """Tell whether somebody accepts connections."""
    with socket.socket() as probe:
        return probe.connect_ex((host, port)) == 0


@contextlib.contextmanager
def running() -> Iterator[RabbitMQ]:
    """Start a RabbitMQ, and remove it in the end."""
    server = RabbitMQ()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def rabbitmq() -> Iterator[RabbitMQ]:
    """Start one RabbitMQ for the session."""
    with running() as server:
        yield server
