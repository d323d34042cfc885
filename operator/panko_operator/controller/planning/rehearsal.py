"""The walk through the steps that changes nothing: with boundaries that read as ever, and note what they would write.

It is gone again and again on what the rounds before would have left behind, as passes are, until nothing is new. What
a pass waits for is taken to come: Jobs complete and pods get ready. What waits all the same is told as known later.
"""

import dataclasses
from collections.abc import Collection, Sequence
from typing import Final

from panko_operator.changes import Action, Change, Place
from panko_operator.controller import prune, status
from panko_operator.controller.planning import foreseen
from panko_operator.controller.planning.draft import Draft, Entry
from panko_operator.controller.walk import Reached, walk
from panko_operator.database.dry_run import DryDatabase
from panko_operator.kube.dry_run import DryKube
from panko_operator.passes.context import Context
from panko_operator.passes.step import Step
from panko_operator.resource import PLAN_ANNOTATION
from panko_operator.world import LONG_AGO, Manifest, World
from panko_operator.world.values import KeystoneAdmin, Proof, ServiceUser, Token

ROUNDS: Final = 5  # a rotation takes three


class _SilentEventAPI:
    """`world.EventAPI` that is not asked: the API that would answer may not be there yet."""

    def query(
        self,
        _url: str,
        _admin: KeystoneAdmin,
        _user: ServiceUser,
        *,
        served_by: Sequence[str],  # noqa: ARG002 -- as the protocol has it
        proof: Proof | None,  # noqa: ARG002 -- as the protocol has it
    ) -> Token:
        """Take it for answered."""
        return Token("", LONG_AGO)

    def ask_again(self, url: str, token: Token, *, proof: Proof | None) -> None:
        """Take it for answered."""

    def freshness(self, _url: str, _token: Token, *, proof: Proof | None) -> None:
        """Know nothing."""


@dataclasses.dataclass(frozen=True, slots=True)
class Rehearsed:
    """What a dry run came to. `reached` is its last round; `failed` are the steps that could not be gone through."""

    entries: Sequence[Entry]
    failed: Sequence[Reached]


def rehearse(context: Context, steps: Sequence[Step]) -> Rehearsed:
    """Return what passes would change from here on, as far as that can be told."""
    draft = Draft()
    world, kube = _dry(context.world, draft)
    body, reached = _without(context.body, {PLAN_ANNOTATION}), list[Reached]()
    types = tuple(step.condition for step in steps)
    for _ in range(ROUNDS):
        before = draft.entries()
        now = Context(context.panko, body, world)
        reached = _walked(now, steps, draft)
        if all(one.outcome.seen.done for one in reached):
            draft.step = "Ready"  # what is left over goes after every step
            prune.prune(now)
        found = _undone(status.build(now, reached, types=types), context.previous)
        would = {**_without(body, kube.taken), "status": found}
        if draft.entries() == before and would == body:
            break
        body = would
    _later(draft, reached)
    foreseen.note(draft, context, body["status"])
    return Rehearsed(draft.entries(), [one for one in reached if one.outcome.seen.failed])


def _dry(world: World, draft: Draft) -> tuple[World, DryKube]:
    kube = DryKube(world.kube, draft.note)
    database = DryDatabase(
        world.database, draft.note, is_made_up=draft.is_made_up, will_sync=lambda: draft.would_make("Job")
    )
    dry = dataclasses.replace(
        world,
        kube=kube,
        database=database,
        keystone=world.keystone.dry_run(draft.note),
        event_api=_SilentEventAPI(),
        new_secret=draft.secret,
    )
    return dry, kube


def _walked(context: Context, steps: Sequence[Step], draft: Draft) -> list[Reached]:
    reached = []
    draft.step = steps[0].condition
    for one, following in zip(walk(context, steps), [*steps[1:], steps[-1]], strict=True):
        reached.append(one)
        foreseen.migration(draft, context)
        draft.step = following.condition
    return reached


def _undone(found: Manifest, before: Manifest) -> Manifest:
    """Return a status that corrections have left as it was: nobody fights over what each round finds undone."""
    drift = before.get("drift")
    return {**found, "drift": drift} if drift else {key: value for key, value in found.items() if key != "drift"}


def _without(body: Manifest, annotations: Collection[str]) -> Manifest:
    """Return the Panko without some annotations."""
    metadata = body["metadata"]
    left = {key: value for key, value in metadata.get("annotations", {}).items() if key not in annotations}
    return {**body, "metadata": {**metadata, "annotations": left}}


def _later(draft: Draft, reached: Sequence[Reached]) -> None:
    """Take up what could not be gone through: its changes are known when what it waits for is there."""
    for one in reached:
        seen = one.outcome.seen
        if not seen.done:
            draft.step = one.step.condition
            draft.note(Change(Place.KUBERNETES, Action.LATER, "Condition", one.step.condition, note=seen.message))
