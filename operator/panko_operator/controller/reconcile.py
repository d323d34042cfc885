"""The whole controller: one level-triggered pass, from the spec and what is observed now.

`run` goes through STEPS and stops at the first that is not done; `finalize` goes through TEARDOWN. The status is
written once, at the end, and only if it changed. Nothing here waits: `pace` tells the caller when to come again.
"""

import dataclasses
import enum
import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from panko_operator.controller import conditions, status
from panko_operator.controller.conditions import Condition
from panko_operator.errors import DefinitionOutdatedError, OperatorError
from panko_operator.observe import Observation, State
from panko_operator.resource import RELEASE_ANNOTATION, Panko
from panko_operator.steps import (
    api,
    cleanup,
    config,
    database,
    expirer,
    expose,
    inputs,
    keystone,
    prune,
    query,
    schema,
    teardown,
)
from panko_operator.steps.context import Pass
from panko_operator.steps.teardown import Removal
from panko_operator.world import Manifest, World

STEPS: Final[tuple[tuple[str, Callable[[Pass], Observation]], ...]] = (
    ("InputReady", inputs.inputs),
    ("DBReady", database.database),
    ("DBSyncReady", schema.schema),
    ("KeystoneServiceReady", keystone.service_user),
    ("ServiceConfigReady", config.config),
    ("DeploymentReady", api.api),
    ("ExposeServiceReady", expose.expose),
    ("EventAPIReady", query.query),
    ("KeystoneEndpointReady", keystone.endpoints),
    ("CronJobReady", expirer.expirer),
)
STATUS_OF: Final[Mapping[State, str]] = {
    State.DONE: conditions.TRUE,
    State.PROGRESSING: conditions.UNKNOWN,
    State.FAILED: conditions.FALSE,
}
DELETION_PATIENCE: Final = timedelta(seconds=75)  # with the last, slow try it ends within two minutes

_log = logging.getLogger(__name__)


class Pace(enum.Enum):
    """How soon the next pass has to come when nothing wakes it earlier."""

    SETTLED = "settled"
    WAITING = "waiting"
    FAILED = "failed"
    DELETING = "deleting"


@dataclasses.dataclass(frozen=True, slots=True)
class Result:
    """What a pass came to: the status it wrote, and when it wants another one."""

    status: Manifest
    pace: Pace


def run(body: Manifest, world: World) -> Result:
    """Do one pass over a live Panko. Raise KubernetesError when the API server cannot be written to."""
    try:
        this = Pass(Panko.from_body(body), body, world)
    except DefinitionOutdatedError as error:
        return _unreadable(body, world, error)
    if "deletionTimestamp" in body["metadata"]:
        return finalize(this)
    world.kube.add_finalizer(body)
    reached = list(_walk(this))
    if reached[-1].is_true:
        prune.prune(this)
    new = status.build(this, reached)
    world.kube.patch_status(body, new)
    turned = status.turned(this, new)
    if turned is not None:
        _log.info("%s: %s: %s", this.owner, turned["reason"], turned["message"])
    for event in status.events(this, new):
        world.kube.emit(body, event_type=event.type, reason=event.reason, message=event.message)
    return Result(new, _pace(reached[-1]))


def finalize(this: Pass) -> Result:
    """Remove what outlives the Kubernetes objects, then let the Panko go; after a while let it go regardless.

    Every removal is tried in each pass: what does not answer keeps nothing else from going.
    """
    tried = [(removal, _removal_failure(this, removal)) for removal in teardown.TEARDOWN]
    failed = {
        removal.name: f"{failure} By hand: {removal.by_hand(this)}" for removal, failure in tried if failure is not None
    }
    return _end(this.body, this.world, failed)


def _unreadable(body: Manifest, world: World, error: DefinitionOutdatedError) -> Result:
    """Say why a Panko cannot be read. Its deletion ends all the same, for what it made cannot be known either."""
    if "deletionTimestamp" in body["metadata"]:
        return _end(body, world, {"all that it made in Keystone and the database": str(error)})
    generation = body["metadata"]["generation"]
    before = body.get("status", {})
    condition = Condition("InputReady", conditions.FALSE, error.reason, str(error), generation)
    merged = conditions.merge(before.get("conditions", []), [condition], now=world.now(), generation=generation)
    new = {**before, "observedGeneration": generation, "conditions": merged}
    world.kube.patch_status(body, new)
    return Result(new, Pace.FAILED)


def _end(body: Manifest, world: World, failed: Mapping[str, str]) -> Result:
    """Let a Panko go unless something could not be removed that is still worth waiting for."""
    metadata = body["metadata"]
    patient = world.now() - _deleted_at(body) < DELETION_PATIENCE and not _is_released(body)
    reason = "DeletionWaits" if patient else "LeftBehind"
    for name, failure in failed.items():
        told = f"The Panko is deleted, but {name} cannot be removed: {failure}"
        # In the log as well: no Event can be made in a namespace that is being deleted.
        _log.warning("%s/%s: %s: %s", metadata["namespace"], metadata["name"], reason, told)
        world.kube.emit(body, event_type="Warning", reason=reason, message=told)
    previous: Manifest = body.get("status", {})
    if failed and patient:
        return Result(previous, Pace.DELETING)
    cleanup.release(world.kube, body)
    world.kube.remove_finalizer(body)
    return Result(previous, Pace.SETTLED)


def _is_released(body: Manifest) -> bool:
    annotations: Manifest = body["metadata"].get("annotations", {})
    return annotations.get(RELEASE_ANNOTATION) == "true"


def _walk(this: Pass) -> Iterator[Condition]:
    for type_, step in STEPS:
        condition = _attempt(this, type_, step)
        yield condition
        if not condition.is_true:
            return


def _attempt(this: Pass, type_: str, step: Callable[[Pass], Observation]) -> Condition:
    generation = this.panko.generation
    try:
        seen = step(this)
    except OperatorError as error:
        return Condition(type_, conditions.FALSE, error.reason, str(error), generation)
    except Exception:  # noqa: BLE001 -- a mistake of ours is a condition too, never a crash loop
        _log.exception("step %s of %s", type_, this.owner)
        message = f"The operator failed in an unforeseen way ({type_}); its log says how. It goes on trying."
        return Condition(type_, conditions.FALSE, "InternalError", message, generation)
    return Condition(type_, STATUS_OF[seen.state], seen.reason, seen.message, generation)


def _removal_failure(this: Pass, removal: Removal) -> str | None:
    try:
        removal.remove(this)
    except OperatorError as error:
        return str(error)
    except Exception:  # noqa: BLE001 -- a mistake of ours must not keep a Panko from going
        _log.exception("removal of %s of %s", removal.name, this.owner)
        return "the operator failed in an unforeseen way; its log says how."
    return None


def _pace(last: Condition) -> Pace:
    if last.is_true:
        return Pace.SETTLED
    return Pace.WAITING if last.status == conditions.UNKNOWN else Pace.FAILED


def _deleted_at(body: Manifest) -> datetime:
    return datetime.fromisoformat(body["metadata"]["deletionTimestamp"])
