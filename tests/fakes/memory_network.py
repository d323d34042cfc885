"""A network that enforces NetworkPolicies as Kubernetes defines them, so that a test may ask who reaches whom.

Of a pair of pods both have a say: the policies that select the one that sends, for egress, and the one that receives,
for ingress. What no policy selects is open; what any does is closed but for what one of them allows. Only TCP and UDP,
and numbered ports.
"""

import dataclasses
import ipaddress
from collections.abc import Mapping


@dataclasses.dataclass(frozen=True, slots=True)
class Host:
    """One end of a connection. A pod has a namespace and labels; what has none is outside, such as a node."""

    address: str
    namespace: str = ""
    labels: Mapping[str, str] = dataclasses.field(default_factory=dict, hash=False)


class MemoryNetwork:
    """Policies, and the labels of namespaces; each has Kubernetes' own, which is its name."""

    def __init__(self, policies, namespaces=None):
        self.policies = list(policies)
        self.namespaces = namespaces or {}

    def reaches(self, source, target, port, protocol="TCP"):
        """Tell whether a packet that opens a connection gets through."""
        return self._allows("Egress", source, target, port=(protocol, port)) and self._allows(
            "Ingress", target, source, port=(protocol, port)
        )

    def _allows(self, direction, own, other, *, port):
        selecting = [
            policy["spec"]
            for policy in self.policies
            if own.namespace == policy["metadata"]["namespace"]
            and matches(policy["spec"]["podSelector"], own.labels)
            and direction in policy["spec"].get("policyTypes", ["Ingress"])
        ]
        rules, peers = ("ingress", "from") if direction == "Ingress" else ("egress", "to")
        return not selecting or any(
            self._has_port(rule.get("ports"), port) and self._has_peer(rule.get(peers), other, own.namespace)
            for spec in selecting
            for rule in spec.get(rules, ())
        )

    @staticmethod
    def _has_port(ports, wanted):
        return not ports or wanted in {(one.get("protocol", "TCP"), one["port"]) for one in ports}

    def _has_peer(self, peers, other, own_namespace):
        return not peers or any(self._is_peer(peer, other, own_namespace) for peer in peers)

    def _is_peer(self, peer, other, own_namespace):
        if "ipBlock" in peer:
            block, address = peer["ipBlock"], ipaddress.ip_address(other.address)
            inside = address in ipaddress.ip_network(block["cidr"])
            return inside and not any(address in ipaddress.ip_network(one) for one in block.get("except", ()))
        if not other.namespace:
            return False
        if "namespaceSelector" in peer:
            named = {"kubernetes.io/metadata.name": other.namespace, **self.namespaces.get(other.namespace, {})}
            meant = matches(peer["namespaceSelector"], named)
        else:
            meant = other.namespace == own_namespace
        return meant and matches(peer.get("podSelector", {}), other.labels)


def matches(selector, labels):
    """Tell whether a label selector selects what has these labels."""
    return selector.get("matchLabels", {}).items() <= labels.items() and all(
        _holds(one, labels) for one in selector.get("matchExpressions", ())
    )


def _holds(one, labels):
    there, values = one["key"] in labels, one.get("values", ())
    match one["operator"]:
        case "Exists":
            return there
        case "DoesNotExist":
            return not there
        case "In":
            return there and labels[one["key"]] in values
        case "NotIn":
            return not there or labels[one["key"]] not in values
