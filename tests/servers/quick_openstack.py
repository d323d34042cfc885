"""A Keystone and an event API on loopback for many Pankos: users and roles in memory, no hashing, one process.

It knows what the operator asks, and answers any token. What it makes it keeps, so that a second look finds it.
"""

import contextlib
import itertools
import json
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, Self

EXPIRES = "2099-01-01T00:00:00.000000Z"
DOMAIN = {"id": "default", "name": "Default"}
FRESHNESS = {"newest": None, "oldest": None, "number": 0, "events_per_minute": 0.0, "services": []}
Entry = dict[str, Any]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512


class QuickOpenStack:
    """Both at once: `url` is Keystone's, `event_port` where `/v2/events` is answered."""

    singular: ClassVar = {name: name.removesuffix("s") for name in ("users", "projects", "roles", "domains")} | {
        name: name.removesuffix("s") for name in ("services", "endpoints", "regions")
    }

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, Entry]] = {name: {} for name in self.singular}
        self.kept["domains"]["default"] = DOMAIN
        for role in ("admin", "service", "member", "reader"):
            self.kept["roles"][role] = {"id": role, "name": role}
        self.assigned: set[tuple[str, str, str]] = set()  # project, user, role
        self.requests = 0
        self._ids = itertools.count(1)
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self.event_port = int(self._server.server_address[1])
        self.url = f"http://127.0.0.1:{self.event_port}/v3"
        self._thread = threading.Thread(target=self._server.serve_forever, args=[0.05], daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, method: str, path: str, body: Entry) -> tuple[int, Any]:  # noqa: C901, PLR0911 -- a table of requests
        """Return the status and the document of one request."""
        self.requests += 1
        parts, _, query = path.partition("?")
        asked = dict(urllib.parse.parse_qsl(query))
        match [method, *parts.strip("/").split("/")]:
            case ["GET", "v2", "events"]:
                return 200, []
            case ["GET", "v2", "search", "freshness"]:
                return 200, FRESHNESS
            case ["POST", "v3", "auth", "tokens"]:
                return 201, {"token": self._token(body)}
            case ["GET", "v3", "auth", "catalog"]:
                return 200, {"catalog": self._catalog()}
            case ["GET", "v3", "role_assignments"]:
                return 200, {"role_assignments": self._assignments(asked)}
            case ["PUT", "v3", "projects", project, "users", user, "roles", role]:
                self.assigned.add((project, user, role))
                return 204, None
            case ["GET", "v3", kind] if kind in self.kept:
                return 200, {kind: self._found(kind, asked)}
            case ["POST", "v3", kind] if kind in self.kept:
                return 201, {self.singular[kind]: self._make(kind, body[self.singular[kind]])}
            case ["GET" | "PATCH", "v3", kind, id_] if id_ in self.kept.get(kind, ()):
                self.kept[kind][id_] |= body.get(self.singular[kind], {})
                return 200, {self.singular[kind]: self.kept[kind][id_]}
            case ["DELETE", "v3", kind, id_] if kind in self.kept:
                return (204, None) if self.kept[kind].pop(id_, None) else (404, {})
            case ["GET", *_] if parts.rstrip("/") in ("", "/v3"):
                version = {"id": "v3.14", "status": "stable", "links": [{"rel": "self", "href": self.url}]}
                return 200, {"version": version}
        return 404, {"error": {"message": f"no {path}", "code": 404}}

    def _make(self, kind: str, body: Entry) -> Entry:
        made = {"id": str(next(self._ids)), "enabled": True, "domain_id": "default", **body}
        self.kept[kind][made["id"]] = made
        return made

    def _found(self, kind: str, asked: dict[str, str]) -> list[Entry]:
        return [one for one in list(self.kept[kind].values()) if all(str(one.get(k)) == v for k, v in asked.items())]

    def _assignments(self, asked: dict[str, str]) -> list[Entry]:
        project, user = asked["scope.project.id"], asked["user.id"]
        return [
            {"role": {"id": role}, "user": {"id": user}, "scope": {"project": {"id": project}}}
            for where, who, role in list(self.assigned)
            if (where, who) == (project, user)
        ]

    def _token(self, body: Entry) -> Entry:
        name = body["auth"]["identity"]["password"]["user"].get("name", "admin")
        return {
            "methods": ["password"],
            "user": {"id": name, "name": name, "domain": DOMAIN},
            "project": {"id": "p", "name": "p", "domain": DOMAIN},
            "roles": [{"id": "admin", "name": "admin"}],
            "catalog": self._catalog(),
            "expires_at": EXPIRES,
            "issued_at": "2026-01-01T00:00:00.000000Z",
        }

    def _catalog(self) -> list[Entry]:
        endpoints = [
            {"interface": each, "url": self.url, "region": "RegionOne", "region_id": "RegionOne", "id": each}
            for each in ("public", "internal", "admin")
        ]
        return [{"type": "identity", "name": "keystone", "id": "k", "endpoints": endpoints}]


def _handler(cloud: QuickOpenStack) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # or headers and body are two packets, and the second waits 40 ms for the first one's receipt

        def _serve(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, document = cloud.answer(self.command, self.path, json.loads(sent) if sent else {})
            body = b"" if document is None else json.dumps(document).encode()
            with contextlib.suppress(OSError):
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.send_header("X-Subject-Token", "a-token")
                self.send_header("X-OpenStack-Request-ID", "req-1")
                self.end_headers()
                self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815 -- the library's names

        def log_message(self, *_: Any) -> None:
            pass

    return Handler
