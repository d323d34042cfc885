"""What the API counts and times. The only place of it that knows the Prometheus client.

All workers of a service write into files of one directory, and each of them can tell the sum. The client finds the
directory in the environment, when it is imported: whoever sets it has to do so before anything of this is imported.
"""

import os
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from panko.monitoring.port import VARIABLE
from panko.storage import Pool

LATENCY_BUCKETS_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Meters:
    """The figures of one worker."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Histogram(
            "panko_http_request_duration_seconds",
            "Time until a request was answered, or its long answer began.",
            ("route", "method", "status"),
            buckets=LATENCY_BUCKETS_SECONDS,
            registry=self._registry,
        )
        self._events = Counter(
            "panko_events", "Events that were posted, by what became of them.", ("outcome",), registry=self._registry
        )
        self._pool_size = self._of_all_workers("panko_database_pool_size", "Connections that may be open at most.")
        self._pool_in_use = self._of_all_workers("panko_database_pool_in_use", "Connections that serve a request.")
        for outcome in ("created", "duplicate", "refused"):
            self._events.labels(outcome)

    def _of_all_workers(self, name: str, meaning: str) -> Gauge:
        return Gauge(name, meaning, multiprocess_mode="livesum", registry=self._registry)

    def count_events(self, *, created: int = 0, duplicates: int = 0, refused: int = 0) -> None:
        """Count events that were posted, by what became of them."""
        for outcome, number in (("created", created), ("duplicate", duplicates), ("refused", refused)):
            if number:
                self._events.labels(outcome).inc(number)

    def time_request(self, route: str, method: str, *, status: str, seconds: float) -> None:
        """Note how long a request took."""
        self._requests.labels(route, method, status).observe(seconds)

    def note_pool(self, pool: Pool) -> None:
        """Note how the connections of this worker are used now."""
        self._pool_size.set(pool.size)
        self._pool_in_use.set(pool.in_use)

    def page(self, gauges: Iterable[tuple[str, str, float]]) -> bytes:
        """Write the figures of all workers in Prometheus' text format, and gauges of name, meaning and value."""
        registry = self._registry
        if VARIABLE in os.environ:
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the client types it in part
        return generate_latest(registry) + generate_latest(_once(gauges))


class _Gauges(Collector):
    def __init__(self, gauges: Iterable[tuple[str, str, float]]) -> None:
        self._gauges = tuple(gauges)

    def collect(self) -> Iterable[Metric]:
        return [GaugeMetricFamily(name, meaning, value=value) for name, meaning, value in self._gauges]


def _once(gauges: Iterable[tuple[str, str, float]]) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(_Gauges(gauges))
    return registry


def forget_worker(pid: int) -> None:
    """Take what a worker that has ended says about the present out of the sums; what it counted stays."""
    mark_process_dead(pid)  # type: ignore[no-untyped-call]  # as above
