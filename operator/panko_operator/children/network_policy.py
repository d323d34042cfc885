"""The NetworkPolicies: nothing goes in or out of a Panko's pods but what they need.

Pure. Only HAProxy reaches the API: a few clients that do not close their connections would stop it. Who may come to
what clients use is in the spec; the operator's own query has to come through whatever that says. Probes come from the
node, which network plugins always let pass.
"""

from collections.abc import Iterable
from typing import Final

from panko_operator.children import config
from panko_operator.children.collector.config import HEALTH_PORT
from panko_operator.children.parts import archive
from panko_operator.children.parts.destinations import Destination, dns, rules, tcp
from panko_operator.children.text import haproxy_config
from panko_operator.resource import Panko
from panko_operator.world import Manifest, OperatorPods

_EVERY_NAMESPACE: Final[Manifest] = {"namespaceSelector": {}}


def api(
    panko: Panko,
    *,
    operator: OperatorPods,
    cluster_domain: str,
    keystone_urls: Iterable[str],
    direct: bool,
) -> Manifest | None:
    """Build the policy of the API's pods. With `direct` the Service leads to them, and clients come to them too."""
    ingress = [_metrics(panko, config.METRICS_PORT)]
    if direct or not panko.spec.haproxy.enabled:
        ingress.append(_clients(panko, operator, config.LISTEN_PORT))
    if panko.spec.haproxy.enabled:
        ingress.append(
            {"from": [{"podSelector": {"matchLabels": panko.selector("haproxy")}}], "ports": [tcp(config.LISTEN_PORT)]}
        )
    destinations = (
        database(panko),
        *(Destination.of_url(url) for url in keystone_urls),
        *(Destination.of_server(server) for server in panko.spec.memcached.servers),
    )
    egress = rules(destinations, own=panko.namespace, cluster_domain=cluster_domain)
    return _policy(panko, panko.api_name, component="api", ingress=ingress, egress=egress)


def haproxy(panko: Panko, operator: OperatorPods) -> Manifest | None:
    """Build the policy of HAProxy's pods; None without them."""
    if not panko.spec.haproxy.enabled:
        return None
    ingress = [_metrics(panko, haproxy_config.METRICS_PORT), _clients(panko, operator, haproxy_config.PORT)]
    to_api = {"to": [{"podSelector": {"matchLabels": panko.selector("api")}}], "ports": [tcp(config.LISTEN_PORT)]}
    return _policy(panko, panko.haproxy_name, component="haproxy", ingress=ingress, egress=[dns(), to_api])


def dbsync(panko: Panko, cluster_domain: str) -> Manifest | None:
    """Build the policy of the schema Job's pods."""
    return _of_command(panko, panko.dbsync_policy_name, component="dbsync", cluster_domain=cluster_domain)


def expirer(panko: Panko, cluster_domain: str) -> Manifest | None:
    """Build the policy of the expirer's pods."""
    return _of_command(
        panko,
        panko.expirer_name,
        component="expirer",
        cluster_domain=cluster_domain,
        besides=archive.destinations(panko),
    )


def collector(panko: Panko, cluster_domain: str, brokers: Iterable[Destination]) -> Manifest | None:
    """Build the policy of the collector's pods."""
    egress = rules([database(panko), *brokers], own=panko.namespace, cluster_domain=cluster_domain)
    ingress = [_metrics(panko, HEALTH_PORT)]
    return _policy(panko, panko.collector_name, component="collector", ingress=ingress, egress=egress)


def database(panko: Panko) -> Destination:
    """Return where the database is."""
    address = panko.database_address()
    return Destination(address.host, address.port)


def _of_command(
    panko: Panko, name: str, *, component: str, cluster_domain: str, besides: Iterable[Destination] = ()
) -> Manifest | None:
    egress = rules([database(panko), *besides], own=panko.namespace, cluster_domain=cluster_domain)
    return _policy(panko, name, component=component, ingress=[], egress=egress)


def _clients(panko: Panko, operator: OperatorPods, port: int) -> Manifest:
    """Let in who may use the event API: everybody, or whom the spec names."""
    written = panko.spec.network_policy.allow_from
    own: Manifest = {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": operator.namespace}},
        "podSelector": {"matchLabels": dict(operator.labels)},
    }
    return {**({"from": [*written, own]} if written else {}), "ports": [tcp(port)]}


def _metrics(panko: Panko, port: int) -> Manifest:
    """Let in who may read figures: pods of the cluster, or whom the spec names."""
    return {"from": [*panko.spec.network_policy.allow_from] or [_EVERY_NAMESPACE], "ports": [tcp(port)]}


def _policy(
    panko: Panko, name: str, *, component: str, ingress: list[Manifest], egress: list[Manifest]
) -> Manifest | None:
    """Build a policy over the pods of a component; None where the spec wants none."""
    wanted = panko.spec.network_policy
    if not wanted.enabled:
        return None
    besides = [{"to": list(wanted.allow_to)}] if wanted.allow_to else []
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": panko.metadata(name, component),
        "spec": {
            "podSelector": {"matchLabels": panko.selector(component)},
            "policyTypes": ["Ingress", "Egress"],
            **({"ingress": ingress} if ingress else {}),  # the API server keeps no empty list
            "egress": [*egress, *besides],
        },
    }
