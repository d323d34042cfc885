"""Reads and writes the OpenStack event API.

What other programs may import is named here and in `panko_client.errors`. It stands on keystoneauth1 and requests
alone: ceilometer loads it into its own process, where neither the service nor `openstack` need be.
"""

from panko_client.client import EventClient
from panko_client.event import Event, Trait
from panko_client.query import Filter

__all__ = ["Event", "EventClient", "Filter", "Trait"]
