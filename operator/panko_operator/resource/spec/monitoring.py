"""`spec.monitoring`: what is made for Prometheus and Grafana."""

import dataclasses
import enum
from collections.abc import Mapping
from datetime import timedelta

from panko_operator.resource.spec.retention import parse_duration
from panko_operator.world import Manifest


class Wanted(enum.Enum):
    """Whether something is made; AUTO is where the cluster has the Prometheus operator."""

    AUTO = "auto"
    ENABLED = "enabled"
    DISABLED = "disabled"


@dataclasses.dataclass(frozen=True, slots=True)
class Monitoring:
    """What is made, and the labels by which a Prometheus selects it.

    After `stalled_after` without an event somebody is told; never where it is zero.
    """

    service_monitor: Wanted
    prometheus_rule: Wanted
    dashboard: Wanted
    labels: Mapping[str, str]
    stalled_after: timedelta

    @classmethod
    def parse(cls, monitoring: Manifest) -> "Monitoring":
        """Read `spec.monitoring`."""
        return cls(
            service_monitor=Wanted(monitoring["serviceMonitor"]),
            prometheus_rule=Wanted(monitoring["prometheusRule"]),
            dashboard=Wanted(monitoring["dashboard"]),
            labels=monitoring.get("labels", {}),
            stalled_after=parse_duration(monitoring["stalledAfter"]),
        )
