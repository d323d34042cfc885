"""A step as a value: its condition, what it needs, what it does and what it gives.

The order of steps is checked where they are put together, so one that would read a fact too early never starts.
"""

import dataclasses
from collections.abc import Callable
from datetime import datetime

from panko_operator.errors import OperatorError
from panko_operator.observe import Observation, State
from panko_operator.passes.context import Context
from panko_operator.passes.facts import Facts
from panko_operator.world import Manifest


@dataclasses.dataclass(frozen=True, slots=True)
class Note:
    """Something that happened and that people want to see as a Kubernetes Event; of what kind a login was `rotated`."""

    reason: str
    message: str
    warning: bool = False
    rotated: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """What a step came to: how far it is, its part of the status, what people are told, and a fact once it is done.

    `again_at` is when there is something to do that no watch tells of.
    """

    seen: Observation
    fact: object | None = None
    status: Manifest = dataclasses.field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    again_at: datetime | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """The work of one condition. `run` may read the facts that it `needs`; it `gives` one when it is done.

    While it cannot be done, `stands` tells what an earlier pass has left of the fact, or None. Only steps that keep
    running what runs already go on with that: those facts are enough that they `rest` on.
    """

    condition: str
    run: Callable[[Context, Facts], Outcome]
    needs: tuple[type, ...] = ()
    gives: type | None = None
    stands: Callable[[Context], object | None] | None = None
    rests: tuple[type, ...] = ()


class StepOrderError(Exception):
    """The table of steps cannot work; a mistake of whoever wrote it."""


def in_order(*steps: Step) -> tuple[Step, ...]:
    """Return the steps; raise StepOrderError unless each needs only what an earlier one gives."""
    conditions: set[str] = set()
    given: set[type] = set()
    for step in steps:
        missing = [kind.__name__ for kind in step.needs if kind not in given]
        if missing:
            raise StepOrderError(f"{step.condition} needs {', '.join(missing)}, which no earlier step gives.")
        if step.condition in conditions or step.gives in given:
            raise StepOrderError(f"{step.condition} is, or gives, what an earlier step is or gives.")
        conditions.add(step.condition)
        if step.gives is not None:
            given.add(step.gives)
    return steps


def waiting(condition: str, *, meanwhile: str = "") -> Observation:
    """Say that a step waits for another one's condition, and how what it keeps is doing."""
    return Observation(
        State.PROGRESSING, "Waiting", f"Waits for {condition}.{meanwhile and f' Meanwhile: {meanwhile}'}"
    )


def done(reason: str, message: str) -> Observation:
    """Say that a step has nothing left to do."""
    return Observation(State.DONE, reason, message)


def failed(error: OperatorError) -> Observation:
    """Say that a step ended in an error, for one that has something to tell besides."""
    return Observation(State.FAILED, error.reason, str(error))
