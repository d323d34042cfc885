"""The PodMonitor by which Prometheus finds the figures of the collector's pods, which no Service leads to. Pure."""

from panko_operator.children.monitoring import prometheus
from panko_operator.resource import Panko
from panko_operator.world import Manifest


def collector(panko: Panko) -> Manifest:
    """Build the PodMonitor over the collector's pods."""
    spec = {"selector": {"matchLabels": panko.selector("collector")}, "podMetricsEndpoints": [{"port": "metrics"}]}
    return prometheus.manifest(panko, "PodMonitor", panko.collector_name, spec)
