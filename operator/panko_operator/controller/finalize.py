"""The last passes over a Panko that is deleted: what outlives the Kubernetes objects goes, then the Panko is let go."""

import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from panko_operator.accounts import cleanup
from panko_operator.controller.result import Pace, Result
from panko_operator.errors import OperatorError
from panko_operator.passes.context import Context
from panko_operator.removal import teardown
from panko_operator.removal.teardown import Removal
from panko_operator.resource import RELEASE_ANNOTATION, REMOVED_ANNOTATION
from panko_operator.world import Manifest, World

DELETION_PATIENCE: Final = timedelta(seconds=75)  # with the last, slow try it ends within two minutes

_log = logging.getLogger(__name__)


def finalize(context: Context) -> Result:
    """Remove what outlives the Kubernetes objects, then let the Panko go; after a while let it go regardless.

    Every removal is tried in each pass, and what two servers hold at the same time: what does not answer keeps nothing
    else from going.
    """
    with ThreadPoolExecutor(len(teardown.PLACES)) as pool:
        tried = [pair for pairs in pool.map(partial(_tried, context), teardown.PLACES) for pair in pairs]
    failed = {
        removal.name: f"{failure} By hand: {_by_hand(context, removal)}"
        for removal, failure in tried
        if failure is not None
    }
    return let_go(context.body, context.world, failed)


def let_go(body: Manifest, world: World, failed: Mapping[str, str]) -> Result:
    """Let a Panko go unless something could not be removed that is still worth waiting for."""
    metadata = body["metadata"]
    # An operator that was not there when the Panko was deleted is as patient as one that was.
    since = max(_deleted_at(body), world.began)
    patient = world.now() - since < DELETION_PATIENCE and not _is_released(body)
    reason = "DeletionWaits" if patient else "LeftBehind"
    for name, failure in failed.items():
        message = f"The Panko is deleted, but {name} cannot be removed: {failure}"
        # In the log as well: no Event can be made in a namespace that is being deleted.
        _log.warning("%s/%s: %s: %s", metadata["namespace"], metadata["name"], reason, message)
        world.kube.emit(body, event_type="Warning", reason=reason, message=message)
    if failed and patient:
        return Result(body.get("status", {}), Pace.DELETING)
    # Noted first: the logins go next, and whoever comes after a death in between could look at nothing any more.
    return end(world.kube.mark(body, REMOVED_ANNOTATION, metadata["uid"]), world)


def is_removed(body: Manifest) -> bool:
    """Tell whether a pass has come as far as to let this very Panko go. One that was restored has another uid."""
    metadata = body["metadata"]
    noted = metadata.get("annotations", {}).get(REMOVED_ANNOTATION) == metadata["uid"]
    return noted and "deletionTimestamp" in metadata


def end(body: Manifest, world: World) -> Result:
    """Let the copy of the logins and the Panko go."""
    cleanup.release(world.kube, body)
    world.kube.remove_finalizer(body)
    return Result(body.get("status", {}), Pace.SETTLED)


def _is_released(body: Manifest) -> bool:
    annotations: Manifest = body["metadata"].get("annotations", {})
    return annotations.get(RELEASE_ANNOTATION) == "true"


def _tried(context: Context, place: str) -> list[tuple[Removal, str | None]]:
    """Try what is to be removed from one server, in order."""
    return [(removal, _removal_failure(context, removal)) for removal in teardown.TEARDOWN if removal.place == place]


def _removal_failure(context: Context, removal: Removal) -> str | None:
    try:
        removal.remove(context)
    except OperatorError as error:
        return str(error)
    except Exception:  # noqa: BLE001 -- a mistake of ours must not keep a Panko from going
        _log.exception("removal of %s of %s", removal.name, context.qualified_name)
        return "the operator failed in an unforeseen way; its log says how."
    return None


def _by_hand(context: Context, removal: Removal) -> str:
    """Say what to type; what keeps it from being known keeps no Panko from going either."""
    try:
        return removal.by_hand(context)
    except Exception:  # noqa: BLE001 -- as in a removal
        _log.exception("the command against %s of %s", removal.name, context.qualified_name)
        return f"look for {removal.name}; the operator's log says why it cannot name them."


def _deleted_at(body: Manifest) -> datetime:
    return datetime.fromisoformat(body["metadata"]["deletionTimestamp"])
