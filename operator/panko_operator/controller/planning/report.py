"""The status of a Panko that is only planned: what would be changed, and how it is meanwhile."""

import dataclasses
from collections.abc import Sequence
from typing import Final

from panko_operator.controller import conditions, suspension
from panko_operator.controller.conditions import Condition
from panko_operator.controller.planning.draft import MOST_ENTRIES, Entry
from panko_operator.passes.context import Context
from panko_operator.passes.step import Note
from panko_operator.resource import PLAN_ANNOTATION
from panko_operator.world import Manifest

WHY: Final = f'the annotation {PLAN_ANNOTATION} is "true"'
_ADVICE: Final = f"Nothing is changed while {WHY}: status.plan tells what would be; take it away to have it done."


def is_asked(body: Manifest) -> bool:
    """Tell whether a Panko is only to be planned."""
    annotations: Manifest = body["metadata"].get("annotations", {})
    return annotations.get(PLAN_ANNOTATION) == "true"


def status(context: Context, entries: Sequence[Entry], *, types: Sequence[str]) -> Manifest:
    """Return the whole status: that of a Panko which nobody touches, and the plan."""
    found = [_as_planned(suspension.condition(context, type_)) for type_ in types]
    return {
        **suspension.status(context, types=types),
        "conditions": _conditions(context, found),
        "plan": [entry.as_status() for entry in entries[:MOST_ENTRIES]],
        "planned": {"observedGeneration": context.panko.generation, "changes": len(entries)},
    }


def note(context: Context, entries: Sequence[Entry]) -> Note | None:
    """Return what people are told of a plan for another spec than the last one; None when it is known."""
    before, generation = context.previous.get("planned", {}), context.panko.generation
    if before.get("observedGeneration") == generation:
        return None
    message = f"{counted(len(entries))} would be made for generation {generation}. {_ADVICE}"
    return Note("Planned", message)


def counted(changes: int) -> str:
    """Say how many changes there are."""
    return {0: "No change", 1: "1 change"}.get(changes, f"{changes} changes")


def _as_planned(found: Condition) -> Condition:
    """Tell of what is missing that it is the plan which keeps it from being made."""
    if found.reason != suspension.SUSPENDED or suspension.WHY not in found.message:
        return found
    return dataclasses.replace(found, reason="PlanOnly", message=found.message.replace(suspension.WHY, WHY))


def _conditions(context: Context, found: Sequence[Condition]) -> list[Manifest]:
    generation, before = context.panko.generation, context.previous.get("conditions", [])
    known = {condition["type"]: condition for condition in before}
    ready = conditions.ready(found, generation)
    # To kstatus nothing is under way, and nobody has to do anything.
    rest = [Condition(type_, conditions.FALSE, "PlanOnly", _ADVICE, generation) for type_ in ("Reconciling", "Stalled")]
    told = dataclasses.replace(ready, reason="PlanOnly", message=f"{ready.message} {_ADVICE}")
    return [conditions.as_manifest(one, known, context.world.now()) for one in (told, *found, *rest)]
