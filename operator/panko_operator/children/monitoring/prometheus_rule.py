"""The PrometheusRule with the alerts of one Panko. Pure."""

from panko_operator.children.monitoring import prometheus
from panko_operator.children.monitoring.alerts import ALERTS, Alert
from panko_operator.resource import Panko
from panko_operator.world import Manifest


def prometheus_rule(panko: Panko, runbooks: str) -> Manifest:
    """Build the rule; `runbooks` is the URL of the page that has a section for each alert."""
    rules = [_rule(alert, panko, runbooks) for alert in ALERTS if alert.wanted(panko)]
    spec = {"groups": [{"name": f"panko.{panko.namespace}.{panko.name}", "rules": rules}]}
    return prometheus.manifest(panko, "PrometheusRule", panko.alerts_name, spec)


def _rule(alert: Alert, panko: Panko, runbooks: str) -> Manifest:
    return {
        "alert": alert.name,
        "expr": alert.query(panko),
        "for": f"{alert.minutes}m",
        "labels": {"severity": alert.severity, "namespace": panko.namespace, "panko": panko.name},
        "annotations": {
            "summary": f"Panko {panko.namespace}/{panko.name} {alert.summary}.",
            "runbook_url": f"{runbooks}#{alert.name.lower()}",
        },
    }
