"""The Service that clients use. Pure."""

from panko_operator.resource import Panko
from panko_operator.world import Manifest


def service(panko: Panko) -> Manifest:
    """Build the Service in front of HAProxy, or of the API's pods when HAProxy is off."""
    wanted = panko.spec.service
    component = "haproxy" if panko.spec.haproxy.enabled else "api"
    metadata = panko.metadata(panko.service_name, component)
    if wanted.annotations:
        metadata["annotations"] = dict(wanted.annotations)
    spec: Manifest = {
        "type": wanted.type,
        "selector": panko.selector(component),
        "ports": [{**protocol(panko), "port": wanted.port, "targetPort": "http", "protocol": "TCP"}],
    }
    if wanted.load_balancer_class:
        spec["loadBalancerClass"] = wanted.load_balancer_class
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec}


def protocol(panko: Panko) -> dict[str, str]:
    """Return what is spoken on the port. Ingress controllers, Gateways and meshes look at one of the two."""
    return {"name": "https", "appProtocol": "https"} if panko.spec.tls else {"name": "http"}
