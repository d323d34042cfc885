"""The HTTP server around the API: gunicorn, with the settings under which no request is lost.

Each was found by measuring restarts and kills of servers under load. It builds nothing by itself: what a worker serves
comes from the outside, and is built in the worker, because no socket to a database may cross a fork. `worker_ended` is
told the process id of a worker that has gone, and `ended` is called when the last of them has.
"""

import dataclasses
import gc
import ssl
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication

from panko.api.server.deadline import PatientSocket
from panko.api.server.tls import TLS
from panko.storage import Connection

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

# gunicorn 27 or later: earlier ones lose requests while they shut down.
SETTINGS: dict[str, Any] = {
    "worker_class": "panko.api.server.worker.Worker",
    "keepalive": 75,  # seconds; longer than any load balancer keeps its side open
    "graceful_timeout": 20,  # seconds for requests in flight after SIGTERM; longer than any statement may take
    "timeout": 30,  # seconds until a worker that hangs is replaced
    "max_requests": 0,  # a worker that replaces itself drops what is in its backlog
    "preload_app": False,
    "worker_tmp_dir": "/dev/shm",  # noqa: S108 - a heartbeat on a slow disk looks like a hanging worker
    "control_socket_disable": True,
    # Headers of proxies are oslo.middleware's business: it asks the configuration whether to believe them.
    "forwarded_allow_ips": "",
    "secure_scheme_headers": {},
    "limit_request_line": 8190,
    "limit_request_fields": 64,
    "errorlog": "-",
    "loglevel": "warning",
    "proc_name": "panko-api",
}

SWITCH_SECONDS = 0.001
YOUNG_OBJECTS = 10_000  # before they are looked through: a list of a thousand events is made of twice as many


@dataclasses.dataclass(frozen=True, slots=True)
class Binding:
    """Where and with how much to listen."""

    host: str
    port: int
    workers: int
    threads: int
    access_log: bool
    header_seconds: int
    body_seconds: int
    tls: TLS | None = None

    @property
    def address(self) -> str:
        """Host and port, as in a URL."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """What a browser takes."""
        return f"{'https' if self.tls else 'http'}://{self.address}"


class Handshakes:
    """Stands where gunicorn would make a context of TLS for each connection: one is enough, and is as patient."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context

    def wrap_socket(self, sock: PatientSocket, **_settings: Any) -> PatientSocket:
        """Return the socket after the handshake."""
        sock.encrypt(self._context)
        return sock


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """A gunicorn that serves what `build` makes of a connection that `connect` opens, once in each worker."""

    def __init__(
        self,
        binding: Binding,
        *,
        connect: Callable[[], Connection],
        build: Callable[[Connection], "WSGIApplication"],
        worker_ended: Callable[[int], None] = lambda _pid: None,
        ended: Callable[[], None] = lambda: None,
    ) -> None:
        self.binding = binding
        self._connect = connect
        self._build = build
        self._worker_ended = worker_ended
        self._ended = ended
        self._connection: Connection | None = None
        super().__init__(prog="panko-api")

    def load_config(self) -> None:
        """Give gunicorn its settings; it asks for them again on SIGHUP."""
        settings = SETTINGS | {
            "bind": self.binding.address,
            "workers": self.binding.workers,
            "threads": self.binding.threads,
            "accesslog": "-" if self.binding.access_log else None,
            "worker_exit": self._dispose,
            "child_exit": lambda _server, worker: self._worker_ended(worker.pid),
            "on_exit": lambda _server: self._ended(),
        }
        if self.binding.tls:
            handshakes = Handshakes(self.binding.tls.context())
            settings |= {
                "certfile": self.binding.tls.certificate_file,
                "keyfile": self.binding.tls.key_file,
                "ssl_context": lambda _config, _default: handshakes,
            }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> "WSGIApplication":
        """Build what this worker serves."""
        self._connection = self._connect()
        service = self._build(self._connection)
        _be_fair()
        return service

    def _dispose(self, _server: Any, _worker: Any) -> None:
        if self._connection is not None:
            self._connection.dispose()


def _be_fair() -> None:
    """Keep one request from holding up the others of this process.

    What is in memory now stays there: looking through all of it for garbage takes 100 ms, every hundredth page. And
    a small request takes turns with a large one more often than Python does by itself, every 5 ms. What a request makes
    is looked through less often than by itself, for there are hardly any cycles in it.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS)
    sys.setswitchinterval(SWITCH_SECONDS)
