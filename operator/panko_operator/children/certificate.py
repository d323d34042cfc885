"""What has to do with certificates: the request to cert-manager, and the copies that pods mount.

Pure. A copy can never change and has a name that says what it holds: a rollout that is half way, and a pod that is
started again in it, has the certificate that it began with, and another certificate is a rollout.
"""

from collections.abc import Mapping

from panko_operator.children.credentials import encode
from panko_operator.children.parts import digest
from panko_operator.resource import Panko
from panko_operator.resource.spec.tls import IssuerRef
from panko_operator.tenancy import SECRET_LABEL
from panko_operator.world import Manifest

API_VERSION, KIND = "cert-manager.io/v1", "Certificate"
VOLUME = "tls"  # of the pods that mount a copy


def request(panko: Panko, issuer: IssuerRef, cluster_domain: str) -> Manifest:
    """Build what asks cert-manager for the certificate that clients see, by every name that the API has."""
    return {
        "apiVersion": API_VERSION,
        "kind": KIND,
        "metadata": panko.metadata(panko.api_name, "certificate"),
        "spec": {
            "secretName": panko.tls_secret_name,
            "secretTemplate": {"labels": {SECRET_LABEL: "true"}},
            "dnsNames": list(dict.fromkeys((*panko.service_names(cluster_domain), *panko.public_hosts))),
            "usages": ["digital signature", "server auth"],
            "privateKey": {"algorithm": "ECDSA", "size": 256, "encoding": "PKCS8", "rotationPolicy": "Always"},
            "issuerRef": {"name": issuer.name, "kind": issuer.kind, "group": issuer.group},
        },
    }


def shown(panko: Panko, pair: Mapping[str, str], hash_key: str) -> Manifest:
    """Build the copy of what clients see; `pair` has tls.crt and tls.key."""
    return _copy(panko, panko.tls_copy_name(_digest(pair, hash_key)), pair)


def pods(panko: Panko, pair: Mapping[str, str], hash_key: str) -> Manifest:
    """Build the copy of what HAProxy sees."""
    return _copy(panko, panko.pods_tls_copy_name(_digest(pair, hash_key)), pair)


def mounted(deployment: Manifest) -> str | None:
    """Return the name of the copy that the pods of a live Deployment mount."""
    volumes = deployment["spec"]["template"]["spec"].get("volumes", ())
    return next((volume["secret"]["secretName"] for volume in volumes if volume["name"] == VOLUME), None)


def _copy(panko: Panko, name: str, pair: Mapping[str, str]) -> Manifest:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": panko.metadata(name, "certificate"),
        "type": "kubernetes.io/tls",
        "immutable": True,
        "data": encode(pair),
    }


def _digest(pair: Mapping[str, str], hash_key: str) -> str:
    return digest.keyed(dict(pair), hash_key)
