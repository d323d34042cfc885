"""The cluster's own certificates and keys, made by openssl at the first `up` and never given away."""

from dataclasses import dataclass
from pathlib import Path

import command
from machine import NODE_NAME, SERVICE_ADDRESS
from paths import Paths

_CONFIG = "[req]\ndistinguished_name = dn\n[dn]\n"
_DAYS = "3650"


@dataclass(frozen=True, slots=True)
class Certificate:
    """A leaf certificate: whom it names, who signed it, what it may be used for."""

    name: str
    common_name: str
    organization: str = ""
    issuer: str = "ca"
    usage: str = "clientAuth"
    addresses: tuple[str, ...] = ()


def certificates(address: str) -> tuple[Certificate, ...]:
    """List the leaf certificates of a cluster whose machine has this address."""
    names = ("kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local")
    serving = (*(f"DNS:{name}" for name in (*names, "localhost")), "IP:127.0.0.1", f"IP:{address}")
    both = "serverAuth,clientAuth"
    local = ("DNS:localhost", "IP:127.0.0.1")
    return (
        Certificate("etcd", "etcd", issuer="etcd-ca", usage=both, addresses=local),
        Certificate("apiserver-etcd", "kube-apiserver", issuer="etcd-ca"),
        Certificate("apiserver", "kube-apiserver", usage="serverAuth", addresses=(*serving, f"IP:{SERVICE_ADDRESS}")),
        Certificate("apiserver-kubelet", "kube-apiserver-kubelet-client"),
        Certificate("kubelet", NODE_NAME, usage="serverAuth", addresses=(f"DNS:{NODE_NAME}", f"IP:{address}")),
        Certificate("node", f"system:node:{NODE_NAME}", organization="system:nodes"),
        Certificate("controller-manager", "system:kube-controller-manager"),
        Certificate("scheduler", "system:kube-scheduler"),
        Certificate("proxy", "system:kube-proxy"),
        Certificate("coredns", "system:coredns"),
        Certificate("admin", "panko-cluster-admin", organization="system:masters"),
    )


def create(paths: Paths, address: str) -> None:
    """Make every missing certificate and the service account key pair; all of them readable by root only."""
    paths.pki.mkdir(parents=True, exist_ok=True, mode=0o700)
    (paths.pki / "openssl.cnf").write_text(_CONFIG)
    for authority in ("ca", "etcd-ca"):
        _authority(paths.pki, authority)
    for certificate in certificates(address):
        _leaf(paths.pki, certificate)
    _service_account_key(paths.pki)


def _authority(pki: Path, name: str) -> None:
    extensions = ("basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign,digitalSignature")
    _request(pki, name, f"/CN=panko-cluster-{name}", extensions=extensions)


def _leaf(pki: Path, wanted: Certificate) -> None:
    organization = f"/O={wanted.organization}" if wanted.organization else ""
    extensions = ["basicConstraints=critical,CA:FALSE", f"extendedKeyUsage={wanted.usage}"]
    if wanted.addresses:
        extensions.append(f"subjectAltName={','.join(wanted.addresses)}")
    issuer = ("-CA", pki / f"{wanted.issuer}.crt", "-CAkey", pki / f"{wanted.issuer}.key")
    _request(pki, wanted.name, f"{organization}/CN={wanted.common_name}", extensions=tuple(extensions), issuer=issuer)


def _request(
    pki: Path, name: str, subject: str, *, extensions: tuple[str, ...], issuer: tuple[str | Path, ...] = ()
) -> None:
    if (pki / f"{name}.crt").exists():
        return
    added = [word for extension in extensions for word in ("-addext", extension)]
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", pki / f"{name}.key")
    files = ("-config", pki / "openssl.cnf", "-out", pki / f"{name}.crt")
    command.output(("openssl", "req", "-x509", *key, *files, "-subj", subject, "-days", _DAYS, *issuer, *added))
    (pki / f"{name}.key").chmod(0o600)


def _service_account_key(pki: Path) -> None:
    private, public = pki / "service-account.key", pki / "service-account.pub"
    if not public.exists():
        command.output(("openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", private))
        private.chmod(0o600)
        command.output(("openssl", "pkey", "-in", private, "-pubout", "-out", public))
