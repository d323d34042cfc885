"""What a person has to be told of one Panko, as a table of alerts. `docs/alerts.md` says of each what to do.

Pure. `$api` and `$collector` stand for the labels of the API's and of the collector's pods, which are the same by a
ServiceMonitor and by a PodMonitor, and `$panko` for those under which the operator tells of the Panko.
"""

import dataclasses
import string
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from panko_operator.resource import Panko

CRITICAL, WARNING = "critical", "warning"
_LATE: Final = timedelta(days=1)  # expiry runs once an hour, and may be behind after an outage


@dataclasses.dataclass(frozen=True, slots=True)
class Alert:
    """One alert: it fires when `expression` has given something for `minutes`."""

    name: str
    severity: str
    minutes: int
    summary: str
    expression: str
    wanted: Callable[[Panko], bool] = lambda _: True

    def query(self, panko: Panko) -> str:
        """Return the expression of a Panko."""
        old = panko.spec.retention.time_to_live + _LATE
        stalled = panko.spec.monitoring.stalled_after
        times = {"old": old, "stalled": stalled}
        places = {**selectors(panko), **{name: str(int(time.total_seconds())) for name, time in times.items()}}
        return string.Template(self.expression).substitute(places)


def selectors(panko: Panko) -> dict[str, str]:
    """Return the labels of the API's and the collector's pods, and those of the Panko in the operator's figures."""
    return {
        "api": _pods(panko, panko.api_name, container="api"),
        "collector": _pods(panko, panko.collector_name, container="collector"),
        "panko": f'namespace="{panko.namespace}", name="{panko.name}"',
    }


def _pods(panko: Panko, deployment: str, *, container: str) -> str:
    # The name of a pod is its Deployment's, a hash and five characters, and loses hyphens when it is too long.
    return f'namespace="{panko.namespace}", pod=~"{deployment}-[a-z0-9]+(-[a-z0-9]+)?", container="{container}"'


def _serves(panko: Panko) -> bool:
    return panko.spec.replicas > 0


def _expires(panko: Panko) -> bool:
    return _serves(panko) and bool(panko.spec.retention.time_to_live) and not panko.spec.retention.suspend


def _is_written_to(panko: Panko) -> bool:
    return _serves(panko) and bool(panko.spec.monitoring.stalled_after)


def _collects(panko: Panko) -> bool:
    return panko.spec.collector is not None and panko.spec.collector.replicas > 0


ALERTS: Final = (
    Alert(
        "PankoNotReady",
        WARNING,
        15,
        "is not Ready",
        'max(panko_operator_condition{$panko, condition="Ready", status="True"}) == 0',
    ),
    Alert("PankoDown", CRITICAL, 5, "has no API pod that answers", "absent(up{$api} == 1)", _serves),
    Alert(
        "PankoErrors",
        CRITICAL,
        10,
        "answers more than 5 % of requests with an error of its own",
        'sum(rate(panko_http_request_duration_seconds_count{$api, status=~"5.."}[5m]))'
        " / sum(rate(panko_http_request_duration_seconds_count{$api}[5m])) > 0.05",
        _serves,
    ),
    Alert(
        "PankoSlow",
        WARNING,
        15,
        "takes more than 5 seconds for one of a hundred requests",
        "histogram_quantile(0.99,"
        ' sum by (le) (rate(panko_http_request_duration_seconds_bucket{$api, route=~"/v2/.*"}[10m]))) > 5',
        _serves,
    ),
    Alert(
        "PankoDatabaseDown",
        CRITICAL,
        5,
        "cannot use its database",
        "min(panko_database_up{$api}) == 0",
        _serves,
    ),
    Alert(
        "PankoConnectionsUsedUp",
        WARNING,
        15,
        "uses more than 90 % of its connections to the database",
        "max(panko_database_pool_in_use{$api} / panko_database_pool_size{$api}) > 0.9",
        _serves,
    ),
    Alert(
        "PankoEventsRefused",
        WARNING,
        30,
        "refuses events, which are lost unless their publisher keeps them",
        'sum(rate(panko_events_total{$api, outcome="refused"}[15m])) > 0',
        _serves,
    ),
    # Whoever knows of the newer event is right: the API's pods ask the database, and the operator remembers what it has
    # heard when all events have expired. Where nothing was ever stored, neither has a figure.
    Alert(
        "PankoIngestStalled",
        WARNING,
        2,
        "has stored no event for longer than monitoring.stalledAfter",
        "time() - max(panko_last_event_timestamp_seconds{$api}"
        " or panko_operator_last_event_timestamp_seconds{$panko}) > $stalled",
        _is_written_to,
    ),
    Alert(
        "PankoExpiryBehind",
        WARNING,
        60,
        "has events that are a day older than the time to live",
        "max(panko_oldest_event_age_seconds{$api}) > $old",
        _expires,
    ),
    Alert(
        "PankoExpiryFails",
        WARNING,
        30,
        "has had no successful run of the expirer for hours",
        'max(panko_operator_condition{$panko, condition="CronJobReady", status="False"}) == 1',
    ),
    Alert(
        "PankoCollectorDown",
        CRITICAL,
        10,
        "has no collector that answers; RabbitMQ keeps what comes",
        "absent(up{$collector} == 1)",
        _collects,
    ),
    Alert(
        "PankoCollectorWaits",
        CRITICAL,
        15,
        "collects nothing: RabbitMQ or the database is away",
        "max(panko_collector_waiting_for_database{$collector}) == 1 or min(panko_collector_connected{$collector}) == 0",
        _collects,
    ),
    Alert(
        "PankoCollectorSetsAside",
        WARNING,
        5,
        "sets messages aside, which are no events until somebody replays them",
        "sum by (reason) (increase(panko_collector_dead_letters_total{$collector}[30m])) > 0",
        _collects,
    ),
    Alert(
        "PankoCertificateExpires",
        WARNING,
        60,
        "shows its clients a certificate that expires within a week",
        f"min(panko_operator_certificate_expires_seconds{{$panko}}) < {7 * 86400}",
        lambda panko: panko.spec.tls is not None,
    ),
    Alert(
        "PankoContested",
        WARNING,
        10,
        "has a child that somebody else keeps changing",
        "sum by (kind) (increase(panko_operator_drift_corrections_total{$panko}[30m])) > 3",
    ),
)
