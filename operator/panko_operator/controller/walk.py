"""Going through steps: each gets its facts, and the first that is not done ends the pass.

Whatever a step raises is a condition; a mistake of ours too.
"""

import dataclasses
import logging
from collections.abc import Iterator, Sequence
from typing import Final

from panko_operator.controller import conditions
from panko_operator.controller.conditions import Condition
from panko_operator.errors import OperatorError
from panko_operator.observe import Observation, State
from panko_operator.passes.context import Context
from panko_operator.passes.facts import Facts
from panko_operator.passes.step import Outcome, Step, failed

_STATUS_OF: Final = {
    State.DONE: conditions.TRUE,
    State.PROGRESSING: conditions.UNKNOWN,
    State.FAILED: conditions.FALSE,
}

_log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True, slots=True)
class Reached:
    """A step that the pass has come to, and its outcome."""

    step: Step
    outcome: Outcome

    def condition(self, generation: int) -> Condition:
        """Return the condition that tells it."""
        seen = self.outcome.seen
        return Condition(self.step.condition, _STATUS_OF[seen.state], seen.reason, seen.message, generation)


def walk(context: Context, steps: Sequence[Step]) -> Iterator[Reached]:
    """Do the steps until one is not done."""
    facts = Facts()
    for step in steps:
        reached = Reached(step, _attempt(context, step, facts.only(step.needs)))
        yield reached
        if not reached.outcome.seen.done:
            return
        facts = facts.plus(reached.outcome.fact)


def _attempt(context: Context, step: Step, facts: Facts) -> Outcome:
    try:
        outcome = step.run(context, facts)
    except OperatorError as error:
        return Outcome(failed(error))
    except Exception:  # noqa: BLE001 -- a mistake of ours is a condition too, never a crash loop
        _log.exception("step %s of %s", step.condition, context.qualified_name)
        return Outcome(_mistake(step))
    if outcome.seen.done and type(outcome.fact) is not (step.gives or type(None)):
        _log.error("step %s of %s has not given what it declares", step.condition, context.qualified_name)
        return Outcome(_mistake(step))
    return outcome


def _mistake(step: Step) -> Observation:
    message = f"The operator failed in an unforeseen way ({step.condition}); its log says how. It goes on trying."
    return Observation(State.FAILED, "InternalError", message)
