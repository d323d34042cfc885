"""Retention: the CronJob that deletes old events."""

from panko_operator import observe
from panko_operator.children import expirer as manifests
from panko_operator.observe import Observation
from panko_operator.steps.context import Pass, done


def expirer(this: Pass) -> Observation:
    """Have old events deleted, or kept for ever when the spec says so."""
    manifest = manifests.cron_job(this.panko, image=this.image)
    if manifest is None:
        this.remove("batch/v1", "CronJob", this.panko.expirer_name)
        return done("KeptForEver", "Events are kept for ever, as spec.retention.timeToLive says.")
    return observe.cron_job(this.world.kube.apply(manifest))
