"""Reads and writes the OpenStack event API.

What other programs may import is named here and in `panko_client.errors`. It stands on keystoneauth1 and requests
alone: ceilometer loads it into its own process, where neither the service nor `openstack` need be. What is named here
is imported when it is asked for: `panko_client.kubectl` stands on neither of the two.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from panko_client.client import EventClient
    from panko_client.event import Event, Trait
    from panko_client.query import Filter

__all__ = ["Event", "EventClient", "Filter", "Trait"]
_HOMES = {"Event": "event", "EventClient": "client", "Filter": "query", "Trait": "event"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
