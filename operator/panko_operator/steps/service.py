"""HAProxy, and the Service that clients use."""

from panko_operator.children import disruption, haproxy, network_policy
from panko_operator.children import service as manifests
from panko_operator.passes.context import Context, versions
from panko_operator.passes.facts import Exposed, Facts
from panko_operator.passes.step import Outcome, done
from panko_operator.steps import network, rollout
from panko_operator.world import Manifest


def service(context: Context, _facts: Facts) -> Outcome:
    """Have the Service lead to the API's pods, by way of HAProxy unless that is off.

    Neither waits for the API's pods: they are found when they come. The Service moves only to what is up already: to
    HAProxy after its rollout, away from it before it is pruned.
    """
    panko, looked_at = context.panko, []
    if panko.spec.haproxy.enabled:
        live = _haproxy(context)
        seen = rollout.observed(context, live, "haproxy")
        if not seen.done:
            if not network.leads_to_api(context):
                context.apply(manifests.service(panko))
            return Outcome(seen)
        looked_at.append(live)
    looked_at.append(context.apply(manifests.service(panko)))
    url = panko.service_url(context.world.cluster_domain)
    return Outcome(
        done("Exposed", f"Service {panko.service_name} leads to the API."), Exposed(url, versions(*looked_at))
    )


def _haproxy(context: Context) -> Manifest:
    panko = context.panko
    config_map = haproxy.config_map(panko, context.world.cluster_domain)
    context.apply(config_map)
    network.confine(context, "haproxy", network_policy.haproxy(panko, context.world.operator))
    image = panko.spec.haproxy.image or context.world.haproxy_image
    live = context.apply(haproxy.deployment(panko, image=image, config_name=config_map["metadata"]["name"]))
    context.apply_if(disruption.haproxy(panko))
    return live
