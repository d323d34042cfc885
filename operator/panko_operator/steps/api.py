"""The API's pods."""

from panko_operator.children import api as manifests
from panko_operator.children import disruption, network_policy
from panko_operator.passes.context import Context, versions
from panko_operator.passes.facts import Configuration, Deployed, Facts, Registered
from panko_operator.passes.step import Outcome
from panko_operator.steps import network, rollout
from panko_operator.world import Manifest


def api(context: Context, facts: Facts) -> Outcome:
    """Have the pods run this image with this configuration."""
    panko, config_name = context.panko, facts[Configuration].secret_name
    context.apply(manifests.headless_service(panko))
    network.confine(context, "api", _policy(context, facts[Registered]))
    live = context.apply(manifests.deployment(panko, image=context.image, config_name=config_name))
    context.apply_if(disruption.api(panko))
    return Outcome(rollout.observed(context, live, "api"), Deployed(versions(live)), status=replicas(live))


def _policy(context: Context, registered: Registered) -> Manifest | None:
    """Build the policy of the pods. Clients that still come to them are let in until the Service leads to HAProxy."""
    panko, world = context.panko, context.world
    urls = (panko.spec.keystone.auth_url, registered.identity_url)
    return network_policy.api(
        panko,
        operator=world.operator,
        cluster_domain=world.cluster_domain,
        keystone_urls=[url for url in urls if url],
        direct=network.leads_to_api(context),
    )


def replicas(live: Manifest) -> Manifest:
    """Return the part of the status that counts the API's pods, as the scale subresource reads it."""
    seen = live.get("status", {})
    return {"replicas": seen.get("replicas", 0), "readyReplicas": seen.get("readyReplicas", 0)}
