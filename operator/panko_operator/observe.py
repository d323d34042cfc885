"""What a live Job, Deployment or CronJob means: done, under way, or failed, and what to do about it.

Pure: it looks at objects that were read, and reads none.
"""

import dataclasses
import enum
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from panko_operator.world import Manifest

# Why a container waits when waiting longer does not help; each with what to do.
WAITING_ADVICE = {
    "ImagePullBackOff": "write an image that the nodes can pull, or the imagePullSecrets for it",
    "ErrImagePull": "write an image that the nodes can pull, or the imagePullSecrets for it",
    "InvalidImageName": "write the image as registry/repository:tag",
    "CreateContainerConfigError": "`kubectl describe pod {pod}` names what is missing",
    "CreateContainerError": "`kubectl describe pod {pod}` shows why",
    "RunContainerError": "`kubectl describe pod {pod}` shows why",
    "CrashLoopBackOff": "`kubectl logs {pod} --previous` shows why",
}


# What our commands tell people begins with their name, and never holds a secret; other lines of a log may.
OWN_LINE = re.compile(r"^panko-[a-z]+: (.+)$", re.MULTILINE)

# How long the runs of a CronJob may fail until somebody is told.
FRUITLESS_FOR = timedelta(hours=3)


class State(enum.Enum):
    """How far an object is."""

    DONE = "done"
    PROGRESSING = "progressing"
    FAILED = "failed"


@dataclasses.dataclass(frozen=True, slots=True)
class Observation:
    """How far an object is, the reason in one CamelCase word, and a sentence that says what to do next.

    Of what is under way, `serves` says that clients notice nothing of it.
    """

    state: State
    reason: str
    message: str
    serves: bool = False

    @property
    def done(self) -> bool:
        """Whether it is as wanted."""
        return self.state is State.DONE

    @property
    def progressing(self) -> bool:
        """Whether time alone may make it done."""
        return self.state is State.PROGRESSING

    @property
    def failed(self) -> bool:
        """Whether somebody has to look."""
        return self.state is State.FAILED


def job(live: Manifest, pods: Sequence[Manifest] = ()) -> Observation:
    """Tell what a Job has come to; `pods` are its own, when the caller has them."""
    name = live["metadata"]["name"]
    if is_true(live, "Complete") or is_true(live, "SuccessCriteriaMet"):
        return Observation(State.DONE, "Completed", f"Job {name} has completed.")
    failure = true_condition(live, "Failed") or true_condition(live, "FailureTarget")
    if failure:
        message = f"Job {name} failed; `kubectl logs job/{name}` shows why."
        words = last_words(pods)
        return Observation(State.FAILED, failure["reason"], f"{message} It said: {words}" if words else message)
    stuck = next(stuck_containers(pods), None)
    if stuck:
        return Observation(State.FAILED, stuck.reason, f"Job {name} cannot run: {stuck.message}")
    message = f"Job {name} is running; `kubectl logs job/{name}` follows it."
    words = last_words(pods)
    return Observation(State.PROGRESSING, "JobRunning", f"{message} Its last try said: {words}" if words else message)


def is_over(live: Manifest) -> bool:
    """Tell whether a Job has ended, well or not."""
    return any(is_true(live, type_) for type_ in ("Complete", "SuccessCriteriaMet", "Failed", "FailureTarget"))


def is_at_work(pods: Iterable[Manifest]) -> bool:
    """Tell whether a container of some pods runs now."""
    return any(
        "running" in container.get("state", {})
        for pod in pods
        for container in pod.get("status", {}).get("containerStatuses", ())
    )


def last_words(pods: Iterable[Manifest]) -> str | None:
    """Return what the command of the newest failed pod told people last; None when its status has no such line."""
    newest = last_failure(pods)
    lines: list[str] = OWN_LINE.findall(newest.get("message", "")) if newest else []
    return lines[-1] if lines else None


def report(pods: Iterable[Manifest]) -> Manifest | None:
    """Return what a command that succeeded has reported as JSON; None when no pod's status has it."""
    for pod in pods:
        for container in pod.get("status", {}).get("containerStatuses", ()):
            ended = container.get("state", {}).get("terminated", {})
            if ended and not ended.get("exitCode"):
                found = _object(ended.get("message", ""))
                if found is not None:
                    return found
    return None


def _object(text: str) -> Manifest | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def last_failure(pods: Iterable[Manifest]) -> Manifest | None:
    """Return how the container that failed last has ended, as the kubelet tells it; None while none has failed."""
    ended = [
        container["state"]["terminated"]
        for pod in pods
        for container in pod.get("status", {}).get("containerStatuses", ())
        if container.get("state", {}).get("terminated", {}).get("exitCode")
    ]
    return max(ended, key=lambda one: str(one.get("finishedAt")), default=None)


