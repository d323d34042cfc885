"""The API's pods."""

from panko_operator.children import api as manifests
from panko_operator.children import autoscaler, disruption, network_policy
from panko_operator.passes.context import Context, versions
from panko_operator.passes.facts import Certified, Configuration, Deployed, Facts, Registered, Schema
from panko_operator.passes.step import Outcome
from panko_operator.resource import applied_spec
from panko_operator.steps.parts import network, rollout
from panko_operator.world import Manifest


def api(context: Context, facts: Facts) -> Outcome:
    """Have the pods run this image with this configuration."""
    panko = context.panko
    context.apply(manifests.headless_service(panko))
    if not panko.spec.network_policy.enabled:
        network.confine(context, "api", None)
    elif Registered in facts:  # without it nobody knows where tokens are validated: the policy stays as it is
        network.confine(context, "api", _policy(context, facts[Registered]))
    scaler, enough = autoscaler.autoscaler(panko), panko.spec.scaled.min_replicas if panko.spec.scaled else None
    if scaler is None:
        context.drop("autoscaling/v2", "HorizontalPodAutoscaler", "api")  # or both would choose the number in turn
    live = _deployment(context, facts)
    context.apply_if(scaler)
    context.apply_if(disruption.api(panko))
    seen = rollout.observed(context, live, "api", enough=enough)
    applied = {} if facts.standing else {"applied": applied_spec(context.body)}
    return Outcome(seen, Deployed(versions(live)), status=replicas(live) | applied)


def _wanted(context: Context) -> int | None:
    """Return how many pods the Deployment has to say; None where it is the autoscaler that says it."""
    panko = context.panko
    if panko.spec.scaled is None:
        return panko.spec.replicas
    return rollout.begun(context, panko.api_name, fewest=panko.spec.scaled.min_replicas)


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


def _deployment(context: Context, facts: Facts) -> Manifest:
    """Apply the Deployment. While its image or configuration waits, another spec changes the number of pods alone."""
    image, config_name = facts[Schema].image or context.image, facts[Configuration].secret_name
    identity = facts[Certified].identity
    wanted = manifests.deployment(
        context.panko,
        image=image,
        config_name=config_name,
        replicas=_wanted(context),
        tls_name=(identity.pods_name or identity.shown_name) if identity else None,
    )
    live = context.owned("apps/v1", "Deployment", context.panko.api_name) if facts.standing else None
    if live is None or context.was_settled:
        return context.apply(wanted)
    if wanted["spec"].get("replicas") in (None, live["spec"]["replicas"]):
        context.keep(live)
        return live
    return context.apply({**wanted, "spec": {**wanted["spec"], "template": live["spec"]["template"]}})


def replicas(live: Manifest) -> Manifest:
    """Return the part of the status that counts the API's pods, as the scale subresource reads it."""
    seen = live.get("status", {})
    return {"replicas": seen.get("replicas", 0), "readyReplicas": seen.get("readyReplicas", 0)}
