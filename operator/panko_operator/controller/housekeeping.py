"""A pass over a Panko that is suspended but for its certificates and logins.

Those are renewed with the spec that was applied last, to the end; the spec of now is not looked at. Steps that have to
do with neither look at what is there, as for a Panko that is suspended altogether.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

from panko_operator import observe
from panko_operator.children import api
from panko_operator.controller import conditions, suspension
from panko_operator.controller.conditions import Condition
from panko_operator.controller.restraint import restrained
from panko_operator.controller.status import of_steps
from panko_operator.controller.walk import Reached
from panko_operator.errors import DefinitionOutdatedError
from panko_operator.passes.context import Context
from panko_operator.passes.facts import Facts, Published, Registered, Schema
from panko_operator.passes.step import Outcome, Step, done
from panko_operator.resource import Panko, as_applied
from panko_operator.world import Manifest

Run = Callable[[Context, Facts], Outcome]


def context_of(context: Context) -> Context | None:
    """Return what a pass starts from that keeps house; None where this release has applied no spec yet."""
    body = as_applied(context.body)
    if body is None:
        return None
    try:
        panko = Panko.from_body(body)
    except DefinitionOutdatedError:  # of a release of before
        return None
    return Context(panko, body, restrained(context.world, panko, context.previous))


def steps_of(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Return the steps with those that only look in the place of those that have nothing to renew."""
    left: dict[str, Run] = {type_: partial(_leave, gives=gives) for type_, gives in _LEFT.items()}
    looks: dict[str, Run] = {"DBSyncReady": _schema, **left}
    return tuple(dataclasses.replace(step, run=looks.get(step.condition, step.run)) for step in steps)


def status(context: Context, reached: Sequence[Reached]) -> Manifest:
    """Return the whole status."""
    found, types = [_condition(context, one) for one in reached], [one.step.condition for one in reached]
    base = suspension.told(context, found, types=types, said=conditions.ALL_BUT_HOUSEKEEPING)
    return base | of_steps(context, reached)


def _condition(context: Context, one: Reached) -> Condition:
    if one.step.condition in _LEFT:  # that it holds nobody up does not say that it is as wanted
        return suspension.condition(context, one.step.condition)
    return one.condition(context.panko.generation)


def _schema(context: Context, _facts: Facts) -> Outcome:
    """Find that the tables are those of the image that runs, unless a Job is at work on them."""
    at_work = next((job for job in context.children("batch/v1", "Job", "dbsync") if not observe.is_over(job)), None)
    if at_work is not None:
        return Outcome(observe.job(at_work))
    live = context.owned("apps/v1", "Deployment", context.panko.api_name)
    if live is None:
        return Outcome(suspension.missing("Deployment", context.panko.api_name))
    image = api.image_of(live)
    return Outcome(done("Completed", f"The schema is that of the image that runs, {image}."), Schema(image))


def _leave(_context: Context, facts: Facts, *, gives: Callable[[Facts], object | None]) -> Outcome:
    return Outcome(done(suspension.SUSPENDED, "It is left as it is."), gives(facts))


def _published(facts: Facts) -> Published:
    return Published(facts[Registered].registration)


def _nothing(_facts: Facts) -> None:
    return None


_LEFT: Final[Mapping[str, Callable[[Facts], object | None]]] = {
    "KeystoneEndpointReady": _published,
    "CronJobReady": _nothing,
    "DBContractReady": _nothing,
    "MonitoringReady": _nothing,
}
