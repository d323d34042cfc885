"""One question to the cluster's DNS, asked from the host through the Service; it proves CoreDNS and kube-proxy."""

import socket
import struct

import machine

_NAME = "kubernetes.default.svc.cluster.local"


def answers() -> bool:
    """Tell whether the API server's name resolves (RFC 1035: id, flags, counts; name, type A, class IN)."""
    labels = b"".join(bytes([len(label)]) + label.encode() for label in _NAME.split("."))
    question = struct.pack(">6H", 0x504B, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">2H", 1, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(0.5)
        try:
            client.sendto(question, (machine.DNS_ADDRESS, 53))
            answer = client.recv(512)
        except OSError:
            return False
    return answer[:2] == question[:2] and answer.endswith(socket.inet_aton(machine.SERVICE_ADDRESS))
