"""The status of a Panko after a pass, and the Kubernetes Events that the change of it is worth."""

import dataclasses
from collections.abc import Sequence
from typing import Final

from panko_operator.controller import conditions
from panko_operator.controller.conditions import Condition
from panko_operator.controller.walk import Reached
from panko_operator.corrections import Correction
from panko_operator.passes import fights, ingest
from panko_operator.passes.context import Context
from panko_operator.passes.step import Note
from panko_operator.resource.moments import timestamp
from panko_operator.steps.api import replicas
from panko_operator.world import Manifest

PLAN: Final = ("plan", "planned")  # fields that a Panko has only while it is planned


@dataclasses.dataclass(frozen=True, slots=True)
class Event:
    """A Kubernetes Event to be. `type` is Normal or Warning."""

    type: str
    reason: str
    message: str


def build(context: Context, reached: Sequence[Reached], *, types: Sequence[str]) -> Manifest:
    """Return the whole status; what this pass did not come to stays as it was."""
    generation = context.panko.generation
    found = [_held(context, one.condition(generation)) for one in reached]
    before = context.previous.get("conditions", [])
    parts = of_steps(context, reached)
    return {
        **{key: value for key, value in context.previous.items() if key not in _outdated(context)},
        "observedGeneration": generation,
        "conditions": conditions.merge(before, found, types=types, now=context.world.now(), generation=generation),
        "selector": context.panko.scale_selector,
        "image": context.image,
        **_publisher(context),
        **parts,
        **_settled(context, reached),
        **_drift(context),
        **_ingest(context, {**context.previous, **parts}),
    }


def _held(context: Context, condition: Condition) -> Condition:
    """Let a Panko be ready meanwhile only where every step was done before for this spec, by whatever release."""
    held = context.previous.get("settled", {}).get("generation") == context.panko.generation
    return condition if held else dataclasses.replace(condition, serves=False)


def _settled(context: Context, reached: Sequence[Reached]) -> Manifest:
    """Return for what every step was done last: later passes know by it what they have to find."""
    if not all(one.outcome.seen.done for one in reached):
        return {}
    now: Manifest = {**context.wants, **context.asked_at}
    before = context.previous.get("settled", {})
    since = before.get("since") if {**before, "since": ""} == {**now, "since": ""} else None
    return {"settled": {**now, "since": since or timestamp(context.world.now())}}


def _drift(context: Context) -> Manifest:
    """Return what others changed and was put right, the newest first; nothing where that never happened."""
    drift = fights.remembered(context.previous, context.corrected, now=context.world.now())
    return {"drift": drift} if drift else {}


def _ingest(context: Context, said: Manifest) -> Manifest:
    """Return how new events are, where that is known and what the status says is too far from it."""
    fresh = context.world.freshness
    return {} if fresh is None else ingest.told(said, fresh)


def events(context: Context, reached: Sequence[Reached], *, new: Manifest) -> list[Event]:
    """Return what is worth an Event: what steps noted, becoming ready, and another reason for not being it."""
    drifted = [Note("DriftCorrected", _told(correction)) for correction in context.corrected]
    notes = [*(note for one in reached for note in one.outcome.notes), *drifted]
    worth = [Event("Warning" if note.warning else "Normal", note.reason, note.message) for note in notes]
    ready = changed_ready(context, new)
    if ready is None:
        return worth
    if ready["status"] == conditions.TRUE:
        worth.append(Event("Normal", ready["reason"], ready["message"]))
    elif any(one["type"] == "Stalled" and one["status"] == conditions.TRUE for one in new["conditions"]):
        worth.append(Event("Warning", ready["reason"], ready["message"]))
    return worth


def _told(correction: Correction) -> str:
    if not correction.field:
        return f"{correction.subject} was gone; it is there again."
    by = f" by {correction.by}" if correction.by else ""
    return f"{correction.field} of {correction.subject} had been changed{by}; it is as wanted again."


def changed_ready(context: Context, new: Manifest) -> Manifest | None:
    """Return the condition Ready when it is another one than before the pass, or for another reason."""
    before, after = _ready(context.previous), _ready(new)
    same = (before.get("status"), before.get("reason")) == (after["status"], after["reason"])
    return None if same else after


def _outdated(context: Context) -> tuple[str, ...]:
    """Return what only a present spec says, and the plan: it is being carried out."""
    spec = context.panko.spec
    encrypted = () if spec.tls else ("certificate",)
    bound = () if spec.publishers else ("binding", "bindings")
    collected = () if spec.collector else ("recentCollectorConfigs", "collectorImage")
    return ("publisherSecret", *PLAN, *encrypted, *bound, *collected)


def of_steps(context: Context, reached: Sequence[Reached]) -> Manifest:
    """Return the parts of the status that steps write."""
    parts: Manifest = {}
    for one in reached:
        parts |= one.outcome.status
    if "replicas" not in parts:  # the pods are counted for `kubectl scale` also while an earlier step is not done
        parts |= replicas(context.owned("apps/v1", "Deployment", context.panko.api_name) or {})
    return parts


def _publisher(context: Context) -> Manifest:
    publishers = context.panko.spec.publishers
    return {"publisherSecret": context.panko.publisher_name(publishers[0].name)} if publishers else {}


def _ready(status: Manifest) -> Manifest:
    return next((one for one in status.get("conditions", []) if one["type"] == "Ready"), {})
