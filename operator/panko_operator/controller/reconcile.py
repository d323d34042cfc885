"""The whole controller: one level-triggered pass, from the spec and what is observed now.

`run` goes through the steps; `planning` is for a Panko of which only a plan is wanted, `suspension` for one that is
left as it is, `housekeeping` for one whose logins and certificates are renewed all the same, `finalize` for one that is
deleted.
The status is written once, at the end, and only if it changed. Nothing here waits: `pace` tells the caller when to come
again.
"""

import logging
from collections.abc import Sequence

from panko_operator.controller import conditions, housekeeping, prune, status, suspension
from panko_operator.controller.conditions import Condition
from panko_operator.controller.finalize import end, finalize, is_removed, let_go
from panko_operator.controller.order import STEPS
from panko_operator.controller.planning import report
from panko_operator.controller.planning.rehearsal import rehearse
from panko_operator.controller.result import Made, Pace, Result
from panko_operator.controller.walk import Reached, walk
from panko_operator.errors import DefinitionOutdatedError
from panko_operator.passes.context import Context
from panko_operator.passes.facts import Accounts, Inputs
from panko_operator.passes.step import Step
from panko_operator.resource import Panko
from panko_operator.world import Manifest, World

__all__ = ["Pace", "Result", "run"]

_log = logging.getLogger(__name__)


def run(body: Manifest, world: World, *, steps: Sequence[Step] = STEPS) -> Result:
    """Do one pass over a live Panko. Raise KubernetesError when the API server cannot be written to."""
    if is_removed(body):
        return end(body, world)
    try:
        context = Context(Panko.from_body(body), body, world)
    except DefinitionOutdatedError as error:
        return _unreadable(body, world, error, steps=steps)
    if "deletionTimestamp" in body["metadata"]:
        return finalize(context)
    if report.is_asked(body):
        return _planned(context, steps)
    if context.panko.spec.suspend:
        return _suspended(context, steps)
    world.kube.add_finalizer(body)
    reached = list(walk(context, steps))
    if all(one.outcome.seen.done for one in reached):
        prune.prune(context)
    new = status.build(context, reached, types=_types(steps))
    return _ended(context, reached, new)


def _ended(context: Context, reached: Sequence[Reached], new: Manifest) -> Result:
    """Tell what a pass has come to."""
    _tell(context, reached, new)
    complete = all(one.outcome.seen.done for one in reached)
    failed = any(one.outcome.seen.failed for one in reached)
    pace = Pace.SETTLED if complete else Pace.FAILED if failed else Pace.WAITING
    times = [one.outcome.again_at for one in reached if one.outcome.again_at is not None]
    rotated = frozenset(note.rotated for one in reached for note in one.outcome.notes if note.rotated)
    account = _account(context, reached)
    return Result(new, pace, min(times, default=None), rotated, tuple(context.corrected), account)


def _account(context: Context, reached: Sequence[Reached]) -> Made | None:
    """Return the API's account. One that was given has the rights that its giver wants it to have."""
    if context.panko.spec.database.admin_secret_ref is None:
        return None
    facts = [one.outcome.fact for one in reached]
    places = [fact.database for fact in facts if isinstance(fact, Inputs)]
    logins = [fact.api for fact in facts if isinstance(fact, Accounts)]
    return Made(places[0], logins[0]) if places and logins else None


def _tell(context: Context, reached: Sequence[Reached], new: Manifest) -> None:
    """Write the status, and say in the log and by Kubernetes Events what has changed."""
    _write(context, new)
    for event in status.events(context, reached, new=new):
        context.world.kube.emit(context.body, event_type=event.type, reason=event.reason, message=event.message)


def _write(context: Context, new: Manifest) -> None:
    context.world.kube.patch_status(context.body, new)
    ready = status.changed_ready(context, new)
    if ready is not None:
        _log.info("%s: %s: %s", context.qualified_name, ready["reason"], ready["message"])


def _suspended(context: Context, steps: Sequence[Step]) -> Result:
    """Renew certificates and logins where that is not suspended; else write nothing but the status, not an Event."""
    wanted = context.panko.spec.keeps_house
    house = housekeeping.context_of(context) if wanted else None
    if house is not None:
        reached = list(walk(house, housekeeping.steps_of(steps)))
        return _ended(house, reached, housekeeping.status(house, reached))
    said = conditions.NOTHING_APPLIED if wanted else conditions.ALL
    new = suspension.status(context, types=_types(steps), said=said)
    _write(context, new)
    return Result(new, Pace.SETTLED)


def _planned(context: Context, steps: Sequence[Step]) -> Result:
    """Find out what would be changed, and write nothing but the status; say once that there is a plan."""
    rehearsed = rehearse(context, steps)
    new = report.status(context, rehearsed.entries, types=_types(steps))
    _write(context, new)
    note = report.note(context, rehearsed.entries)
    if note is not None:
        context.world.kube.emit(context.body, event_type="Normal", reason=note.reason, message=note.message)
    return Result(new, Pace.FAILED if rehearsed.failed else Pace.SETTLED)


def _unreadable(body: Manifest, world: World, error: DefinitionOutdatedError, *, steps: Sequence[Step]) -> Result:
    """Say why a Panko cannot be read. Its deletion ends all the same, for what it made cannot be known either."""
    if "deletionTimestamp" in body["metadata"]:
        return let_go(body, world, {"all that it made in Keystone and the database": str(error)})
    generation = body["metadata"]["generation"]
    before = body.get("status", {})
    found = [Condition(steps[0].condition, conditions.FALSE, error.reason, str(error), generation)]
    previous = before.get("conditions", [])
    merged = conditions.merge(previous, found, types=_types(steps), now=world.now(), generation=generation)
    new = {**before, "observedGeneration": generation, "conditions": merged}
    world.kube.patch_status(body, new)
    return Result(new, Pace.FAILED)


def _types(steps: Sequence[Step]) -> tuple[str, ...]:
    return tuple(step.condition for step in steps)
