"""What leads to the Service from outside of the cluster: an Ingress, and a route of the Gateway API. Pure."""

from typing import Final

from panko_operator.resource import Panko
from panko_operator.world import Manifest

ROUTE_API_VERSION, ROUTE_KIND = "gateway.networking.k8s.io/v1", "HTTPRoute"

# What the most used controller needs to know; others do not read them. A batch of events is larger than its default.
NGINX_BODY: Final = {"nginx.ingress.kubernetes.io/proxy-body-size": "8m"}
NGINX_ENCRYPTED: Final = {"nginx.ingress.kubernetes.io/backend-protocol": "HTTPS"}


def ingress(panko: Panko) -> Manifest | None:
    """Build the Ingress; None where the spec wants none."""
    wanted = panko.spec.ingress
    if wanted is None:
        return None
    backend = {"service": {"name": panko.service_name, "port": {"number": panko.spec.service.port}}}
    spec: Manifest = {
        "rules": [
            {"host": wanted.host, "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}},
        ],
    }
    if wanted.class_name:
        spec["ingressClassName"] = wanted.class_name
    if wanted.tls_secret_name:
        spec["tls"] = [{"hosts": [wanted.host], "secretName": wanted.tls_secret_name}]
    usual = NGINX_BODY | (NGINX_ENCRYPTED if panko.spec.tls else {})
    metadata = panko.metadata(panko.service_name, "ingress")
    metadata["annotations"] = {**usual, **wanted.annotations}
    return {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": metadata, "spec": spec}


def route(panko: Panko) -> Manifest | None:
    """Build the HTTPRoute; None where the spec wants none."""
    wanted = panko.spec.gateway
    if wanted is None:
        return None
    backend = {"name": panko.service_name, "port": panko.spec.service.port}
    hosts = {"hostnames": list(wanted.hostnames)} if wanted.hostnames else {}
    return {
        "apiVersion": ROUTE_API_VERSION,
        "kind": ROUTE_KIND,
        "metadata": panko.metadata(panko.service_name, "ingress"),
        "spec": {
            "parentRefs": list(wanted.parent_refs),
            **hosts,
            "rules": [{"matches": [{"path": {"type": "PathPrefix", "value": "/"}}], "backendRefs": [backend]}],
        },
    }
