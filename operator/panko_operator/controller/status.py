"""The status of a Panko after a pass, and the Kubernetes Events that the change of it is worth."""

import dataclasses
from collections.abc import Sequence

from panko_operator.controller import conditions
from panko_operator.controller.conditions import Condition
from panko_operator.steps.context import Pass
from panko_operator.world import Manifest


@dataclasses.dataclass(frozen=True, slots=True)
class Event:
    """A Kubernetes Event to be. `type` is Normal or Warning."""

    type: str
    reason: str
    message: str


def build(this: Pass, reached: Sequence[Condition]) -> Manifest:
    """Return the whole status; what this pass did not come to stays as it was."""
    generation = this.panko.generation
    before = this.previous.get("conditions", [])
    merged = conditions.merge(before, reached, now=this.world.now(), generation=generation)
    return {
        **_kept(this),
        "observedGeneration": generation,
        "conditions": merged,
        "selector": this.panko.scale_selector,
        "image": this.image,
        **_replicas(this),
        **_found(this),
    }


def events(this: Pass, new: Manifest) -> list[Event]:
    """Return what is worth an Event: what steps noted, becoming ready, and another reason for not being it."""
    told = [Event("Warning" if note.warning else "Normal", note.reason, note.message) for note in this.notes]
    after = turned(this, new)
    if after is None:
        return told
    if after["status"] == conditions.TRUE:
        told.append(Event("Normal", after["reason"], after["message"]))
    elif any(one["type"] == "Stalled" and one["status"] == conditions.TRUE for one in new["conditions"]):
        told.append(Event("Warning", after["reason"], after["message"]))
    return told


def turned(this: Pass, new: Manifest) -> Manifest | None:
    """Return the condition Ready when it is another one than before the pass, or for another reason."""
    before, after = _ready(this.previous), _ready(new)
    same = (before.get("status"), before.get("reason")) == (after["status"], after["reason"])
    return None if same else after


def _replicas(this: Pass) -> Manifest:
    live = this.deployment or this.owned("apps/v1", "Deployment", this.panko.api_name) or {}
    seen = live.get("status", {})
    return {"replicas": seen.get("replicas", 0), "readyReplicas": seen.get("readyReplicas", 0)}


def _kept(this: Pass) -> Manifest:
    return {key: value for key, value in this.previous.items() if key != "publisherSecret"}


def _found(this: Pass) -> Manifest:
    found: Manifest = {}
    if this.panko.spec.publishers:
        found["publisherSecret"] = this.panko.publisher_name(this.panko.spec.publishers[0].name)
    if this.config_hash is not None:
        found["configHash"] = this.config_hash
    if this.registration is not None:
        found["keystone"] = this.registration.as_status()
    if this.endpoints is not None:
        found["endpoints"] = [
            {"interface": endpoint.interface, "url": endpoint.url, "id": endpoint.id} for endpoint in this.endpoints
        ]
    return found


def _ready(status: Manifest) -> Manifest:
    return next((one for one in status.get("conditions", []) if one["type"] == "Ready"), {})
