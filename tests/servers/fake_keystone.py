"""A Keystone on loopback that knows every token that begins with `good`, and can hang: it accepts and never answers."""

import contextlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

LONGEST_HANG_SECONDS = 60


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


class FakeKeystone:
    """`status`, when set, is the answer to every validation; `asked` are the tokens that were to be validated."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.status: int | None = None
        self._answers = threading.Event()
        self._answers.set()
        keystone = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                keystone._answer(self)

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                keystone._answer(self)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v3"
        self._thread = threading.Thread(target=self._server.serve_forever, args=[0.02], daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.thaw()
        self._server.shutdown()
        self._server.server_close()

    def freeze(self) -> None:
        """Answer nothing more."""
        self._answers.clear()

    def thaw(self) -> None:
        """Answer what was asked meanwhile, and go on."""
        self._answers.set()

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        token = request.headers.get("X-Subject-Token", "")
        if token:
            self.asked.append(token)
        self._answers.wait(LONGEST_HANG_SECONDS)
        if not request.path.startswith("/v3/auth/tokens"):
            version = {"id": "v3.14", "status": "stable", "links": [{"rel": "self", "href": self.url}]}
            self._send(request, 200, {"version": version})
        elif request.command == "POST":
            self._send(request, 201, self._token())
        elif self.status or not token.startswith("good"):
            self._send(request, self.status or 404, {"error": {"message": "no", "code": self.status or 404}})
        else:
            self._send(request, 200, self._token())

    def _token(self) -> dict[str, Any]:
        domain = {"id": "default", "name": "Default"}
        endpoints = [{"interface": each, "url": self.url, "region": "r", "id": each} for each in ("admin", "internal")]
        expires = time.strftime("%Y-%m-%dT%H:%M:%S.000000Z", time.gmtime(time.time() + 3600))
        return {
            "token": {
                "methods": ["password"],
                "user": {"id": "u", "name": "u", "domain": domain},
                "project": {"id": "p", "name": "p", "domain": domain},
                "roles": [{"id": "member", "name": "member"}],
                "catalog": [{"type": "identity", "name": "keystone", "id": "k", "endpoints": endpoints}],
                "expires_at": expires,
                "issued_at": "2026-01-01T00:00:00.000000Z",
            }
        }

    def _send(self, request: BaseHTTPRequestHandler, status: int, document: dict[str, Any]) -> None:
        body = json.dumps(document).encode()
        with contextlib.suppress(OSError):
            request.send_response(status)
            request.send_header("Content-Type", "application/json")
            request.send_header("Content-Length", str(len(body)))
            request.send_header("X-Subject-Token", "service-token")
            request.end_headers()
            request.wfile.write(body)
