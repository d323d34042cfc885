"""What a cluster has besides its components: the DNS Service, rights of the components, a few volumes."""

from typing import Any

import machine
import ports
from kubectl import Kubectl
from paths import Paths

_DNS_LABELS = {"k8s-app": "kube-dns", "kubernetes.io/cluster-service": "true", "kubernetes.io/name": "CoreDNS"}
_VOLUMES = 4


def manifests(paths: Paths, address: str) -> list[dict[str, Any]]:
    """Build the manifests that `up` applies."""
    return [
        _dns_service(),
        _dns_endpoints(address),
        _cluster_role_binding("panko-cluster:coredns", "panko-cluster:coredns", "system:coredns"),
        _coredns_role(),
        _cluster_role_binding("panko-cluster:exec", "system:kubelet-api-admin", "kube-apiserver-kubelet-client"),
        *(_volume(paths, number) for number in range(_VOLUMES)),
    ]


def apply(kubectl: Kubectl, paths: Paths, address: str) -> None:
    """Make the volumes' directories and apply the manifests."""
    for number in range(_VOLUMES):
        directory = paths.volumes / str(number)
        directory.mkdir(parents=True, exist_ok=True)
        directory.chmod(0o1777)  # a hostPath volume has no fsGroup: any pod's user makes its own directory in it
    kubectl.apply(manifests(paths, address))


def _dns_service() -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "kube-dns", "namespace": "kube-system", "labels": _DNS_LABELS},
        "spec": {"clusterIP": machine.DNS_ADDRESS, "ports": _dns_ports(53)},
    }


def _dns_endpoints(address: str) -> dict[str, Any]:
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {
            "name": "kube-dns",
            "namespace": "kube-system",
            "labels": {"kubernetes.io/service-name": "kube-dns"},
        },
        "addressType": "IPv4",
        "endpoints": [{"addresses": [address], "conditions": {"ready": True}}],
        "ports": _dns_ports(ports.DNS),
    }


def _dns_ports(port: int) -> list[dict[str, Any]]:
    return [
        {"name": "dns", "port": port, "protocol": "UDP"},
        {"name": "dns-tcp", "port": port, "protocol": "TCP"},
    ]


def _coredns_role() -> dict[str, Any]:
    verbs = ["list", "watch"]
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": "panko-cluster:coredns"},
        "rules": [
            {"apiGroups": [""], "resources": ["services", "pods", "namespaces"], "verbs": verbs},
            {"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"], "verbs": verbs},
        ],
    }


def _cluster_role_binding(name: str, role: str, user: str) -> dict[str, Any]:
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": name},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}],
    }


def _volume(paths: Paths, number: int) -> dict[str, Any]:
    """A volume without a class: claims without a class bind to it, as they get the default class elsewhere."""
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": f"panko-cluster-{number}"},
        "spec": {
            "capacity": {"storage": "10Gi"},
            "accessModes": ["ReadWriteOnce"],
            "persistentVolumeReclaimPolicy": "Retain",
            "hostPath": {"path": str(paths.volumes / str(number)), "type": "DirectoryOrCreate"},
        },
    }
