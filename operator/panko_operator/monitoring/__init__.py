"""What whoever watches the operator is told: figures of its passes and of every Panko, on a port of their own."""

from panko_operator.monitoring.meters import Meters
from panko_operator.monitoring.port import serve

__all__ = ["Meters", "serve"]
