"""Whether a collector lives and is ready, and the pages that tell."""

import dataclasses
import http
import threading
import time
from collections.abc import Callable

from panko.collector.meters import Meters
from panko.monitoring.answer import PROMETHEUS, TEXT, Answer

STUCK_SECONDS = 90.0  # longer than everything that a loop may wait for in one go


class Health:
    """What the loops tell of themselves."""

    def __init__(self, meters: Meters, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._meters = meters
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: dict[str, float] = {}
        self._connected: dict[str, bool] = {}

    def progress(self, loop: str) -> Callable[[], None]:
        """Return what a loop calls while it goes on."""

        def note() -> None:
            self._seen[loop] = self._clock()

        note()
        return note

    def connected(self, broker: str, *, is_connected: bool) -> None:
        """Note whether a RabbitMQ is connected."""
        with self._lock:
            self._connected[broker] = is_connected
        self._meters.note_connected(broker, is_connected=is_connected)

    def stuck(self) -> list[str]:
        """Name the loops that do not go on."""
        now = self._clock()
        return sorted(loop for loop, at in list(self._seen.items()) if now - at > STUCK_SECONDS)

    def disconnected(self) -> list[str]:
        """Name each RabbitMQ that is not connected."""
        with self._lock:
            return sorted(broker for broker, is_connected in self._connected.items() if not is_connected)


@dataclasses.dataclass(frozen=True, slots=True)
class Pages:
    """`/healthz`, `/readyz` and `/metrics`."""

    health: Health
    meters: Meters

    def answer(self, path: str) -> Answer:
        """Answer a GET."""
        match path.partition("?")[0]:
            case "/healthz":
                return _told("stuck", self.health.stuck())
            case "/readyz":
                return _told("not connected", self.health.disconnected())
            case "/metrics":
                return Answer(http.HTTPStatus.OK, PROMETHEUS, self.meters.page())
            case _:
                return Answer(http.HTTPStatus.NOT_FOUND, TEXT, b"There are /healthz, /readyz and /metrics.\n")

    def note_pool(self) -> None:
        """Do nothing: the connections of a collector are as many as its loops."""


def _told(what: str, names: list[str]) -> Answer:
    if not names:
        return Answer(http.HTTPStatus.OK, TEXT, b"ok\n")
    return Answer(http.HTTPStatus.SERVICE_UNAVAILABLE, TEXT, f"{what}: {', '.join(names)}\n".encode())
