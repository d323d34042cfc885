"""A real memcached for tests: fixture `memcached`, or one with TLS."""

import contextlib
import dataclasses
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from servers.database_server import free_port

READY_WITHIN_SECONDS = 10


@dataclasses.dataclass(frozen=True)
class Encryption:
    """What a server shows of itself; with `clients` it asks who connects for a certificate of that authority."""

    certificate: Path
    key: Path
    clients: Path | None = None

    def options(self) -> list[str]:
        names = f"ssl_chain_cert={self.certificate},ssl_key={self.key}"
        asks = f",ssl_verify_mode=2,ssl_ca_cert={self.clients}" if self.clients else ""
        return ["-u", "root", "-Z", "-o", names + asks]  # nobody cannot read the folders of tests


class Memcached:
    """One memcached on loopback; `address` is what [keystone_authtoken] memcached_servers takes."""

    def __init__(self, encryption: Encryption | None = None) -> None:
        self._encryption = encryption
        self.host = "127.0.0.1"
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"{self.host}:{self.port}"

    def start(self) -> None:
        """Start the server and return when it answers."""
        if shutil.which("memcached") is None:
            raise FileNotFoundError("memcached is not installed; on Debian: apt-get install memcached")
        own = self._encryption.options() if self._encryption else ["-u", "nobody"]
        memcached = ["memcached", *own, "-l", self.host, "-p", str(self.port), "-U", "0", "-m", "16"]
        self._process = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", *memcached], stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("memcached did not start")
            time.sleep(0.02)

    def stop(self) -> None:
        """End the server; everything it held is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=READY_WITHIN_SECONDS)
            self._process = None

    def count(self) -> int:
        """Return how many items it holds."""
        return int(self.ask("stats").partition("STAT curr_items ")[2].split()[0])

    def ask(self, command: str) -> str:
        """Return the answer to a command whose answer ends with END."""
        with self._connection() as connection:
            connection.sendall(command.encode() + b"\r\n")
            answer = b""
            while not answer.endswith(b"END\r\n"):
                answer += connection.recv(65536)
        return answer.decode("latin-1")

    def _connection(self) -> socket.socket:
        plain = socket.create_connection((self.host, self.port), timeout=2)
        if self._encryption is None:
            return plain
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with contextlib.closing(plain):
            if self._encryption.clients:
                context.load_cert_chain(self._encryption.certificate, self._encryption.key)
            return context.wrap_socket(plain)

    def _answers(self) -> bool:
        try:
            self.count()
        except OSError:
            return False
        return True


@pytest.fixture(scope="session")
def memcached() -> Iterator[Memcached]:
    """Start one memcached for the session."""
    server = Memcached()
    server.start()
    try:
        yield server
    finally:
        server.stop()
