"""Going through steps: each that has its facts is done, whatever became of the others; the rest say what they wait for.

Whatever a step raises is a condition; a mistake of ours too.
"""

import dataclasses
import logging
from collections.abc import Iterator, Sequence

from panko_operator.controller import conditions
from panko_operator.controller.conditions import Condition
from panko_operator.errors import ChangedMeanwhileError, OperatorError
from panko_operator.observe import Observation, State
from panko_operator.passes.context import Context
from panko_operator.passes.facts import Facts
from panko_operator.passes.step import Outcome, Step, failed, waiting

_log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True, slots=True)
class Reached:
    """A step and its outcome."""

    step: Step
    outcome: Outcome

    def condition(self, generation: int) -> Condition:
        """Return the condition that tells it."""
        return conditions.of(self.step.condition, self.outcome.seen, generation)


def walk(context: Context, steps: Sequence[Step]) -> Iterator[Reached]:
    """Do the steps that can be done."""
    facts, awaited = Facts(), dict[type, str]()  # what there is, and the conditions that have to come before the rest
    for step in steps:
        hindrance = next((awaited[kind] for kind in step.needs if kind in awaited), None)
        outcome = _outcome(context, step, facts, hindrance=hindrance)
        yield Reached(step, outcome)
        if outcome.seen.done:
            facts = facts.plus(outcome.fact)
        elif step.gives is not None:
            awaited[step.gives] = hindrance or step.condition
            facts = facts.plus(_standing(context, step))


def _outcome(context: Context, step: Step, facts: Facts, *, hindrance: str | None) -> Outcome:
    """Do a step with what was found just now, or let it keep what it made before, or say what it waits for."""
    if hindrance is None:
        return _attempt(context, step, facts.only(step.needs))
    if not step.rests or any(kind not in facts for kind in step.rests):
        return Outcome(waiting(hindrance))
    outcome = _attempt(context, step, facts.only((kind for kind in step.needs if kind in facts), standing=True))
    if not outcome.seen.done:
        return outcome
    return dataclasses.replace(outcome, seen=waiting(hindrance, meanwhile=outcome.seen.message))


def _standing(context: Context, step: Step) -> object | None:
    try:
        return None if step.stands is None else step.stands(context)
    except Exception:  # noqa: BLE001 -- without it the later steps wait, as they do on a first pass
        _log.exception("what stands of step %s of %s", step.condition, context.qualified_name)
        return None


def _attempt(context: Context, step: Step, facts: Facts) -> Outcome:
    try:
        outcome = step.run(context, facts)
    except ChangedMeanwhileError:  # no state of the Panko: the pass begins again
        raise
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
