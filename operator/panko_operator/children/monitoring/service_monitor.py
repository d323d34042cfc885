"""The ServiceMonitor by which Prometheus finds the figures of the API's pods. Pure."""

from panko_operator.children.monitoring import prometheus
from panko_operator.resource import Panko
from panko_operator.world import Manifest


def service_monitor(panko: Panko) -> Manifest:
    """Build the ServiceMonitor over the headless Service."""
    spec = {"selector": {"matchLabels": panko.selector("api")}, "endpoints": [{"port": "metrics"}]}
    return prometheus.manifest(panko, "ServiceMonitor", panko.api_name, spec)
