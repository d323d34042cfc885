"""What a collector counts and times, and what it tells Prometheus. The only place of it that knows the client."""

import time
from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from panko.collector.letters import Reason
from panko.storage import Recorded

BATCH_BUCKETS_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0, 600.0)
PREFIX = "panko_collector_"


class Meters:
    """The figures of one process."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._committed_at: float | None = None
        self._registry = registry = CollectorRegistry()
        self._messages = Counter(f"{PREFIX}messages", "Messages that came from RabbitMQ.", registry=registry)
        self._events = Counter(f"{PREFIX}events", "Events, by what became of them.", ("outcome",), registry=registry)
        self._dead = Counter(
            f"{PREFIX}dead_letters", "Messages that were set aside, by reason.", ("reason",), registry=registry
        )
        self._batches = Histogram(
            f"{PREFIX}batch_duration_seconds",
            "Time from a batch to its COMMIT.",
            buckets=BATCH_BUCKETS_SECONDS,
            registry=registry,
        )
        self._waiting = Gauge(
            f"{PREFIX}waiting_for_database", "Whether events wait for the database.", registry=registry
        )
        self._connected = Gauge(
            f"{PREFIX}connected", "Whether a RabbitMQ is connected.", ("broker",), registry=registry
        )
        for outcome in ("created", "duplicate", "dropped"):
            self._events.labels(outcome)
        for reason in Reason:
            self._dead.labels(reason.value)
        registry.register(_CommitAge(self._commit_age))

    def count_message(self) -> None:
        """Count what came from RabbitMQ."""
        self._messages.inc()

    def count_dropped(self, number: int) -> None:
        """Count notifications that are to be dropped."""
        self._events.labels("dropped").inc(number)

    def count_dead_letter(self, reason: Reason) -> None:
        """Count a message that is set aside."""
        self._dead.labels(reason.value).inc()

    def time_batch(self, seconds: float) -> None:
        """Note how long a batch took."""
        self._batches.observe(seconds)

    def note_commit(self, recorded: Recorded) -> None:
        """Note that events are stored."""
        self._committed_at = self._clock()
        self._events.labels("created").inc(recorded.created)
        self._events.labels("duplicate").inc(recorded.duplicates)

    def note_waiting(self, *, is_waiting: bool) -> None:
        """Note whether the database is waited for."""
        self._waiting.set(float(is_waiting))

    def note_connected(self, broker: str, *, is_connected: bool) -> None:
        """Note whether a RabbitMQ is connected."""
        self._connected.labels(broker).set(float(is_connected))

    def page(self) -> bytes:
        """Write the figures in Prometheus' text format."""
        return generate_latest(self._registry)

    def _commit_age(self) -> float | None:
        return None if self._committed_at is None else self._clock() - self._committed_at


class _CommitAge(Collector):
    def __init__(self, age: Callable[[], float | None]) -> None:
        self._age = age

    def collect(self) -> Iterable[Metric]:
        age = self._age()
        if age is not None:
            yield GaugeMetricFamily(f"{PREFIX}last_commit_age_seconds", "Time since the last COMMIT.", value=age)
