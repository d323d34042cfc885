"""A door to Keystone that asks who comes, as Apache with mod_auth_openidc does, and tells Keystone by headers."""

import threading
import urllib.parse
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import httpx

from servers.federation import ISSUER

ASKED = "/auth/OS-FEDERATION/"  # where nobody comes in who has not logged in
KEPT = "provider-session"
SAID = ("oidc-sub", "oidc-iss")  # what the door alone says of who comes
HOP_BY_HOP = ("host", "connection", "accept-encoding", "content-length")
FORM = """<!doctype html><html lang="en"><title>Corporate login</title><h1>Corporate login</h1>
<form method="post"><label>Who are you? <input name="name"></label><button>Go on</button></form></html>"""


class IdentityProvider:
    """On 127.0.0.1, in front of the Keystone of an origin; it believes every name."""

    def __init__(self, keystone: str) -> None:
        self._keystone = keystone
        door = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                door._let_in(self)

            def do_POST(self) -> None:
                door._log_in(self)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=[0.02], daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _log_in(self, request: BaseHTTPRequestHandler) -> None:
        sent = urllib.parse.parse_qs(request.rfile.read(int(request.headers["Content-Length"])).decode())
        cookie = f"{KEPT}={urllib.parse.quote(sent['name'][0])}; Path=/; HttpOnly; SameSite=Lax"
        _send(request, 303, {"Location": request.path, "Set-Cookie": cookie})

    def _let_in(self, request: BaseHTTPRequestHandler) -> None:
        cookie = SimpleCookie(request.headers.get("Cookie", "")).get(KEPT)
        if cookie is None and ASKED in request.path:
            _send(request, 200, {"Content-Type": "text/html"}, FORM.encode())
            return
        headers = {name: value for name, value in request.headers.items() if name.lower() not in (*HOP_BY_HOP, *SAID)}
        if cookie is not None:
            headers |= dict(zip(SAID, (urllib.parse.unquote(cookie.value), ISSUER), strict=True))
        answer = httpx.get(f"{self._keystone}{request.path}", headers=headers, timeout=30)
        _send(request, answer.status_code, {"Content-Type": answer.headers["Content-Type"]}, answer.content)


def _send(request: BaseHTTPRequestHandler, status: int, headers: dict[str, str], body: bytes = b"") -> None:
    request.send_response(status)
    for name, value in (headers | {"Content-Length": str(len(body))}).items():
        request.send_header(name, value)
    request.end_headers()
    request.wfile.write(body)
