"""The schema, after the rollout: what only pods of the release before needed goes when none of them is left."""

from datetime import timedelta
from typing import Final

from panko_operator import observe
from panko_operator.children import dbsync
from panko_operator.children.dbsync import AFTER_ANNOTATION, Phase
from panko_operator.observe import Observation, State
from panko_operator.passes.context import Context
from panko_operator.passes.facts import Facts, Schema
from panko_operator.passes.step import Note, Outcome, done
from panko_operator.steps.dbsync import job as schema_job
from panko_operator.world import Manifest

FINISHED: Final = frozenset({"Succeeded", "Failed"})  # phases of a pod that runs no more
LOOK_AGAIN: Final = timedelta(seconds=5)  # nothing tells of a pod that goes, and most need that long


def contraction(context: Context, facts: Facts) -> Outcome:
    """Have the rest of an upgrade done, once nobody needs what it takes away."""
    schema = facts[Schema]
    collecting = {"collectorImage": context.collector_image} if context.panko.spec.collector else {}
    if not schema.contract_due:
        told = done("Contracted", "The schema holds nothing that only an earlier release needs.")
        return Outcome(told, status=collecting)
    wanted = dbsync.job(context.panko, context.image, phase=Phase.CONTRACT, asked=context.version, after=schema.job)
    live = context.owned("batch/v1", "Job", wanted["metadata"]["name"])
    if live is None:
        left = _of_before(context)
        if left:
            return Outcome(_wait_for(left), again_at=context.world.now() + LOOK_AGAIN)
        if _keeps_its_collector(context):
            return Outcome(_wait_for_collector(context))
    elif live["metadata"].get("annotations", {}).get(AFTER_ANNOTATION) != schema.job:
        return Outcome(schema_job.again(context, live, "The schema was expanded again; it is contracted again."))
    live, seen = schema_job.run(context, wanted)
    if not seen.done:
        return Outcome(seen)
    name = live["metadata"]["name"]
    report = observe.report(schema_job.pods(context, live)) or {}
    # Where no pod tells any more nobody knows the revision, and that of before would be taken for it.
    revision = {"databaseRevision": report.get("revision", "")}
    contracted = Note("SchemaContracted", f"Job {name} has taken away what only the release before needed.")
    return Outcome(
        done("Contracted", "The schema holds nothing that only an earlier release needs."),
        status={**revision, **collecting, "contractedAfter": schema.job},
        notes=(contracted,),
    )


def _of_before(context: Context) -> list[str]:
    """Return the pods that may still work as the release before does.

    The rollout is complete, so of the API's pods only those that terminate are old. The expirer's runs end by
    themselves; those that begin now have the image. The collector's may not have begun to be replaced.
    """
    terminating = [pod for pod in context.pods("api") if "deletionTimestamp" in pod["metadata"]]
    expiring = [pod for pod in context.pods("expirer") if _runs_another_image(pod, context.image)]
    collecting = [pod for pod in context.pods("collector") if _runs_another_image(pod, context.collector_image)]
    return sorted(pod["metadata"]["name"] for pod in (*terminating, *expiring, *collecting))


def _runs_another_image(pod: Manifest, image: str) -> bool:
    if pod.get("status", {}).get("phase") in FINISHED:
        return False
    return any(one["image"] != image for one in pod["spec"]["containers"] if one["name"] in {"expirer", "collector"})


def _keeps_its_collector(context: Context) -> bool:
    """Tell whether the spec keeps the collector at an image that was there before this upgrade.

    What an image holds nobody tells us; one with the tag of the service's is of the same release.
    """
    wanted = context.panko.spec.collector
    if wanted is None or wanted.image is None or wanted.image != context.previous.get("collectorImage"):
        return False
    tag = _tag(wanted.image)
    return not tag or tag != _tag(context.image)


def _tag(image: str) -> str:
    return image.partition("@")[0].rpartition("/")[2].partition(":")[2]


def _wait_for_collector(context: Context) -> Observation:
    message = (
        "The schema is contracted when the collector is of this release: spec.collector.image is "
        f"{context.collector_image} as before the upgrade. Write the image of this release there, with its "
        "tag, or take the field away."
    )
    return Observation(State.PROGRESSING, "PodsOfBefore", message)


def _wait_for(left: list[str]) -> Observation:
    message = f"The schema is contracted when pods of before are gone: {', '.join(left)}."
    return Observation(State.PROGRESSING, "PodsOfBefore", message)
