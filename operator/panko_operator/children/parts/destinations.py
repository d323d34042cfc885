"""What pods have to reach outside of their Panko, as the egress rules of a NetworkPolicy.

Pure. A policy cannot name a host: a name opens its port at any address. It sees a packet after it was sent on, so an
address that is a Service's means the same port of pods, and a port of the web may lead to a gateway of the cluster,
whose pods listen elsewhere.
"""

import dataclasses
import ipaddress
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from panko_operator.world import Manifest

_WEB: Final = {"http": 80, "https": 443}
_EVERY_POD: Final[Manifest] = {"namespaceSelector": {}}
_DNS_PORTS: Final = (53, 5353)  # that of the Service, and that of its pods where they may not have the first


@dataclasses.dataclass(frozen=True, slots=True)
class Destination:
    """A host, by its name or address, and a port."""

    host: str
    port: int

    @classmethod
    def of_url(cls, url: str) -> "Destination":
        """Read a URL; a port that it does not name is its scheme's."""
        split = urlsplit(url)
        return cls(split.hostname or "", split.port or _WEB.get(split.scheme, _WEB["http"]))

    @classmethod
    def of_server(cls, server: str) -> "Destination":
        """Read `host:port` or `[address]:port`."""
        host, _, port = server.rpartition(":")
        return cls(host.strip("[]"), int(port))

    @property
    def is_address(self) -> bool:
        """Whether the host is an address rather than a name."""
        try:
            ipaddress.ip_address(self.host)
        except ValueError:
            return False
        return True

    def namespace(self, own: str, cluster_domain: str) -> str | None:
        """Return the namespace of which a Service has this name; a name alone is one of `own`."""
        if self.is_address:
            return None
        name = self.host.lower().rstrip(".").removesuffix(f".{cluster_domain}")
        labels = name.removesuffix(".svc").split(".")
        if name.endswith(".svc"):
            return labels[-1] if len(labels) > 1 else None
        return own if len(labels) == 1 else None


def rules(destinations: Iterable[Destination], *, own: str, cluster_domain: str) -> list[Manifest]:
    """Return the rules that open the destinations, and DNS, to pods of the namespace `own`."""
    wanted = tuple(dict.fromkeys(destinations))
    found = [dns()]
    ports = dict.fromkeys(one.port for one in wanted if not one.is_address)
    if ports:
        found.append({"ports": [tcp(port) for port in ports]})
    found.extend(_address(one) for one in wanted if one.is_address)
    gateways = dict.fromkeys(one.namespace(own, cluster_domain) for one in wanted if one.port in _WEB.values())
    if gateways:
        found.append({"to": [_EVERY_POD] if None in gateways else [_pods_of(namespace) for namespace in gateways]})
    return found


def dns() -> Manifest:
    """Return the rule of DNS. Who answers differs: pods, the node, a cache at an address of its own."""
    return {"ports": [{"protocol": kind, "port": port} for port in _DNS_PORTS for kind in ("UDP", "TCP")]}


def tcp(port: int) -> Manifest:
    """Return a port as policies have it."""
    return {"protocol": "TCP", "port": port}


def _pods_of(namespace: str | None) -> Manifest:
    return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}}}


def _address(one: Destination) -> Manifest:
    network = ipaddress.ip_network(one.host)  # of one address: /32 or /128
    return {"to": [{"ipBlock": {"cidr": str(network)}}, _EVERY_POD], "ports": [tcp(one.port)]}
