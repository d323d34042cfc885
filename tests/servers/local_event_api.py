"""The real API on SQLite in this process, for tests of its clients: it can be stopped, and made to answer wrong.

It believes identity headers; a caller without any is the admin of the project `demo`.
"""

import functools
import json
import socketserver
import tempfile
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from panko import config
from panko.api.pipeline import create_service
from panko.filters import EventFilter, Everything, Page
from panko.storage.opening import connect
from panko.storage.sql.schema import migrate

IDENTITY = {"HTTP_X_ROLES": "admin", "HTTP_X_USER_ID": "alice", "HTTP_X_PROJECT_ID": "demo"}
Answer = tuple[str, list[tuple[str, str]], bytes]


class Lost:
    """The request is served, and its answer lost on the way."""


class _Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True
    block_on_close = False


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.0"  # wsgiref closes each connection: none outlives a stopped server

    def log_message(self, *_: Any) -> None:
        pass


class LocalEventApi:
    """`answers` are given instead of the next answers, one a request; `asked` are the requests, body included.

    `arguments` are what their URLs had after the path.
    """

    def __init__(self, folder: Path, options: str = "") -> None:
        url = f"sqlite:///{folder}/panko.sqlite"
        (folder / "panko.sqlite").write_bytes(_empty_database())
        path = folder / "panko.conf"
        path.write_text(f"[api]\nauth_strategy = noauth\n{options}\n[database]\nconnection = {url}\n")
        conf = config.load([], prog="panko-api", config_files=[str(path)])
        self.connection = connect(conf)
        self.answers: list[Answer | Lost | Callable[[], None]] = []
        self.asked: list[tuple[str, str, bytes]] = []
        self.arguments: list[dict[str, str]] = []
        self.tokens: list[str | None] = []
        self._service = create_service(conf, self.connection)
        self._server: _Server | None = None
        self._port = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self.connection.dispose()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Listen, on the same port as before."""
        self._server = _Server(("127.0.0.1", self._port), _Quiet)
        self._port = self._server.server_address[1]
        self._server.set_app(self._serve)
        threading.Thread(target=self._server.serve_forever, args=[0.01], daemon=True).start()

    def stop(self) -> None:
        """Refuse connections."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def events(self) -> list[Any]:
        """Return what is stored."""
        return self.connection.get_events(EventFilter(Everything()), Page(100_000))

    def ids(self) -> list[str]:
        """Return the ids of what is stored, in their order."""
        return sorted(event.message_id for event in self.events())

    def _serve(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        size = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(size) if size else b""
        self.asked.append((environ["REQUEST_METHOD"], environ["PATH_INFO"], body))
        self.arguments.append(dict(parse_qsl(environ["QUERY_STRING"])))
        self.tokens.append(environ.get("HTTP_X_AUTH_TOKEN"))
        wrong = self.answers.pop(0) if self.answers else None
        if isinstance(wrong, tuple):
            start_response(wrong[0], wrong[1])
            return [wrong[2]]
        if callable(wrong):
            wrong()
        request = {**IDENTITY, **environ, "wsgi.input": _Body(body)}
        if isinstance(wrong, Lost):
            b"".join(self._service(request, lambda *_: None))
            start_response("502 Bad Gateway", [])
            return []
        return self._service(request, start_response)


@functools.cache
def _empty_database() -> bytes:
    """Return a file with all tables, which takes longer to make than to copy."""
    with tempfile.TemporaryDirectory() as folder:
        migrate.upgrade(f"sqlite:///{folder}/panko.sqlite")
        return (Path(folder) / "panko.sqlite").read_bytes()


class _Body:
    """A body that was read already."""

    def __init__(self, whole: bytes) -> None:
        self._left = whole

    def read(self, size: int = -1) -> bytes:
        taken, self._left = (self._left, b"") if size < 0 else (self._left[:size], self._left[size:])
        return taken


def fault(status: str, text: str = "out of order", **headers: str) -> Answer:
    """Return an answer as the API gives it when something is wrong; `retry_after="3"` is a header."""
    body = json.dumps({"error_message": {"faultcode": "Server", "faultstring": text, "debuginfo": None}}).encode()
    named = [(name.replace("_", "-").title(), value) for name, value in headers.items()]
    return status, [("Content-Type", "application/json"), *named], body
