"""The port for watchers: opened once, before the workers fork, and answered by a thread of whichever comes first.

It has threads of its own, so that it answers while all of the API's are busy, and goes on when a worker hangs.
"""

import contextlib
import os
import re
import shutil
import socket
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from panko import addresses
from panko.errors import ConfigurationError
from panko.monitoring.answer import Pages

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"  # where the Prometheus client looks when it is imported
IDLE_SECONDS = 5.0
LONGEST_SECONDS = 10.0  # of a connection, however it trickles
MOST_CONNECTIONS = 8  # at once, in one process; more are closed
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - figures are written with every request: a disk would be kept busy


class Port:
    """The listening socket and the directory that all workers of one service share; `option` says which port it is."""

    def __init__(self, host: str, port: int, *, option: str = "[metrics] port") -> None:
        try:
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            self._socket = socket.create_server((host, port), family=family, dualstack_ipv6=host == addresses.EVERY)
        except OSError as error:
            message = f"{option} {port} of {host} cannot be listened on: {error.strerror}. Name another one."
            raise ConfigurationError(message) from error
        # A worker that wakes up for a caller whom another one was faster to answer must not wait for the next.
        self._socket.setblocking(False)
        self.directory = _directory_of(self.address)

    @property
    def address(self) -> str:
        """Host and port, as in a URL."""
        host, port = self._socket.getsockname()[:2]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    def serve(self, pages: Pages, *, longest_seconds: float = LONGEST_SECONDS) -> None:
        """Answer from now on, in a thread of this process."""
        server = _Server(self._socket, pages, longest_seconds=longest_seconds)
        threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()

    def close(self) -> None:
        """Stop listening and delete the figures."""
        self._socket.close()
        shutil.rmtree(self.directory, ignore_errors=True)

    def announce(self) -> None:
        """Make the directory, and tell the Prometheus client of this process and of its workers of it."""
        _make_anew(self.directory)
        os.environ[VARIABLE] = str(self.directory)


def _directory_of(address: str) -> Path:
    """Name the directory of whoever listens on this address."""
    parent = SHARED_MEMORY if SHARED_MEMORY.is_dir() else Path(tempfile.gettempdir())
    # Nothing that a pattern gives a meaning: the Prometheus client looks for its files by one, and [::] is such.
    return parent / f"panko-metrics-{re.sub(r'[][]', '', address)}"


def _make_anew(directory: Path) -> None:
    """Make it; what a killed service left there is nobody's any more."""
    try:
        if directory.exists():
            shutil.rmtree(directory)
        directory.mkdir(mode=0o700)
    except OSError as error:
        message = f"[metrics] The directory {directory} cannot be made again: {error.strerror}. Remove it."
        raise ConfigurationError(message) from error


class _Server(ThreadingHTTPServer):
    def __init__(self, listening: socket.socket, pages: Pages, *, longest_seconds: float) -> None:
        super().__init__(listening.getsockname(), _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listening
        self.pages = pages
        self._longest_seconds = longest_seconds
        self._free = threading.BoundedSemaphore(MOST_CONNECTIONS)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread of its own while there are few of them."""
        if not self._free.acquire(blocking=False):
            self.shutdown_request(request)
            return
        try:
            super().process_request(request, client_address)
        except RuntimeError:  # no thread can be started
            self._free.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer, and hang up on who takes too long to ask or to listen."""
        overdue = threading.Timer(self._longest_seconds, _hang_up, (request,))
        overdue.daemon = True
        overdue.start()
        try:
            super().process_request_thread(request, client_address)
        finally:
            overdue.cancel()
            self._free.release()

    def service_actions(self) -> None:
        """Do what is due twice a second."""
        self.pages.note_pool()

    def handle_error(self, *_: Any) -> None:
        """Leave callers who hang up alone."""


def _hang_up(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    timeout = IDLE_SECONDS
    server: _Server
    server_version = "panko"
    sys_version = ""

    def do_GET(self) -> None:
        answer = self.server.pages.answer(self.path)
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, *_: Any) -> None:
        """Log nothing: watchers ask all the time."""
