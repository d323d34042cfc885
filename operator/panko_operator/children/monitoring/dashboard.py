"""The dashboards of one Panko for Grafana, in a ConfigMap that its sidecar finds by a label. Pure."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any, Final

from panko_operator.children.monitoring import grafana, ingest
from panko_operator.children.monitoring.alerts import selectors
from panko_operator.children.monitoring.grafana import Panel, Section
from panko_operator.resource import Panko
from panko_operator.world import Manifest

PANELS: Final = (
    Panel(
        "Requests by answer",
        "sum by (status) (rate(panko_http_request_duration_seconds_count{$api}[$$__rate_interval]))",
        "{{status}}",
        "reqps",
    ),
    Panel(
        "Slowest hundredth of requests",
        "histogram_quantile(0.99, sum by (le, route, method)"
        " (rate(panko_http_request_duration_seconds_bucket{$api}[$$__rate_interval])))",
        "{{method}} {{route}}",
        "s",
    ),
    Panel(
        "Posted events", "sum by (outcome) (rate(panko_events_total{$api}[$$__rate_interval]))", "{{outcome}}", "cps"
    ),
    Panel("Age of the oldest event", "max(panko_oldest_event_age_seconds{$api})", "oldest event", "s"),
    Panel("Database can be used", "min by (pod) (panko_database_up{$api})", "{{pod}}"),
    Panel(
        "Connections to the database in use",
        "sum by (pod) (panko_database_pool_in_use{$api}) / sum by (pod) (panko_database_pool_size{$api})",
        "{{pod}}",
        "percentunit",
    ),
    Panel(
        "Conditions that are not True",
        'sum by (condition) (panko_operator_condition{$panko, status!="True", condition!~"Reconciling|Stalled"})',
        "{{condition}}",
    ),
    Panel(
        "Children that were corrected",
        "sum by (kind) (increase(panko_operator_drift_corrections_total{$panko}[$$__rate_interval]))",
        "{{kind}}",
    ),
    Panel(
        "Time since the last event",
        "time() - max(panko_last_event_timestamp_seconds{$api} or panko_operator_last_event_timestamp_seconds{$panko})",
        "last event",
        "s",
    ),
)


def dashboard(panko: Panko) -> Manifest:
    """Build the ConfigMap: the API and what the operator says of it, and ingest."""
    metadata = panko.metadata(panko.dashboard_name, "monitoring")
    metadata["labels"] = {**metadata["labels"], **grafana.LABEL}
    file = f"panko-{panko.namespace}-{panko.name}"
    documents = {
        f"{file}.json": _document(panko, "", (Section("API", PANELS),)),
        f"{file}-ingest.json": _document(panko, "ingest", _ingest(panko)),
    }
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": metadata,
        "data": {key: json.dumps(document) for key, document in documents.items()},  # indents take ten times as long
    }


def _ingest(panko: Panko) -> tuple[Section, ...]:
    return (ingest.POSTED, ingest.COLLECTED) if panko.spec.collector else (ingest.POSTED,)


def _document(panko: Panko, subject: str, sections: Sequence[Section]) -> dict[str, Any]:
    """Build one of them. Of the API's the name is the Panko's alone, as links of people already have it."""
    identity, about = f"{panko.namespace}/{panko.name}", f" {subject}" if subject else ""
    uid = hashlib.sha256(f"{identity}{about}".encode()).hexdigest()[:16]
    return grafana.document(uid, f"Panko {identity}{about}", sections, selectors(panko))
