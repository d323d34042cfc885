"""Retention: the CronJob that deletes old events."""

from panko_operator import observe
from panko_operator.children import expirer as manifests
from panko_operator.children import network_policy
from panko_operator.passes.context import Context
from panko_operator.passes.facts import Facts, Schema
from panko_operator.passes.step import Outcome, done
from panko_operator.steps.parts import network


def expirer(context: Context, facts: Facts) -> Outcome:
    """Have old events deleted, or kept for ever when the spec says so."""
    manifest = manifests.cron_job(context.panko, image=facts[Schema].image or context.image)
    if manifest is None:
        return Outcome(done("KeptForEver", "Events are kept for ever, as spec.retention.timeToLive says."))
    network.confine(context, "expirer", network_policy.expirer(context.panko, context.world.cluster_domain))
    return Outcome(observe.cron_job(context.apply(manifest)))
