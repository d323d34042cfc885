"""A pass over a Panko that is suspended: it looks at what runs, tells it in the status, and changes nothing.

The database, Keystone and the API are not asked: of them the status goes on saying what was found last.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from panko_operator import observe
from panko_operator.controller import conditions
from panko_operator.controller.conditions import Condition
from panko_operator.controller.status import PLAN
from panko_operator.observe import Observation, State
from panko_operator.passes.context import Context
from panko_operator.passes.step import done
from panko_operator.steps import expirer
from panko_operator.steps.api import replicas
from panko_operator.steps.collector import collector
from panko_operator.world import Manifest

SUSPENDED: Final = "Suspended"
WHY: Final = "spec.suspend is true"


def status(context: Context, *, types: Sequence[str], said: str = conditions.ALL) -> Manifest:
    """Return the whole status of a Panko that is left as it is."""
    found = [condition(context, type_) for type_ in types]
    live = context.owned("apps/v1", "Deployment", context.panko.api_name) or {}
    return told(context, found, types=types, said=said) | replicas(live)


def told(context: Context, found: Sequence[Condition], *, types: Sequence[str], said: str) -> Manifest:
    """Return the status of a Panko whose spec of now is not looked at: that of before, and these conditions."""
    generation = context.panko.generation
    return {
        **{key: value for key, value in context.previous.items() if key not in PLAN},
        "observedGeneration": generation,
        "conditions": conditions.merge(
            context.previous.get("conditions", []),
            found,
            types=types,
            now=context.world.now(),
            generation=generation,
            suspended=said,
        ),
        "selector": context.panko.scale_selector,
    }


def condition(context: Context, type_: str) -> Condition:
    """Tell how something is that nobody touches."""
    look = _LOOKS.get(type_)
    seen = look(context) if look else _as_before(type_, context.previous.get("conditions", []))
    return conditions.of(type_, seen, context.panko.generation)


def _as_before(type_: str, before: Sequence[Manifest]) -> Observation:
    last = next((one for one in before if one["type"] == type_), None)
    if last is None:
        return Observation(State.PROGRESSING, SUSPENDED, f"It was never looked at: {WHY}.")
    return Observation(conditions.state(last["status"]), last["reason"], last["message"])


def _api(context: Context) -> Observation:
    return _deployment(context, context.panko.api_name)


def _service(context: Context) -> Observation:
    panko = context.panko
    seen = _deployment(context, panko.haproxy_name) if panko.spec.haproxy.enabled else None
    if seen is not None and not seen.done:
        return seen
    if context.owned("v1", "Service", panko.service_name) is None:
        return missing("Service", panko.service_name)
    return done("Exposed", f"Service {panko.service_name} leads to the API.")


def _deployment(context: Context, name: str) -> Observation:
    live = context.owned("apps/v1", "Deployment", name)
    return missing("Deployment", name) if live is None else observe.deployment(live)


def _expirer(context: Context) -> Observation:
    live = context.owned("batch/v1", "CronJob", context.panko.expirer_name)
    if live is not None:
        return observe.cron_job(live)
    if not context.panko.spec.retention.time_to_live:
        return expirer.KEPT
    return missing("CronJob", context.panko.expirer_name)


def _collector(context: Context) -> Observation:
    if context.panko.spec.collector is None:
        return collector.NOT_WANTED
    return _deployment(context, context.panko.collector_name)


def missing(kind: str, name: str) -> Observation:
    """Say of something that it is gone, and not made again."""
    message = f"{kind} {name} is not there, and is not made while {WHY}."
    return Observation(State.FAILED, SUSPENDED, message)


_LOOKS: Final[Mapping[str, Callable[[Context], Observation]]] = {
    "DeploymentReady": _api,
    "ExposeServiceReady": _service,
    "CollectorReady": _collector,
    "CronJobReady": _expirer,
}
