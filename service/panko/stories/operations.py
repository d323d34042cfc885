"""Operations: a `.start` with the `.end` or `.error` of the same request, type stem and resource."""

import dataclasses
import enum
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from panko.event import Event
from panko.stories.outcomes import Outcome, outcome
from panko.stories.stems import Phase, is_audit, split
from panko.stories.traits import IDS, first, texts


class State(enum.Enum):
    """How an operation stands; the value is its name in the API."""

    RUNNING = "running"
    OK = "ok"
    FAILED = "failed"
    NO_END_SEEN = "no end seen"


@dataclasses.dataclass(frozen=True, slots=True)
class Operation:
    """What was begun and ended. One of `begun` and `ended` may be missing, not both.

    `took` is from the begin to the end, or to now while there is none; None when the begin was not seen.
    """

    stem: str
    state: State
    begun: Event | None
    ended: Event | None
    took: timedelta | None

    @property
    def event(self) -> Event:
        """The event that knows most: the last one."""
        event = self.ended or self.begun
        if event is None:
            raise ValueError("an operation has an event")
        return event


@dataclasses.dataclass(frozen=True, slots=True)
class _Step:
    """An event of an operation, in the order of `place`."""

    place: tuple[datetime, Phase, str]
    event: Event
    resource: str | None


def operations(events: Iterable[Event], *, now: datetime, silent_after: timedelta) -> list[Operation]:
    """Return the operations that events tell of, by their begin.

    An event that is there twice counts once, and one without phases is no operation. What has not ended is running, and
    `silent_after` its begin no end was seen.
    """
    steps: dict[tuple[str | None, str], dict[str, _Step]] = defaultdict(dict)
    for event in events:
        stem, phase = split(event.event_type)
        if phase is not Phase.POINT and event.generated is not None:
            traits = texts(event)
            step = _Step((event.generated, phase, event.message_id), event, first(traits, IDS))
            common = _common(stem, traits)
            steps[common and common[1], stem][event.message_id] = step
    pairs = [(stem, pair) for (_, stem), found in steps.items() for pair in _pairs(found.values())]
    found = [_operation(stem, pair, now=now, silent_after=silent_after) for stem, pair in pairs]
    return sorted(found, key=_order)


def correlation(event: Event) -> tuple[str, str] | None:
    """Return what the events of one operation have in common, as a trait: the request, or without one the resource."""
    return _common(split(event.event_type)[0], texts(event))


def _common(stem: str, traits: Mapping[str, str]) -> tuple[str, str] | None:
    names = ("id",) if is_audit(stem) else ("request_id", *IDS)
    return next(((name, traits[name]) for name in names if name in traits), None)


def _pairs(steps: Iterable[_Step]) -> list[tuple[_Step | None, _Step | None]]:
    """Pair each end with the last begin before it that is open and may be of the same resource."""
    opened: list[_Step] = []
    pairs: list[tuple[_Step | None, _Step | None]] = []
    for step in sorted(steps, key=lambda one: one.place):
        if step.place[1] is Phase.START:
            opened.append(step)
            continue
        begin = _begin(opened, step)
        if begin is not None:
            opened.remove(begin)
        pairs.append((begin, step))
    return pairs + [(begin, None) for begin in opened]


def _begin(opened: Sequence[_Step], end: _Step) -> _Step | None:
    """Return the begin of an end: one of its resource, else one where either does not name a resource."""
    same = [one for one in opened if one.resource == end.resource]
    unnamed = [one for one in opened if one.resource is None or end.resource is None]
    return next(reversed(same or unnamed), None)


def _operation(
    stem: str, pair: tuple[_Step | None, _Step | None], *, now: datetime, silent_after: timedelta
) -> Operation:
    begin, end = pair
    until = end.place[0] if end else now
    took = max(until - begin.place[0], timedelta()) if begin else None
    return Operation(
        stem,
        _state(end, took, silent_after),
        begun=begin.event if begin else None,
        ended=end.event if end else None,
        took=took,
    )


def _state(end: _Step | None, took: timedelta | None, silent_after: timedelta) -> State:
    if end is not None:
        return State.FAILED if outcome(end.event) is Outcome.FAILED else State.OK
    return State.RUNNING if took is None or took < silent_after else State.NO_END_SEEN


def _order(operation: Operation) -> tuple[datetime, str]:
    event = operation.begun or operation.event
    assert event.generated is not None  # noqa: S101 - those without a time are no part of an operation
    return event.generated, event.message_id
