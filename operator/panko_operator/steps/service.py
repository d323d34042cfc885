"""HAProxy, and the Service that clients use."""

from panko_operator.children import disruption, haproxy, ingress, network_policy
from panko_operator.children import service as manifests
from panko_operator.errors import KindMissingError
from panko_operator.passes.context import Context, versions
from panko_operator.passes.facts import Certified, Exposed, Facts, Identity
from panko_operator.passes.step import Outcome, done
from panko_operator.steps.parts import network, recent, rollout
from panko_operator.world import Manifest


def service(context: Context, facts: Facts) -> Outcome:
    """Have the Service lead to the API's pods, by way of HAProxy unless that is off.

    Neither waits for the API's pods: they are found when they come. The Service moves only to what is up already: to
    HAProxy after its rollout, away from it before it is pruned.
    """
    panko, looked_at = context.panko, []
    status: Manifest = {"recentHaproxyConfigs": []}
    if panko.spec.haproxy.enabled:
        identity = facts[Certified].identity
        config_map = _config_map(context, identity)
        live = _haproxy(context, config_map, identity)
        seen = rollout.observed(context, live, "haproxy")
        if not seen.done:
            if not network.leads_to_api(context):
                context.apply(manifests.service(panko))
            return Outcome(seen)
        status = recent.keep(context, "recentHaproxyConfigs", config_map)
        looked_at.append(live)
    looked_at.append(context.apply(manifests.service(panko)))
    _lead_outside(context)
    url = panko.service_url(context.world.cluster_domain)
    seen = done("Exposed", f"Service {panko.service_name} leads to the API.")
    return Outcome(seen, Exposed(url, versions(*looked_at)), status=status)


def _lead_outside(context: Context) -> None:
    """Have what leads to the Service from outside of the cluster."""
    panko = context.panko
    context.apply_if(ingress.ingress(panko))
    if panko.spec.gateway and not context.world.kube.serves(ingress.ROUTE_API_VERSION, ingress.ROUTE_KIND):
        raise KindMissingError(
            "spec.gateway needs the Gateway API, which this cluster does not have; install its HTTPRoute "
            f"({ingress.ROUTE_API_VERSION}) and a controller, or write spec.ingress instead."
        )
    context.apply_if(ingress.route(panko))


def _config_map(context: Context, identity: Identity | None) -> Manifest:
    authority = identity.pods_authority if identity else ""
    return haproxy.config_map(context.panko, context.world.cluster_domain, pods_authority=authority)


def _haproxy(context: Context, config_map: Manifest, identity: Identity | None) -> Manifest:
    panko, tls_name = context.panko, identity.shown_name if identity else None
    context.apply(config_map)
    network.confine(context, "haproxy", network_policy.haproxy(panko, context.world.operator))
    image = panko.spec.haproxy.image or context.world.haproxy_image
    wanted = haproxy.deployment(panko, image=image, config_name=config_map["metadata"]["name"], tls_name=tls_name)
    live = context.apply(wanted)
    context.apply_if(disruption.haproxy(panko))
    return live
