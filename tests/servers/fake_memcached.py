"""A memcached on loopback that can misbehave: hang, refuse, trickle, or answer whatever a test wants."""

import contextlib
import socket
import socketserver
import threading
import time
from typing import Any, Self


class FakeMemcached:
    """`items` are flags and value by key, `everything` stands for all of them; `answer` is all that a get is told."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.items: dict[str, tuple[bytes, bytes]] = {}
        self.commands: list[bytes] = []
        self.answer: bytes | None = None
        self.everything: tuple[bytes, bytes] | None = None
        self.hangs = False
        self.refuses = False
        self.pause_seconds = 0.0
        self._connections: set[socket.socket] = set()
        self._server = _Server(host, self._serve)
        self._thread = threading.Thread(target=self._server.serve_forever, args=[0.02], daemon=True)

    @property
    def address(self) -> str:
        host, port = self._server.server_address[:2]
        return f"[{host}]:{port}" if ":" in str(host) else f"{host}:{port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self.drop_connections()

    def drop_connections(self) -> None:
        """End what is open, as a restart does."""
        for connection in list(self._connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _serve(self, connection: socket.socket) -> None:
        self._connections.add(connection)
        with contextlib.suppress(OSError), connection.makefile("rb") as received:
            while not self.refuses and (line := received.readline()):
                self.commands.append(line.rstrip())
                reply = self._reply(line.split(), received)
                if self.hangs:
                    continue
                self._send(connection, reply)
                if not reply:
                    break
        self._connections.discard(connection)

    def _reply(self, words: list[bytes], received: Any) -> bytes:
        key = words[1].decode()
        if words[0] == b"set":
            self.items[key] = (words[2], received.read(int(words[4]) + 2)[:-2])
            return b"STORED\r\n"
        if self.answer is not None:
            return self.answer
        flags, value = self.everything or self.items.get(key, (b"0", None))
        if value is None:
            return b"END\r\n"
        return b"VALUE %b %b %d\r\n%b\r\nEND\r\n" % (words[1], flags, len(value), value)

    def _send(self, connection: socket.socket, reply: bytes) -> None:
        if not self.pause_seconds:
            connection.sendall(reply)
            return
        for byte in reply:
            connection.sendall(bytes([byte]))
            time.sleep(self.pause_seconds)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, host: str, serve: Any) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                serve(self.request)

        super().__init__((host, 0), Handler)
