"""What is known of each step, as conditions for people, kubectl and GitOps tools.

Pure: the time is an argument. It decides nothing about what to do; steps make conditions, this puts them together.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from panko_operator.errors import DatabaseUnreachableError, KeystoneUnreachableError, KubernetesUnreachableError
from panko_operator.observe import Observation, State
from panko_operator.resource.moments import timestamp
from panko_operator.world import Manifest

TRUE, FALSE, UNKNOWN = "True", "False", "Unknown"
_WAITING: Final = "Waiting"  # for another condition
_SERVES: Final = "The event API is running and registered."
SUMMARIES = ("Ready", "Reconciling", "Stalled")  # of all steps; the other conditions are a step's each

# Failures that usually heal without anybody's hand, so that a GitOps tool goes on waiting.
TRANSIENT_REASONS = frozenset(
    error.reason for error in (DatabaseUnreachableError, KeystoneUnreachableError, KubernetesUnreachableError)
)


# What is not done while a Panko is suspended.
ALL: Final = "Nothing is changed while spec.suspend is true; set it to false to go on."
ALL_BUT_HOUSEKEEPING: Final = (
    "Certificates and logins are renewed, and nothing else is changed while spec.suspend is true; set it to false to "
    "go on."
)
NOTHING_APPLIED: Final = (
    "Nothing is changed while spec.suspend is true, certificates and logins neither: this operator has not applied a "
    "spec of it yet. Set spec.suspend to false once."
)


@dataclasses.dataclass(frozen=True, slots=True)
class Condition:
    """What one step found. `status` is True, False (it failed) or Unknown (it is under way, or waits for another).

    `reason` is one CamelCase word, `message` a sentence that says what to do next. With `serves` clients notice nothing
    of what is under way, and no other spec has asked for it.
    """

    type: str
    status: str
    reason: str
    message: str
    observed_generation: int
    serves: bool = False

    @property
    def is_true(self) -> bool:
        """Whether the step's work is done."""
        return self.status == TRUE


_STATUS_OF: Final = {State.DONE: TRUE, State.PROGRESSING: UNKNOWN, State.FAILED: FALSE}


def of(type_: str, seen: Observation, generation: int) -> Condition:
    """Return the condition that tells an observation."""
    return Condition(type_, _STATUS_OF[seen.state], seen.reason, seen.message, generation, seen.serves)


def state(status: str) -> State:
    """Return what a condition's status says."""
    return next(state for state, told in _STATUS_OF.items() if told == status)


def merge(
    previous: Sequence[Manifest],
    new: Sequence[Condition],
    *,
    types: Sequence[str],
    now: datetime,
    generation: int,
    suspended: str = "",
) -> list[Manifest]:
    """Return the whole `status.conditions` after a pass that came to `new`, in the order of `types`, all the steps'.

    Steps that nothing is known of are Unknown; `Ready`, `Reconciling` and `Stalled` sum up. A condition keeps its
    `lastTransitionTime` for as long as its status stays. What is not done while the Panko is `suspended` is told.
    """
    steps = complete(new, types, generation=generation)
    before = {condition["type"]: condition for condition in previous}
    if suspended:
        everything = [suspended_ready(steps, generation, said=suspended), *steps, *at_rest(generation)]
    else:
        stays = before.get("Ready", {}).get("status") == TRUE
        everything = [ready(steps, generation, stays=stays), *steps, *progress(steps, generation)]
    return [as_manifest(condition, before, now) for condition in everything]


def complete(new: Sequence[Condition], types: Sequence[str], *, generation: int) -> list[Condition]:
    """Return a condition of every type; one that is missing waits for the first that is not true."""
    known = {condition.type: condition for condition in new}
    awaited = next((type_ for type_ in types if type_ not in known or not known[type_].is_true), types[0])
    return [
        known.get(type_) or Condition(type_, UNKNOWN, _WAITING, f"Waits for {awaited}.", generation) for type_ in types
    ]


def ready(steps: Sequence[Condition], generation: int, *, stays: bool = False) -> Condition:
    """Sum all steps up in the condition that people look at first.

    What was ready `stays` so while nothing but pods is replaced: those of before serve until others do.
    """
    unready = first_unready(steps)
    if unready is None:
        return Condition("Ready", TRUE, "Ready", _SERVES, generation)
    if stays and all(one.is_true or one.serves or _waits(one) for one in steps):
        return Condition("Ready", TRUE, unready.reason, f"{_SERVES} {unready.message}", generation)
    return Condition("Ready", FALSE, unready.reason, unready.message, generation)


def _waits(condition: Condition) -> bool:
    return (condition.status, condition.reason) == (UNKNOWN, _WAITING)


def suspended_ready(steps: Sequence[Condition], generation: int, *, said: str) -> Condition:
    """Sum all steps up while nothing is done about them: whether the API is ready stays true, and why is told."""
    summed = ready(steps, generation)
    return dataclasses.replace(summed, reason="Suspended", message=f"{summed.message} {said}")


def at_rest(generation: int) -> list[Condition]:
    """Say to kstatus that nothing is under way, and that nobody has to do anything."""
    message = "The Panko is left as it is while spec.suspend is true."
    return [Condition(type_, FALSE, "Suspended", message, generation) for type_ in ("Reconciling", "Stalled")]


def progress(steps: Sequence[Condition], generation: int) -> list[Condition]:
    """Say it as kstatus reads it: at work (`Reconciling`), or in need of somebody (`Stalled`)."""
    unready = first_unready(steps)
    stalled = unready is not None and unready.status == FALSE and unready.reason not in TRANSIENT_REASONS
    reconciling = unready is not None and not stalled
    reason, message = (unready.reason, unready.message) if unready else ("Done", "Nothing is left to do.")
    return [
        Condition("Reconciling", TRUE if reconciling else FALSE, reason, message, generation),
        Condition("Stalled", TRUE if stalled else FALSE, reason, message, generation),
    ]


def first_unready(steps: Sequence[Condition]) -> Condition | None:
    """Return the first step whose work is not done."""
    return next((condition for condition in steps if not condition.is_true), None)


def as_manifest(condition: Condition, before: Mapping[str, Manifest], now: datetime) -> Manifest:
    """Write a condition as metav1.Condition; `before` are the previous ones by type."""
    old = before.get(condition.type)
    changed = old is None or old["status"] != condition.status
    return {
        "type": condition.type,
        "status": condition.status,
        "observedGeneration": condition.observed_generation,
        "lastTransitionTime": timestamp(now) if old is None or changed else old["lastTransitionTime"],
        "reason": condition.reason,
        "message": condition.message,
    }
