"""The dashboard of one Panko for Grafana, in a ConfigMap that its sidecar finds by a label. Pure."""

import dataclasses
import hashlib
import json
import string
from typing import Any, Final

from panko_operator.children.monitoring.alerts import selectors
from panko_operator.resource import Panko
from panko_operator.world import Manifest

LABEL: Final = {"grafana_dashboard": "1"}
_WIDTH, _HEIGHT, _COLUMNS = 12, 8, 2


@dataclasses.dataclass(frozen=True, slots=True)
class Panel:
    """One graph: its title, the query and what its lines are called, and the unit in Grafana's words."""

    title: str
    query: str
    legend: str
    unit: str = "short"


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
)


def dashboard(panko: Panko) -> Manifest:
    """Build the ConfigMap."""
    metadata = panko.metadata(panko.dashboard_name, "monitoring")
    metadata["labels"] = {**metadata["labels"], **LABEL}
    text = json.dumps(_document(panko), indent=1)
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": metadata,
        "data": {f"panko-{panko.namespace}-{panko.name}.json": text},
    }


def _document(panko: Panko) -> dict[str, Any]:
    source = {"name": "datasource", "type": "datasource", "query": "prometheus", "label": "Prometheus"}
    return {
        "uid": hashlib.sha256(f"{panko.namespace}/{panko.name}".encode()).hexdigest()[:16],
        "title": f"Panko {panko.namespace}/{panko.name}",
        "tags": ["openstack", "panko"],
        "schemaVersion": 39,
        "editable": False,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": [source]},
        "panels": [_panel(number, panel, panko) for number, panel in enumerate(PANELS)],
    }


def _panel(number: int, panel: Panel, panko: Panko) -> dict[str, Any]:
    row, column = divmod(number, _COLUMNS)
    query = string.Template(panel.query).substitute(selectors(panko))
    return {
        "id": number + 1,
        "type": "timeseries",
        "title": panel.title,
        "datasource": {"type": "prometheus", "uid": "${datasource}"},
        "gridPos": {"x": column * _WIDTH, "y": row * _HEIGHT, "w": _WIDTH, "h": _HEIGHT},
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "targets": [{"refId": "A", "expr": query, "legendFormat": panel.legend}],
    }
