"""The figures of the operator, in Prometheus' own terms. `docs/metrics.md` explains each."""

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from importlib import metadata
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from panko_operator.controller.conditions import FALSE, SUMMARIES, TRUE, UNKNOWN
from panko_operator.corrections import Correction
from panko_operator.resource.moments import moment
from panko_operator.world import Manifest

GONE, BEHIND, ERROR = "gone", "behind", "error"
_SECONDS: Final = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Meters:
    """One set of figures. Safe to use from all threads."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._passes = Histogram(
            "panko_operator_pass_duration_seconds",
            "Passes over a Panko, by what they came to",
            ["result"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._failures = Counter(
            "panko_operator_step_failures",
            "Passes that ended at a step, by its condition and the reason",
            ["condition", "reason"],
            registry=self.registry,
        )
        self._written = Counter(
            "panko_operator_writes", "Writes to the API server", ["verb", "kind"], registry=self.registry
        )
        self._drift = Counter(
            "panko_operator_drift_corrections",
            "What others had changed in Kubernetes, Keystone or the database, and was put right",
            ["namespace", "name", "kind"],
            registry=self.registry,
        )
        self._conditions = Gauge(
            "panko_operator_condition",
            "1 for the status that a condition of a Panko has, 0 for the others",
            ["namespace", "name", "condition", "status"],
            registry=self.registry,
        )
        self._rotations, self._credentials = _of_rotations(self.registry)
        self._last_events, self._latest = _of_last_events(self.registry)
        self._certificates = Gauge(
            "panko_operator_certificate_expires_seconds",
            "Time until the certificate that clients of a Panko see expires; negative when it has",
            ["namespace", "name"],
            registry=self.registry,
        )
        build = Gauge("panko_operator_build_info", "The operator's version", ["version"], registry=self.registry)
        build.labels(metadata.version("panko-operator")).set(1)

    def follow(self, *, queue: Callable[[], float], leads: Callable[[], bool], silence: Callable[[], float]) -> None:
        """Ask for these whenever somebody reads: Pankos that wait for a pass, whether this pod acts, seconds."""
        waiting = Gauge("panko_operator_queue_depth", "Pankos that wait for a pass", registry=self.registry)
        waiting.set_function(queue)
        leader = Gauge("panko_operator_leader", "1 in the pod that acts", registry=self.registry)
        leader.set_function(lambda: float(leads()))
        echo = Gauge(
            "panko_operator_api_server_silence_seconds",
            "Time since the API server last answered the operator",
            registry=self.registry,
        )
        echo.set_function(silence)

    def wrote(self, verb: str, kind: str) -> None:
        """Count a write to the API server, by the verb that roles have for it."""
        self._written.labels(verb, kind).inc()

    @contextlib.contextmanager
    def timed(self) -> Iterator["Pass"]:
        """Measure a pass; the body says what it came to."""
        started, seen = time.monotonic(), Pass()
        try:
            yield seen
        finally:
            self._passes.labels(seen.result).observe(time.monotonic() - started)

    def corrected(self, namespace: str, name: str, corrections: Sequence[Correction]) -> None:
        """Count what a pass has put right."""
        for correction in corrections:
            self._drift.labels(namespace, name, correction.kind).inc()

    def tell(self, namespace: str, name: str, status: Manifest) -> None:
        """Note the conditions that a pass has left, and when the certificate expires."""
        self._tell_certificate(namespace, name, status.get("certificate"))
        last = status.get("ingest", {}).get("lastEventTime")
        if last:
            self.last_event(namespace, name, moment(last))
        for condition in status.get("conditions", ()):
            for value in (TRUE, FALSE, UNKNOWN):
                is_it = float(condition["status"] == value)
                self._conditions.labels(namespace, name, condition["type"], value).set(is_it)
            if condition["status"] == FALSE and condition["type"] not in SUMMARIES:
                self._failures.labels(condition["type"], condition["reason"]).inc()

        for one in status.get("credentials", ()):
            if "since" in one:
                self._credentials.labels(namespace, name, one["role"]).set(moment(one["since"]).timestamp())

    def last_event(self, namespace: str, name: str, at: datetime) -> None:
        """Note when a Panko's last event was stored; a status says it later than who has asked."""
        about = (namespace, name)
        latest = self._latest[about] = max(self._latest.get(about, 0.0), at.timestamp())
        self._last_events.labels(*about).set(latest)

    def rotated(self, namespace: str, name: str, kinds: Iterable[str]) -> None:
        """Count what a pass has renewed."""
        for kind in kinds:
            self._rotations.labels(namespace, name, kind).inc()

    def _tell_certificate(self, namespace: str, name: str, certificate: Manifest | None) -> None:
        if certificate is None:
            self._certificates.remove_by_labels({"namespace": namespace, "name": name})
            return
        until = datetime.fromisoformat(certificate["notAfter"]).timestamp()
        # When somebody reads it: the last pass may be minutes ago.
        self._certificates.labels(namespace, name).set_function(lambda: until - time.time())

    def forget(self, namespace: str, name: str) -> None:
        """Drop what is told of a Panko that is gone."""
        self._latest.pop((namespace, name), None)
        of_pankos = self._conditions, self._rotations, self._credentials, self._drift, self._certificates
        for family in (*of_pankos, self._last_events):
            family.remove_by_labels({"namespace": namespace, "name": name})

    def text(self) -> bytes:
        """Return all figures in Prometheus' text format."""
        return generate_latest(self.registry)


def _of_last_events(registry: CollectorRegistry) -> tuple[Gauge, dict[tuple[str, str], float]]:
    """Return the figure of last events, and what it says of each Panko."""
    told = Gauge(
        "panko_operator_last_event_timestamp_seconds",
        "When an event of a Panko was stored last, as far as it is known, as a Unix time",
        ["namespace", "name"],
        registry=registry,
    )
    return told, {}


def _of_rotations(registry: CollectorRegistry) -> tuple[Counter, Gauge]:
    """Return the figures of logins that are renewed."""
    renewals = Counter(
        "panko_operator_rotations",
        "Renewals of logins, by their kind: database, keystone, publishers",
        ["namespace", "name", "kind"],
        registry=registry,
    )
    since = Gauge(
        "panko_operator_credential_since_seconds",
        "Since when a login is the present one, as a Unix time",
        ["namespace", "name", "role"],
        registry=registry,
    )
    return renewals, since


class Pass:
    """A pass under way; `result` is its pace, `gone` or `error`."""

    def __init__(self) -> None:
        self.result = ERROR
