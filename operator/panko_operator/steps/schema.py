"""The schema: one Job for each image, database and permission. A Job that failed is made again, until it does not."""

from datetime import datetime, timedelta
from typing import Final

from panko_operator import observe
from panko_operator.children import dbsync, network_policy
from panko_operator.observe import Observation, State
from panko_operator.passes.context import Context
from panko_operator.passes.facts import Facts, Inputs, Schema
from panko_operator.passes.step import Note, Outcome
from panko_operator.resource import ALLOW_REWRITE_ANNOTATION
from panko_operator.steps import network
from panko_operator.world import Manifest

# On top of the Job's own retries, which take ten minutes; the queue adds its jitter.
RETRY_AFTER: Final = timedelta(seconds=60)


def schema(context: Context, facts: Facts) -> Outcome:
    """Have the schema made or upgraded before anything uses it."""
    manifest = dbsync.job(context.panko, context.image)
    name = manifest["metadata"]["name"]
    _end_superseded(context, name)
    network.confine(context, "dbsync", network_policy.dbsync(context.panko, context.world.cluster_domain))
    live = context.apply(manifest)
    seen = _observed(context, live)
    if seen.failed and _is_due(live, context.world.now()):
        return _again(context, live, f"{seen.message} It is tried again.")
    inputs = facts[Inputs]
    if seen.done and not context.world.database.has_schema(inputs.database, inputs.database_login):
        # A Job of that name has made a schema once; the database is another one by now.
        return _again(context, live, f"The database has no schema although Job {name} has completed; it is made again.")
    upgraded = Note("SchemaUpgraded", f"Job {name} has made or upgraded the schema.")
    notes = (upgraded,) if seen.done and _is_news(context, live, seen) else ()
    return Outcome(seen, Schema(), notes=notes)


def _again(context: Context, live: Manifest, message: str) -> Outcome:
    """Take a Job away, so that the next pass makes it again."""
    context.world.kube.delete(live)
    return Outcome(Observation(State.PROGRESSING, "Retrying", message))


def _observed(context: Context, live: Manifest) -> Observation:
    seen = observe.job(live)
    if seen.done:
        return seen
    pods = _pods(context, live)
    return _refusal(context, live, pods) or observe.job(live, pods)


def _end_superseded(context: Context, wanted: str) -> None:
    """Delete the Jobs of other images, databases and permissions, lest two change the schema at once."""
    for job in context.children("batch/v1", "Job", "dbsync"):
        if job["metadata"]["name"] != wanted and "deletionTimestamp" not in job["metadata"]:
            context.world.kube.delete(job)


def _pods(context: Context, live: Manifest) -> list[Manifest]:
    """Return the pods of this very Job; those of the one before it may still be on their way out."""
    pods = context.pods("dbsync")
    return [pod for pod in pods if live["metadata"]["uid"] in _owners(pod)]


def _owners(pod: Manifest) -> set[str]:
    return {owner["uid"] for owner in pod["metadata"].get("ownerReferences", ())}


def _refusal(context: Context, live: Manifest, pods: list[Manifest]) -> Observation | None:
    """Say how to allow what the Job does not do by itself; its own retries need not be waited for."""
    words = observe.last_words(pods)
    if words is None or dbsync.ALLOW_REWRITE_OPTION not in words:
        return None
    panko = context.panko
    command = f"kubectl -n {panko.namespace} annotate panko {panko.name} {ALLOW_REWRITE_ANNOTATION}=true --overwrite"
    advice = f"Big tables have to be rewritten; make a backup, then allow it by `{command}`."
    return Observation(State.FAILED, "RewriteNeeded", f"{advice} Job {live['metadata']['name']} said: {words}")


def _is_due(live: Manifest, now: datetime) -> bool:
    """Tell whether a Job that has given up may be made again. A pod that cannot start is the kubelet's to retry."""
    failure = observe.true_condition(live, "Failed")
    if failure is None:
        return False
    return now - datetime.fromisoformat(failure["lastTransitionTime"]) >= RETRY_AFTER


def _is_news(context: Context, live: Manifest, seen: Observation) -> bool:
    """Tell whether the Job has completed since the last pass that looked at it."""
    conditions = context.previous.get("conditions", [])
    before = next((one for one in conditions if one["type"] == "DBSyncReady"), None)
    if before is None:
        return True
    completed = live["status"].get("completionTime", "")  # in the format of the conditions, to the second
    return before["message"] != seen.message and bool(completed >= before["lastTransitionTime"])
