"""Which service tells of what: by the beginning of an event type, since a publisher is a host as well. Pure."""

from collections.abc import Mapping

AUDIT = "audit"

# By the first word of a type; what is not here is called as the word is.
SERVICES: Mapping[str, str] = {
    "aggregate": "nova",
    "compute": "nova",
    "compute_task": "nova",
    "flavor": "nova",
    "instance": "nova",
    "keypair": "nova",
    "libvirt": "nova",
    "metrics": "nova",
    "scheduler": "nova",
    "servergroup": "nova",
    "service": "nova",
    "backup": "cinder",
    "cgsnapshot": "cinder",
    "consistencygroup": "cinder",
    "group": "cinder",
    "group_snapshot": "cinder",
    "group_type": "cinder",
    "snapshot": "cinder",
    "volume": "cinder",
    "volume_type": "cinder",
    "address_group": "neutron",
    "address_scope": "neutron",
    "agent": "neutron",
    "firewall": "neutron",
    "firewall_group": "neutron",
    "firewall_policy": "neutron",
    "firewall_rule": "neutron",
    "floatingip": "neutron",
    "l3": "neutron",
    "network": "neutron",
    "policy": "neutron",
    "port": "neutron",
    "router": "neutron",
    "security_group": "neutron",
    "security_group_rule": "neutron",
    "subnet": "neutron",
    "subnetpool": "neutron",
    "trunk": "neutron",
    "vpnservice": "neutron",
    "identity": "keystone",
    "image": "glance",
    "orchestration": "heat",
    "baremetal": "ironic",
    "dns": "designate",
    "share": "manila",
    "alarm": "aodh",
    "objectstore": "swift",
}


def service_of(event_type: str) -> str:
    """Return the service that an event of a type is about; what was noted of requests to any API is `audit`."""
    word = event_type.partition(".")[0]
    return SERVICES.get(word, word)
