"""Retention: the CronJob that deletes old events."""

from typing import Final

from panko_operator import observe
from panko_operator.accounts import archive
from panko_operator.children import expirer as manifests
from panko_operator.children import network_policy
from panko_operator.errors import ClaimMissingError
from panko_operator.passes.context import Context
from panko_operator.passes.facts import Facts, Schema
from panko_operator.passes.step import Outcome, done
from panko_operator.steps.parts import archived, network

KEPT: Final = done("KeptForEver", "Events are kept for ever, as spec.retention.timeToLive says.")


def expirer(context: Context, facts: Facts) -> Outcome:
    """Have old events deleted, or kept for ever when the spec says so."""
    manifest = manifests.cron_job(context.panko, image=facts[Schema].image or context.image)
    if manifest is None:
        return Outcome(KEPT)
    _require_archive(context)
    network.confine(context, "expirer", network_policy.expirer(context.panko, context.world.cluster_domain))
    live = context.apply(manifest)
    return Outcome(observe.cron_job(live), status=archived.told(context, live))


def _require_archive(context: Context) -> None:
    """Raise InputError with what to do where events could not be archived; until then none is deleted."""
    archive.required(context)
    claim = context.panko.spec.retention.claim
    if claim is not None and context.get("v1", "PersistentVolumeClaim", claim.name) is None:
        raise ClaimMissingError(
            f"PersistentVolumeClaim {claim.name} does not exist; create it in {context.panko.namespace}; "
            "what is not archived is not deleted."
        )
