"""By what the API is known to its clients, and its pods to HAProxy: looked at, and copied for the pods to mount."""

from typing import Final

from panko_operator.accounts import secrets
from panko_operator.accounts.secrets import Reader
from panko_operator.certificates import given
from panko_operator.children import certificate as manifests
from panko_operator.errors import CertificateError, ForeignChildError, KindMissingError
from panko_operator.observe import Observation, State, false_condition
from panko_operator.passes.context import Context
from panko_operator.passes.facts import Certified, Facts, Identity
from panko_operator.passes.step import Note, Outcome, done
from panko_operator.resource.moments import timestamp
from panko_operator.resource.spec.tls import IssuerRef
from panko_operator.world.values import Proof

_PAIR: Final = ("tls.crt", "tls.key")
_OF_CERTIFICATE: Final = "cert-manager.io/certificate-name"


def certificate(context: Context, _facts: Facts) -> Outcome:
    """Have a certificate that pods can use, before any of them gets it."""
    panko = context.panko
    if panko.spec.tls is None:
        return Outcome(done("Unencrypted", "Clients speak HTTP; spec.tls encrypts what they say."), Certified(None))
    if panko.spec.tls.issuer:
        waiting = _requested(context, panko.spec.tls.issuer)
        if waiting:
            return Outcome(waiting)
    return _found(context)


def _requested(context: Context, issuer: IssuerRef) -> Observation | None:
    """Ask cert-manager for the certificate; say what it waits for until there is one."""
    panko, world = context.panko, context.world
    if not world.kube.serves(manifests.API_VERSION, manifests.KIND):
        raise KindMissingError(
            "spec.tls.issuerRef needs cert-manager, which this cluster does not have; install it, "
            "or write spec.tls.secretName and provide the certificate."
        )
    name = panko.tls_secret_name
    secret = context.get("v1", "Secret", name)
    if secret is not None and secret["metadata"].get("annotations", {}).get(_OF_CERTIFICATE) != panko.api_name:
        raise ForeignChildError(
            f"Secret {name} exists, and cert-manager would write over it; delete it, or write spec.tls.secretName."
        )
    live = context.apply(manifests.request(panko, issuer, world.cluster_domain))
    if secret is not None and secrets.decoded(secret, "tls.crt"):
        return None  # of before, while a new one is made
    unready = false_condition(live, "Ready") or {}
    said = unready.get("message", "it has not begun").rstrip(".")
    message = f"cert-manager has not made Secret {name} yet: {said}; `kubectl describe certificate {panko.api_name}`."
    return Observation(State.PROGRESSING, "CertificateIssuing", message)


def _found(context: Context) -> Outcome:
    panko, now = context.panko, context.world.now()
    name = panko.tls_secret_name
    certificate, key, authority = Reader(context).required(name, _PAIR, optional=("ca.crt",))
    read = given.read(certificate, key, authority=authority, secret=name, now=now)
    _named(context, read)
    hash_key = secrets.kept(context, panko.keys_name, {"configHashKey": context.world.new_secret})["configHashKey"]
    shown = manifests.shown(panko, dict(zip(_PAIR, (certificate, key), strict=True)), hash_key)
    is_news = context.owned("v1", "Secret", shown["metadata"]["name"]) is None and "certificate" in context.previous
    context.apply(shown)
    identity = Identity(
        shown_name=shown["metadata"]["name"],
        **_pods(context, hash_key),
        proof=Proof(read.authority, _host(context, read)),
        names=read.names,
    )
    until = timestamp(read.not_after)
    return Outcome(
        done("CertificateValid", f"The certificate in Secret {name} is valid until {until}."),
        Certified(identity),
        status={"certificate": {"notAfter": until}},
        notes=_news(until) if is_news else (),
    )


def _named(context: Context, read: given.Given) -> None:
    """Raise CertificateError when clients in the cluster would not believe it."""
    panko, domain = context.panko, context.world.cluster_domain
    host, url = panko.service_host(domain), panko.service_url(domain)
    users = [one.interface for one in panko.endpoints(domain) if one.url == url]
    if not users or read.covers(host):
        return
    fields = " and ".join(f"spec.keystone.endpoints.{interface}" for interface in users)
    raise CertificateError(
        f"The certificate in Secret {panko.tls_secret_name} does not name {host}, the host of the catalogue's "
        f"{' and '.join(users)} URL; have that name added to it, or write {fields} with a host that it names."
    )


def _host(context: Context, read: given.Given) -> str:
    """Return the name that the certificate is asked for through the Service."""
    host = context.panko.service_host(context.world.cluster_domain)
    return host if read.covers(host) else read.a_name()


def _pods(context: Context, hash_key: str) -> dict[str, str]:
    """Have what HAProxy knows the API's pods by, where there is one; else clients see the pods themselves."""
    panko = context.panko
    if not panko.spec.haproxy.enabled:
        return {}
    name = panko.pods_tls_name
    live = context.child("v1", "Secret", name) or {}
    kept = {key: secrets.decoded(live, key) for key in live.get("data", {})}
    host = panko.api_pods_host(context.world.cluster_domain)
    made = context.world.renewed_certificate(kept, host, context.world.now())
    secrets.store(context, name, made)
    copy = manifests.pods(panko, {key: made[key] for key in _PAIR}, hash_key)
    context.apply(copy)
    return {"pods_name": copy["metadata"]["name"], "pods_authority": made["ca.crt"]}


def _news(until: str) -> tuple[Note, ...]:
    return (Note("CertificateChanged", f"Pods are replaced by ones with the certificate that is valid until {until}."),)
