"""The API's pods."""

from panko_operator.children import api as manifests
from panko_operator.children import disruption
from panko_operator.passes.context import Context, versions
from panko_operator.passes.facts import Configuration, Deployed, Facts
from panko_operator.passes.step import Outcome
from panko_operator.steps import rollout
from panko_operator.world import Manifest


def api(context: Context, facts: Facts) -> Outcome:
    """Have the pods run this image with this configuration."""
    panko, config_name = context.panko, facts[Configuration].secret_name
    context.apply(manifests.headless_service(panko))
    live = context.apply(manifests.deployment(panko, image=context.image, config_name=config_name))
    context.apply_if(disruption.api(panko))
    return Outcome(rollout.observed(context, live, "api"), Deployed(versions(live)), status=replicas(live))


def replicas(live: Manifest) -> Manifest:
    """Return the part of the status that counts the API's pods, as the scale subresource reads it."""
    seen = live.get("status", {})
    return {"replicas": seen.get("replicas", 0), "readyReplicas": seen.get("readyReplicas", 0)}
