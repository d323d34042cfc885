"""One Job of panko-dbsync, run to its end. Two never run at once by our doing; the database has a lock besides.

A Job that failed is made again, until it does not. One that refused waits for somebody to change the Panko. One that is
at work is let end whatever is wanted by now: to kill it leaves the schema half changed.
"""

import dataclasses
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Final

from panko_operator import observe
from panko_operator.children import dbsync
from panko_operator.observe import Observation, State
from panko_operator.passes.context import Context
from panko_operator.resource import ALLOW_REWRITE_ANNOTATION, Panko
from panko_operator.world import Manifest

# On top of the Job's own retries, which take ten minutes; the queue adds its jitter.
RETRY_AFTER: Final = timedelta(seconds=60)


def run(context: Context, manifest: Manifest) -> tuple[Manifest, Observation]:
    """Have the Job; return it and how far it is. One that failed is taken away when it is to be tried again."""
    live = context.apply(manifest)
    seen = _observed(context, live)
    if seen.failed and _is_due(context, live, seen):
        return live, again(context, live, f"{seen.message} It is tried again.")
    return live, seen


def again(context: Context, live: Manifest, message: str) -> Observation:
    """Take a Job away, so that the next pass makes it again."""
    context.world.kube.delete(live)
    return Observation(State.PROGRESSING, "Retrying", message)


def _observed(context: Context, live: Manifest) -> Observation:
    seen = observe.job(live)
    if seen.done:
        return seen
    own = pods(context, live)
    return _refusal(context, live, own) or observe.job(live, own)


def earlier_at_work(context: Context, wanted: Collection[str]) -> Manifest | None:
    """Return a Job of another image, database or permission that runs now; delete those that do not.

    One whose pod never started, or waits for its next try, has nothing half done. Should its pod start in this moment,
    the lock in the database keeps the two apart.
    """
    for job in context.children("batch/v1", "Job", "dbsync"):
        if job["metadata"]["name"] in wanted or "deletionTimestamp" in job["metadata"]:
            continue
        if not observe.is_over(job) and observe.is_at_work(pods(context, job)):
            return job
        context.world.kube.delete(job)
    return None


def queued(at_work: Manifest) -> Observation:
    """Say which Job is let end first."""
    name = at_work["metadata"]["name"]
    message = f"Job {name}, which was wanted before, is still at work; the next one begins when it has ended."
    return Observation(State.PROGRESSING, "JobRunning", f"{message} `kubectl logs -f job/{name}` follows it.")


def pods(context: Context, live: Manifest) -> list[Manifest]:
    """Return the pods of this very Job; those of the one before it may still be on their way out."""
    return [pod for pod in context.pods("dbsync") if live["metadata"]["uid"] in _owners(pod)]


def _owners(pod: Manifest) -> set[str]:
    return {owner["uid"] for owner in pod["metadata"].get("ownerReferences", ())}


@dataclasses.dataclass(frozen=True, slots=True)
class Refusal:
    """What panko-dbsync does not do by itself: the reason of the condition, and what a person is told to do."""

    reason: str
    advise: Callable[[Panko], str]


def _allow(panko: Panko) -> str:
    command = f"kubectl -n {panko.namespace} annotate panko {panko.name} {ALLOW_REWRITE_ANNOTATION}=true --overwrite"
    return f"Big tables have to be rewritten; make a backup, then allow it by `{command}`."


def _go_back(_panko: Panko) -> str:
    return (
        "The image is older than the schema of the database, and the pods that run serve on. Set spec.image to the "
        "release that made the schema, or restore the backup from before it; any change of the Panko tries it again."
    )


REFUSALS: Final[Mapping[int, Refusal]] = {
    dbsync.EXIT_REWRITE_NEEDED: Refusal("RewriteNeeded", _allow),
    dbsync.EXIT_SCHEMA_NEWER: Refusal("SchemaNewer", _go_back),
}
_REFUSED: Final = frozenset(refusal.reason for refusal in REFUSALS.values())


def _refusal(context: Context, live: Manifest, own: list[Manifest]) -> Observation | None:
    """Say what somebody has to decide, by the exit code of the newest pod."""
    ended = observe.last_failure(own)
    refusal = REFUSALS.get(ended["exitCode"]) if ended else None
    if refusal is None:
        return None
    told = f"Job {live['metadata']['name']} said: {observe.last_words(own) or 'nothing that was kept'}"
    return Observation(State.FAILED, refusal.reason, f"{refusal.advise(context.panko)} {told}")


def _is_due(context: Context, live: Manifest, seen: Observation) -> bool:
    """Tell whether a Job that has failed is made again.

    One that refused would refuse again, so the Panko has to be another one than at its start; of the others one that
    has given up, after a while. A pod that cannot start is the kubelet's to retry.
    """
    if seen.reason in _REFUSED:
        asked = live["metadata"].get("annotations", {}).get(dbsync.ASKED_ANNOTATION)
        return bool(asked != context.version)
    failure = observe.true_condition(live, "Failed")
    if failure is None:
        return False
    return context.world.now() - datetime.fromisoformat(failure["lastTransitionTime"]) >= RETRY_AFTER


def is_news(context: Context, live: Manifest, seen: Observation, *, condition: str) -> bool:
    """Tell whether the Job has completed since the last pass that looked at it."""
    conditions = context.previous.get("conditions", [])
    before = next((one for one in conditions if one["type"] == condition), None)
    if before is None:
        return True
    completed = live["status"].get("completionTime", "")  # in the format of the conditions, to the second
    return before["message"] != seen.message and bool(completed >= before["lastTransitionTime"])
