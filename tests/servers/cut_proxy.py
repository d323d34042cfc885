"""A network on loopback that can be cut: it passes connections on to a server, resets them, or loses what is sent."""

import contextlib
import socket
import struct
import threading
from typing import Self

from servers.database_server import free_port

PIECE = 65536
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: what is unsent is thrown away, and the peer is told so


class CutProxy:
    """Between clients and one port of this machine."""

    def __init__(self, upstream: int) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._upstream = upstream
        self._cut = self._loses = self._swallows = False
        self.lost = 0  # answers
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=128)
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        self.cut()

    def cut(self) -> None:
        """Reset every connection, and each that comes until it is mended."""
        self._cut = True
        with self._lock:
            ends = list(self._open)
        for end in ends:
            _reset(end)

    def lose_answers(self) -> None:
        """Let requests through, and reset the connection instead of the answer."""
        self._loses = True

    def swallow_requests(self) -> None:
        """Lose what clients send, those that are connected now and others; they notice nothing."""
        self._swallows = True

    def mend(self) -> None:
        """Let everything through again."""
        self._cut = self._loses = self._swallows = False

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                client, _ = self._listener.accept()
                self._join(client)

    def _join(self, client: socket.socket) -> None:
        if self._cut:
            _reset(client)
            return
        try:
            server = socket.create_connection(("127.0.0.1", self._upstream), timeout=5)
        except OSError:
            _reset(client)
            return
        server.settimeout(None)
        with self._lock:
            self._open |= {client, server}
        for pair in ((client, server, False), (server, client, True)):
            threading.Thread(target=self._pump, args=pair, daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket, answers: bool) -> None:  # noqa: FBT001
        with contextlib.suppress(OSError):
            while piece := source.recv(PIECE):
                if answers and self._loses:
                    self.lost += 1
                    break
                if answers or not self._swallows:
                    target.sendall(piece)
        with self._lock:
            self._open -= {source, target}
        _reset(target) if self._cut or self._loses else _end(target)


def _reset(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    _end(end)


def _end(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
