"""The schema: one Job for each image, database and permission. A Job that failed is made anew, until it does not."""

from datetime import datetime, timedelta
from typing import Final

from panko_operator import observe
from panko_operator.children import dbsync
from panko_operator.observe import Observation, State
from panko_operator.resource import ALLOW_REWRITE_ANNOTATION
from panko_operator.steps.context import Pass
from panko_operator.world import Manifest

# On top of the Job's own retries, which take ten minutes; the queue adds its jitter.
RETRY_AFTER: Final = timedelta(seconds=60)


def schema(this: Pass) -> Observation:
    """Have the schema made or upgraded before anything uses it."""
    manifest = dbsync.job(this.panko, this.image)
    this.dbsync_name = manifest["metadata"]["name"]
    _end_superseded(this)
    live = this.world.kube.apply(manifest)
    seen = observe.job(live)
    if not seen.done:
        pods = _pods(this, live)
        seen = _refusal(this, pods) or observe.job(live, pods)
    if seen.failed and _is_due(live, this.world.now()):
        this.world.kube.delete(live)
        return Observation(State.PROGRESSING, "Retrying", f"{seen.message} It is tried again.")
    if seen.done and not this.world.database.has_schema(this.database_address, this.database_login):
        # A Job of that name has made a schema once; the database is another one by now.
        this.world.kube.delete(live)
        told = f"The database has no schema although Job {this.dbsync_name} has completed; it is made anew."
        return Observation(State.PROGRESSING, "Retrying", told)
    if seen.done and _is_news(this, live, seen):
        this.note("SchemaUpgraded", f"Job {this.dbsync_name} has made or upgraded the schema.")
    return seen


def _end_superseded(this: Pass) -> None:
    """Delete the Jobs of other images, databases and permissions, lest two change the schema at once."""
    for job in this.children("batch/v1", "Job", "dbsync"):
        if job["metadata"]["name"] != this.dbsync_name and "deletionTimestamp" not in job["metadata"]:
            this.world.kube.delete(job)


def _pods(this: Pass, live: Manifest) -> list[Manifest]:
    """Return the pods of this very Job; those of the one before it may still be on their way out."""
    pods = this.pods("dbsync")
    return [pod for pod in pods if live["metadata"]["uid"] in _owners(pod)]


def _owners(pod: Manifest) -> set[str]:
    return {owner["uid"] for owner in pod["metadata"].get("ownerReferences", ())}


def _refusal(this: Pass, pods: list[Manifest]) -> Observation | None:
    """Say how to allow what the Job does not do by itself; its own retries need not be waited for."""
    words = observe.last_words(pods)
    if words is None or dbsync.ALLOW_REWRITE_OPTION not in words:
        return None
    panko = this.panko
    command = f"kubectl -n {panko.namespace} annotate panko {panko.name} {ALLOW_REWRITE_ANNOTATION}=true --overwrite"
    advice = f"Big tables have to be rewritten; make a backup, then allow it by `{command}`."
    return Observation(State.FAILED, "RewriteNeeded", f"{advice} Job {this.dbsync_name} said: {words}")


def _is_due(live: Manifest, now: datetime) -> bool:
    """Tell whether a Job that has given up may be made anew. A pod that cannot start is the kubelet's to retry."""
    failure = observe.true_condition(live, "Failed")
    if failure is None:
        return False
    return now - datetime.fromisoformat(failure["lastTransitionTime"]) >= RETRY_AFTER


def _is_news(this: Pass, live: Manifest, seen: Observation) -> bool:
    """Tell whether the Job has completed since the last pass that looked at it."""
    conditions = this.previous.get("conditions", [])
    before = next((one for one in conditions if one["type"] == "DBSyncReady"), None)
    if before is None:
        return True
    completed = live["status"].get("completionTime", "")  # in the format of the conditions, to the second
    return before["message"] != seen.message and bool(completed >= before["lastTransitionTime"])
