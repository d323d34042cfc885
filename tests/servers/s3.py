"""Storage that really speaks S3: fixture `s3`, and `gate` before it, at which requests are held, cut or refused."""

import contextlib
import http.client
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from servers.database_server import free_port

READY_WITHIN_SECONDS = 60
HELD_WITHIN_SECONDS = 60
NOT_PASSED_ON = {"connection", "transfer-encoding", "date", "server", "content-length"}


class S3Server:
    """moto's server, in a process of its own, which keeps everything in memory."""

    key_id, secret = "panko-archive", "s3cret-of-the-archive"

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._buckets = 0
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
        self._process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def wait(self) -> None:
        """Return when it answers."""
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while True:
            try:
                self.client().list_buckets()
            except Exception:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
            else:
                return

    def client(self):
        """Return a client of our own."""
        import boto3  # noqa: PLC0415 - only who asks for this server waits for it
        from botocore.config import Config  # noqa: PLC0415 - as above

        return boto3.client(
            "s3",
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id=self.key_id,
            aws_secret_access_key=self.secret,
            config=Config(retries={"total_max_attempts": 1}),
        )

    def new_bucket(self) -> str:
        """Make an empty bucket, and return its name."""
        self._buckets += 1
        name = f"events-{self._buckets}"
        self.client().create_bucket(Bucket=name)
        return name

    def objects(self, bucket: str) -> dict[str, bytes]:
        """Return everything in a bucket."""
        client = self.client()
        keys = [one["Key"] for one in client.list_objects_v2(Bucket=bucket).get("Contents", ())]
        return {key: client.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}

    def stop(self) -> None:
        self._process.kill()
        self._process.wait(timeout=READY_WITHIN_SECONDS)


class Gate:
    """What stands before a server. `hold` keeps the next request of a kind here, half read, until `release`."""

    def __init__(self, port: int) -> None:
        self._upstream = port
        self._wanted: Callable[[str, str], bool] | None = None
        self._held, self._released = threading.Event(), threading.Event()
        self._cut = False
        self._answers: list[tuple[int, str]] = []
        self.requests: list[tuple[str, str]] = []
        gate = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one_request(self):
                with contextlib.suppress(ConnectionError):
                    super().handle_one_request()

            def do_GET(self):
                gate._pass_on(self)

            do_PUT = do_GET  # noqa: N815 - the library's name

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def hold(self, method: str, part_of_the_path: str) -> None:
        """Hold the next such request."""
        self._held.clear()
        self._released.clear()
        self._cut = False
        self._wanted = lambda sent, path: sent == method and part_of_the_path in path

    def wait_until_held(self) -> None:
        assert self._held.wait(HELD_WITHIN_SECONDS), self.requests

    def release(self) -> None:
        self._released.set()

    def cut(self) -> None:
        """Pass on half of what is held, and no more: its sender is dead."""
        self._cut = True
        self._released.set()

    def answer(self, status: int, code: str, *, times: int = 1) -> None:
        """Answer the next requests without the server."""
        self._answers += [(status, code)] * times

    def stop(self) -> None:
        self._released.set()
        self._server.shutdown()
        self._server.server_close()

    def _pass_on(self, handler: BaseHTTPRequestHandler) -> None:
        self.requests.append((handler.command, handler.path))
        length = int(handler.headers.get("Content-Length") or 0)
        if handler.headers.get("Expect"):
            handler.send_response_only(100)
            handler.end_headers()
        body = handler.rfile.read(length // 2)
        if self._wanted and self._wanted(handler.command, handler.path):
            self._wanted = None
            self._held.set()
            self._released.wait(HELD_WITHIN_SECONDS)
        connection = http.client.HTTPConnection("127.0.0.1", self._upstream, timeout=60)
        if self._cut:
            connection.request(handler.command, handler.path, body, dict(handler.headers))  # its length is the whole's
            connection.close()
            return
        body += handler.rfile.read(length - len(body))
        if self._answers:
            status, code = self._answers.pop(0)
            self._reply(handler, status, [], f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode())
            return
        try:
            connection.request(handler.command, handler.path, body, dict(handler.headers))
            answer = connection.getresponse()
            self._reply(handler, answer.status, answer.getheaders(), answer.read())
        finally:
            connection.close()

    def _reply(self, handler, status, headers, content) -> None:
        handler.send_response(status)
        for name, value in headers:
            if name.lower() not in NOT_PASSED_ON:
                handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)


@pytest.fixture(scope="session")
def s3() -> Iterator[S3Server]:
    """Start a server for the session."""
    server = S3Server()
    try:
        server.wait()
        yield server
    finally:
        server.stop()


@pytest.fixture
def gate(s3: S3Server) -> Iterator[Gate]:
    """Stand before the server."""
    gate = Gate(s3.port)
    yield gate
    gate.stop()
