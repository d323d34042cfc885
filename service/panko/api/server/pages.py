"""`/metrics` and `/health`: what the port for watchers answers. It opens no socket."""

import dataclasses
import http
import importlib.metadata
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from panko.api.messages import serialize
from panko.api.messages.media import JSON
from panko.api.resources.health import Health
from panko.literals import format_timestamp
from panko.monitoring.answer import PROMETHEUS, TEXT, Answer
from panko.monitoring.database_state import DatabaseState, Seen
from panko.monitoring.meters import Meters
from panko.storage import Connection


@dataclasses.dataclass(frozen=True, slots=True)
class Pages:
    """The pages of one worker; its figures are those of all of them."""

    connection: Connection
    meters: Meters
    database: DatabaseState
    health: Health
    now: Callable[[], datetime]

    def answer(self, path: str) -> Answer:
        """Answer a GET."""
        match path.partition("?")[0]:
            case "/metrics":
                return Answer(http.HTTPStatus.OK, PROMETHEUS, self.meters.page(self._gauges(self.database.seen())))
            case "/health":
                return self._health(self.database.seen())
            case _:
                return Answer(http.HTTPStatus.NOT_FOUND, TEXT, b"There are /metrics and /health.\n")

    def note_pool(self) -> None:
        """Let the figures of this worker's connections be those of now."""
        self.meters.note_pool(self.connection.pool())

    def _gauges(self, seen: Seen | None) -> Iterator[tuple[str, str, float]]:
        up = seen is not None and seen.problem is None
        yield "panko_database_up", "Whether the database could be used when it was last looked at.", float(up)
        if seen and seen.oldest:
            age = (self.now() - seen.oldest).total_seconds()
            yield "panko_oldest_event_age_seconds", "Time since the oldest stored event was generated.", age
        if seen and seen.last:
            meaning = "When an event was stored last, as far as it is known, as a Unix time."
            yield "panko_last_event_timestamp_seconds", meaning, seen.last.timestamp()

    def _health(self, seen: Seen | None) -> Answer:
        problem = "The first look at it is not over yet." if seen is None else seen.problem
        state, word = self.health.state()
        pool = self.connection.pool()
        document: dict[str, Any] = {
            "version": importlib.metadata.version("panko"),
            "healthcheck": word,
            "database": {
                "up": problem is None,
                "problem": problem,
                "revision": seen.revision if seen else None,
                "oldest_event": format_timestamp(seen.oldest) if seen and seen.oldest else None,
                "last_event": format_timestamp(seen.last) if seen and seen.last else None,
                "pool": {"size": pool.size, "in_use": pool.in_use},
            },
        }
        well = problem is None and state.startswith("200")
        status = http.HTTPStatus.OK if well else http.HTTPStatus.SERVICE_UNAVAILABLE
        return Answer(status, JSON, serialize.dumps(document) + b"\n")
