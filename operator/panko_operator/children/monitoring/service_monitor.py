"""The ServiceMonitor by which Prometheus finds the figures of the API's pods. Pure."""

from panko_operator.resource import Panko
from panko_operator.world import Manifest

API_VERSION = "monitoring.coreos.com/v1"


def service_monitor(panko: Panko) -> Manifest:
    """Build the ServiceMonitor over the headless Service."""
    metadata = panko.metadata(panko.api_name, "monitoring")
    metadata["labels"] = {**panko.spec.monitoring.labels, **metadata["labels"]}
    return {
        "apiVersion": API_VERSION,
        "kind": "ServiceMonitor",
        "metadata": metadata,
        "spec": {"selector": {"matchLabels": panko.selector("api")}, "endpoints": [{"port": "metrics"}]},
    }