def deployment(live: Manifest, pods: Sequence[Manifest] = (), *, enough: int | None = None) -> Observation:
    """Tell whether a Deployment runs just what its spec says; `pods` are its own, when the caller has them.

    A pod counts from the moment it is ready. Old pods of a rollout count against it until the last one is gone. Of one
    that is scaled all the time so many ready pods are `enough`.
    """
    name, wanted = live["metadata"]["name"], live["spec"]["replicas"]
    status = live.get("status", {})
    seen = status.get("observedGeneration", 0) >= live["metadata"]["generation"]
    total, updated, ready = (status.get(field, 0) for field in ("replicas", "updatedReplicas", "readyReplicas"))
    settled = total == updated == ready == wanted if enough is None else total == updated and ready >= enough
    if seen and settled:
        return Observation(State.DONE, "Available", f"Deployment {name} has {ready} of {wanted} pods ready.")
    stuck = next(stuck_containers(pods), None)
    if stuck:
        return Observation(State.FAILED, stuck.reason, f"Deployment {name} does not come up: {stuck.message}")
    advice = f"`kubectl describe pod -l {selector(live)}` shows why."
    counted = (
        f"Deployment {name}: {_progress(wanted, total, updated, ready) if seen else 'its newest spec is taken up'}"
    )
    stalled = false_condition(live, "Progressing")
    if seen and stalled:
        return Observation(State.FAILED, stalled["reason"], f"{counted} and makes no progress; {advice}")
    unscheduled = next(unschedulable_pods(pods), None)
    if unscheduled:
        return Observation(State.PROGRESSING, "Unschedulable", f"{counted}: {unscheduled}")
    serves = ready >= (wanted if enough is None else enough) > 0
    return Observation(State.PROGRESSING, "RollingOut", f"{counted}; {advice}", serves=serves)


def _progress(wanted: int, total: int, updated: int, ready: int) -> str:
    """Say what is still to come: new pods, their being ready, or the end of those that are too many."""
    if updated < wanted:
        return f"{updated} of {wanted} pods are new"
    if total > updated:
        return f"{wanted} of {wanted} pods are new, and {total - updated} of before are not gone yet"
    if total > wanted:
        return f"{total} pods are there, and {total - wanted} of them are not gone yet"
    return f"{min(ready, wanted)} of {wanted} pods are ready"


def cron_job(live: Manifest) -> Observation:
    """Tell whether a CronJob is scheduled, and whether its runs succeed.

    One run that fails is no trouble, the next makes up for it. The message of a healthy one names no time: it would
    change, and be written, at every run.
    """
    name, schedule = live["metadata"]["name"], live["spec"]["schedule"]
    if live["spec"].get("suspend"):
        return Observation(State.DONE, "Suspended", f"CronJob {name} is suspended; old events stay.")
    since = fruitless_since(live)
    if since:
        labels = ",".join(f"{key}={value}" for key, value in sorted(live["metadata"]["labels"].items()))
        message = f"CronJob {name} has not succeeded since {since}; `kubectl logs -l {labels}` shows why."
        return Observation(State.FAILED, "RunsFail", message)
    return Observation(State.DONE, "Scheduled", f"CronJob {name} runs at {schedule!r}.")


def fruitless_since(live: Manifest) -> str | None:
    """Return since when runs of a CronJob failed, once that is long; None while all is well or one is running."""
    status = live.get("status", {})
    if status.get("active") or "lastScheduleTime" not in status:
        return None
    since: str = status.get("lastSuccessfulTime") or live["metadata"]["creationTimestamp"]
    waited = datetime.fromisoformat(status["lastScheduleTime"]) - datetime.fromisoformat(since)
    return since if waited >= FRUITLESS_FOR else None


@dataclasses.dataclass(frozen=True, slots=True)
class Stuck:
    """A container that does not get any further by itself."""

    reason: str
    message: str


def stuck_containers(pods: Iterable[Manifest]) -> Iterator[Stuck]:
    """Yield the containers of live pods that wait in vain, with what to do."""
    for pod in pods:
        name, status = pod["metadata"]["name"], pod.get("status", {})
        for container in (*status.get("initContainerStatuses", ()), *status.get("containerStatuses", ())):
            reason = container.get("state", {}).get("waiting", {}).get("reason")
            if reason in WAITING_ADVICE:
                advice = WAITING_ADVICE[reason].format(pod=name)
                image = container["image"]
                yield Stuck(reason, f"pod {name} with image {image} is in {reason}; {advice}.")


def unschedulable_pods(pods: Iterable[Manifest]) -> Iterator[str]:
    """Yield the scheduler's own words about pods that fit on no node."""
    for pod in pods:
        unfit = false_condition(pod, "PodScheduled")
        if unfit and unfit.get("reason") == "Unschedulable":
            yield f"pod {pod['metadata']['name']} fits on no node: {unfit.get('message', 'no reason given')}"


def selector(live: Manifest) -> str:
    """Write the selector of a workload as kubectl takes it."""
    return ",".join(f"{key}={value}" for key, value in sorted(live["spec"]["selector"]["matchLabels"].items()))


def is_true(live: Manifest, type_: str) -> bool:
    """Tell whether a condition of a live object is True."""
    return true_condition(live, type_) is not None


def true_condition(live: Manifest, type_: str) -> Manifest | None:
    """Return a condition of a live object if it is True."""
    return condition(live, type_, "True")


def false_condition(live: Manifest, type_: str) -> Manifest | None:
    """Return a condition of a live object if it is False."""
    return condition(live, type_, "False")


def condition(live: Manifest, type_: str, status: str) -> Manifest | None:
    """Return the condition of a type if it has this status."""
    conditions: list[Manifest] = live.get("status", {}).get("conditions", [])
    return next((one for one in conditions if one["type"] == type_ and one["status"] == status), None)
